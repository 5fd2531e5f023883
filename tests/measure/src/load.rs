//! Rules and events to measure with: 1,000 rules of which one takes an event of 1 KB.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bytes::Bytes;
use serde_json::{Value, json};

/// How many rules there are.
pub const RULES: usize = 1_000;
/// Events of a batch.
pub const BATCH: usize = 10;
/// The length of an event's document, in bytes.
const EVENT_BYTES: usize = 1_000;

/// Writes the rules into a folder of their own below `target`.
pub fn rules(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join("measure-rules");
    std::fs::create_dir_all(&folder)?;
    let mut text =
        String::from("version: 1\ntargets:\n  orders: { sqs: { queue: orders } }\nrules:\n");
    for n in 0..RULES {
        text.push_str(&format!(
            "  - {{ name: rule-{n}, when: \"$.type == 'Type{n}' && $.data.total > 10\", to: orders }}\n"
        ));
    }
    std::fs::write(folder.join("rules.yaml"), text)?;
    Ok(folder)
}

/// An event that one rule takes.
fn event(n: usize) -> String {
    let document = |note: &str| {
        json!({
            "specversion": "1.0", "id": format!("o-{n}"), "source": "shop", "type": format!("Type{}", n % RULES),
            "subject": "customer-7", "time": "2026-11-24T09:30:00Z",
            "data": { "total": 129.9, "currency": "EUR", "items": [{ "sku": "A-1", "qty": 2 }], "note": note },
        })
        .to_string()
    };
    let short = document("").len();
    // Text that compresses as badly as text does.
    let note: String =
        (0..).map(|k| format!("{:x}", (n * 31 + k * 7_919) % 65_521)).take(EVENT_BYTES).collect();
    document(&note[..EVENT_BYTES - short])
}

/// The `batch`th batch, as SQS brings it.
pub fn sqs_batch(batch: usize) -> Bytes {
    let record = |k: usize| -> Value {
        let n = batch * BATCH + k;
        json!({
            "messageId": format!("m-{n}"), "receiptHandle": "r", "body": event(n), "md5OfBody": "",
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1763976600000" },
            "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:events",
        })
    };
    let records: Vec<_> = (0..BATCH).map(record).collect();
    Bytes::from(json!({ "Records": records }).to_string())
}

/// A payload for a function's first invocation.
pub fn first(function: &str) -> Bytes {
    match function {
        "ingest-sqs" => sqs_batch(0),
        "ingest-http" => Bytes::from(
            json!({
                "version": "2.0", "rawPath": "/events", "headers": { "content-type": "application/json" },
                "requestContext": { "http": { "method": "POST", "path": "/events" } },
                "body": event(0), "isBase64Encoded": false,
            })
            .to_string(),
        ),
        "ingest-sns" | "ingest-eventbridge" => Bytes::from(event(0)),
        "deliver" => Bytes::from(
            json!({ "Records": [{
                "messageId": "m-1", "receiptHandle": "r", "body": r#"{"target":"orders"}"#, "md5OfBody": "",
                "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:work",
            }]})
            .to_string(),
        ),
        _ => Bytes::from("{}"),
    }
}
