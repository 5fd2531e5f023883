//! The shop's till and the factory's gateway: they post, two events a second or so.

use std::time::Duration;

use serde_json::Value;

use super::story;
use crate::place;

const PAUSE: Duration = Duration::from_millis(600);

/// Posts until the process ends. A post that fails is left: the bus says on its own terminal why.
pub async fn play(url: String) {
    let client = place::client();
    let events = format!("{url}/events");
    // Ids differ from run to run, so that a second demo on the same folder is not all duplicates.
    let run = format!("{:x}", jiff::Timestamp::now().as_second());
    for n in 0.. {
        post(&client, &events, &story::order(&run, n), "application/cloudevents+json").await;
        tokio::time::sleep(PAUSE).await;
        post(&client, &events, &story::reading(&run, n), "application/json").await;
        tokio::time::sleep(PAUSE).await;
        if n % 6 == 5 {
            post(&client, &events, &story::door(&run, n), "application/cloudevents+json").await;
        }
        if n % 10 == 9 {
            // The till's network is flaky: it sends the same order once more.
            post(&client, &events, &story::order(&run, n), "application/cloudevents+json").await;
        }
    }
}

/// Posts one event.
pub async fn post(client: &reqwest::Client, events: &str, event: &Value, content_type: &str) {
    let request = client.post(events).header("content-type", content_type).body(event.to_string());
    request.send().await.ok();
}
