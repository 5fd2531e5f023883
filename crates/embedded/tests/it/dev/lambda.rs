//! Lambda targets: queues, or functions at a local endpoint.

use serde_json::{Value, json};

use super::bus::Dev;
use super::receiver::{Does, Receiver};

const RULES: &str = "
version: 1
targets:
  score: { lambda: { function: score-order } }
rules:
  - name: score
    when: $
    to: score
    retry: { attempts: 3, max-age: 24h, denied: 15m }
";

#[tokio::test]
async fn a_function_is_invoked_at_the_endpoint_with_the_event_as_its_payload() {
    let runtime = Receiver::start(&[Does::Answer(500)], Does::Answer(202)).await;
    let mut bus = Dev::start_with(RULES, |options| {
        options.lambda_endpoint = Some(runtime.url.clone());
    })
    .await;
    bus.event("1", "A").await;
    bus.delivered("score").await;
    let got = runtime.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[1].path, "/2015-03-31/functions/score-order/invocations");
    assert_eq!(got[1].header("x-amz-invocation-type"), "Event");
    let payload: Value = serde_json::from_str(&got[1].body).unwrap();
    assert_eq!((&payload["id"], &payload["eventyardhops"]), (&json!("1"), &json!(1)));
    let trace = bus.object("/trace/1").await;
    assert_eq!(payload["eventyarddelivery"], trace["events"][0]["deliveries"][0]["id"]);
}

#[tokio::test]
async fn without_an_endpoint_a_function_is_a_queue_of_its_name() {
    let mut bus = Dev::start(RULES).await;
    bus.event("1", "A").await;
    bus.delivered("score").await;
    let body: Value =
        serde_json::from_str(bus.receive("score-order").await[0]["Body"].as_str().unwrap())
            .unwrap();
    assert!(body["eventyarddelivery"].is_string());
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_refused_at_the_start() {
    let folder = super::bus::folder(RULES);
    let mut options = super::bus::options(&folder);
    options.lambda_endpoint = Some("localhost:9000".to_owned());
    let error = Dev::run(folder, options).await.err().unwrap();
    assert!(error.to_string().contains("`localhost:9000`"), "{error}");
}
