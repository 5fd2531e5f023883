//! The same event again: accepted once, delivered once.

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::yard::{assert_received_once, event};
use futures::future::join_all;
use serde_json::{Value, json};

#[tokio::test]
async fn one_event_sent_five_times_and_taken_by_eight_workers_at_once_is_delivered_once() {
    let yard = Yard::here().await;
    let again = event("twins", "five-times", json!({})).to_string();
    yard.ingest().send_together(&vec![again; 5]).await.unwrap();

    let batch = batch(&[event("twins", "eight-workers", json!({}))]);
    join_all((0..8).map(|_| taken_by_a_worker(&yard, &batch))).await;

    let verdict = yard.settled("twins", 2).await;
    let taken = yard.received("twins", &verdict.delivered_to("twins")).await;
    assert_received_once(&taken, &verdict, "twins");
    assert_eq!((verdict.report.accepted, verdict.report.delivered), (2, 2));
}

/// Hands a batch to a worker until it gives nothing back, as a mapping does: on a busy machine the table may be late.
async fn taken_by_a_worker(yard: &Yard, batch: &Value) {
    eventually("a worker takes the batch", async || {
        let answer =
            yard.invoke("ingest-sqs", batch).await.map_err(|error| format!("{error:#}"))?;
        if answer["batchItemFailures"] == json!([]) { Ok(()) } else { Err(answer.to_string()) }
    })
    .await;
}

/// A batch as an event source mapping hands it over.
fn batch(events: &[Value]) -> Value {
    let record = |(n, event): (usize, &Value)| {
        json!({
            "messageId": format!("00000000-0000-0000-0000-{n:012}"), "receiptHandle": "none", "body": event.to_string(),
            "attributes": {}, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:by-hand", "awsRegion": "eu-west-1",
        })
    };
    json!({ "Records": events.iter().enumerate().map(record).collect::<Vec<_>>() })
}
