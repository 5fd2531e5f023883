//! What the functions do with a bus, in this process.

use crate::inbox::Got;
use crate::ports::FaultPorts;
use anyhow::{Result, ensure};
use aws_lambda_events::event::sqs::SqsEvent;
use eventyard_aws::WorkMessage;
use eventyard_bus::Bus;
use eventyard_event::Limits;
use eventyard_lambda::ingest::{self, Verdict};
use eventyard_lambda::sweep::Swept;
use eventyard_lambda::{deliver, sweep};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// What an invocation has: more than a function, since a page that is cut off would be sent twice.
const TIME: Duration = Duration::from_secs(600);
/// How long messages may go back.
const PATIENCE: Duration = Duration::from_secs(300);

/// A message of an SQS queue, as Lambda hands it over.
#[must_use]
pub fn record(message: &str, body: &str) -> Value {
    json!({
        "messageId": message, "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:events",
        "awsRegion": "eu-west-1",
    })
}

/// A message that came to a queue, as Lambda hands it over where the queue is the bus's own.
#[must_use]
pub fn received(got: &Got) -> Value {
    let mut record = record(&got.id, &got.body);
    let attribute = |(name, value): (&String, &String)| {
        (name.clone(), json!({ "stringValue": value, "dataType": "String" }))
    };
    record["messageAttributes"] = Value::Object(got.attributes.iter().map(attribute).collect());
    record
}

/// A message with an event of this id and type.
#[must_use]
pub fn event(id: &str, event_type: &str) -> Value {
    event_with(id, event_type, &json!({ "n": id }))
}

/// A message with an event of this data.
#[must_use]
pub fn event_with(id: &str, event_type: &str, data: &Value) -> Value {
    let document = json!({
        "specversion": "1.0", "id": id, "source": "busfault", "type": event_type, "subject": "s",
        "data": data,
    });
    record(&format!("m-{id}"), &document.to_string())
}

/// `ingest-sqs`: the ids of the messages that go back.
///
/// # Errors
/// The batch is not one of SQS.
pub async fn ingest(bus: &Bus<FaultPorts>, records: &[Value]) -> Result<Vec<String>> {
    let event: SqsEvent = serde_json::from_value(json!({ "Records": records }))?;
    let deadline = Instant::now() + TIME;
    let response = Box::pin(ingest::batch(bus, &event, &Limits::default(), deadline)).await;
    Ok(response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
}

/// `ingest-sqs` again and again, as a queue hands over what went back, until nothing does.
///
/// # Errors
/// Some go back for too long.
pub async fn ingest_all(bus: &Bus<FaultPorts>, records: &[Value]) -> Result<()> {
    let (begin, mut left) = (Instant::now(), records.to_vec());
    while !left.is_empty() {
        ensure!(begin.elapsed() < PATIENCE, "{} messages go back for ever", left.len());
        let back = ingest(bus, &left).await?;
        left.retain(|record| back.iter().any(|id| record["messageId"] == id.as_str()));
    }
    Ok(())
}

/// `deliver`, for one message: whether it is done with.
pub async fn deliver(bus: &Bus<FaultPorts>, message: &WorkMessage) -> bool {
    let wake = &*bus.ports().wake;
    let verdict = Box::pin(deliver::work(bus, wake, message, Instant::now() + TIME)).await;
    verdict == Verdict::Done
}

/// `sweep`.
///
/// # Errors
/// As [`sweep::sweep`].
pub async fn sweep(bus: &Bus<FaultPorts>) -> Result<Swept> {
    let wake = &*bus.ports().wake;
    Ok(Box::pin(sweep::sweep(bus, wake, Instant::now() + TIME)).await?)
}
