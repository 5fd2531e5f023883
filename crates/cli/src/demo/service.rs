//! A service behind a queue, as any consumer would be: receive, do, tell, delete. It speaks the SQS protocol.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::feed;
use crate::place;
use crate::sqs::Sqs;

const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Works on `queue` until the process ends: what `answer` makes of each message is posted, then the message deleted.
pub async fn work(url: String, queue: &'static str, answer: fn(&Value) -> Value) {
    let sqs = Sqs::new(url.clone(), place::client());
    let events = format!("{url}/events");
    loop {
        if round(&sqs, queue, &events, answer).await.is_err() {
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
        }
    }
}

async fn round(sqs: &Sqs, queue: &str, events: &str, answer: fn(&Value) -> Value) -> Result<()> {
    let messages =
        sqs.receive(queue, &json!({ "MaxNumberOfMessages": 10, "WaitTimeSeconds": 10 })).await?;
    for message in &messages {
        if let Ok(event) =
            serde_json::from_str::<Value>(message["Body"].as_str().unwrap_or_default())
        {
            feed::post(sqs.client(), events, &answer(&event), "application/cloudevents+json").await;
        }
        sqs.delete(queue, message["ReceiptHandle"].as_str().unwrap_or_default()).await?;
    }
    Ok(())
}
