//! Messages as Lambda gives them to a function, and what the function answers
//! ([SQS event](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)).

use crate::queues::{Attribute, AttributeValue, QueueName, ReceivedMessage};
use crate::server::body_sum;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The payload of an invocation with these messages.
pub(super) fn payload(queue: &QueueName, messages: &[ReceivedMessage]) -> String {
    let records: Vec<Value> = messages.iter().map(|message| record(queue, message)).collect();
    json!({ "Records": records }).to_string()
}

fn record(queue: &QueueName, message: &ReceivedMessage) -> Value {
    let attributes: Map<String, Value> =
        message.attributes.iter().map(|(name, it)| (name.clone(), attribute(it))).collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": system_attributes(message),
        "messageAttributes": attributes,
        "md5OfBody": body_sum(&message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:local:000000000000:{queue}"),
        "awsRegion": "local",
    })
}

fn attribute(attribute: &Attribute) -> Value {
    let (text, bytes) = match &attribute.value {
        AttributeValue::String(text) => (Some(text), None),
        AttributeValue::Binary(bytes) => (None, Some(BASE64_STANDARD.encode(bytes))),
    };
    json!({
        "stringValue": text,
        "binaryValue": bytes,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    })
}

fn system_attributes(message: &ReceivedMessage) -> Map<String, Value> {
    let is_fifo = message.deduplication.is_some();
    let first = message.first_received_at.as_millisecond().to_string();
    let known = [
        ("ApproximateReceiveCount", Some(message.receive_count.to_string())),
        ("SentTimestamp", Some(message.sent_at.as_millisecond().to_string())),
        ("SenderId", Some("eventyard".to_owned())),
        ("ApproximateFirstReceiveTimestamp", Some(first)),
        ("MessageGroupId", message.group.clone()),
        ("MessageDeduplicationId", message.deduplication.clone()),
        ("SequenceNumber", is_fifo.then(|| format!("{:020}", message.sequence))),
    ];
    let known = known.into_iter();
    known.filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: Option<String>,
}

/// The messages that are to come again. An answer without failures, or none at all, is a success; one that
/// names what was not in the batch fails the whole batch, as Lambda has it.
pub(super) fn failures(
    answer: &[u8],
    messages: &[ReceivedMessage],
) -> Result<BTreeSet<String>, String> {
    let answer = match answer.trim_ascii() {
        b"" | b"null" => Answer::default(),
        json => serde_json::from_slice(json)
            .map_err(|_| "its answer is no `batchItemFailures`".to_owned())?,
    };
    let failures = answer.batch_item_failures.unwrap_or_default();
    let named: Option<BTreeSet<String>> =
        failures.into_iter().map(|failure| failure.item_identifier).collect();
    let is_known = |id: &String| messages.iter().any(|message| message.message_id == *id);
    named
        .filter(|named| named.iter().all(is_known))
        .ok_or_else(|| "`batchItemFailures` names a message that was not in the batch".to_owned())
}
