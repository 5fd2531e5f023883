//! One call for many deliveries, within the limits of the service.

use super::wire::{Aws, all_taken, all_told, event_with, events};
use eventyard_event::Event;
use serde_json::Value;

/// An event whose document is about as large as `bytes`.
fn large(to: &str, id: &str, bytes: usize) -> Event {
    event_with(to, id, id, &format!("\"{}\"", "x".repeat(bytes)))
}

fn sizes(calls: &[Value], entries: &str) -> Vec<usize> {
    calls.iter().map(|call| call[entries].as_array().unwrap().len()).collect()
}

#[tokio::test]
async fn ten_events_for_one_target_are_one_call() {
    let aws = Aws::answering(all_taken).await;
    for (to, operation) in
        [("queue", "SendMessageBatch"), ("bus", "PutEvents"), ("stream", "PutRecords")]
    {
        // Each has a subject of its own: a call has one record of each key.
        let events = (0..10).map(|n| event_with(to, &format!("e{n}"), &format!("c{n}"), "{}"));
        let sent = aws.send(events.collect()).await;
        assert_eq!(all_told(&sent), ["delivered"; 10]);
        assert_eq!(aws.calls(operation).await.len(), 1, "{operation}");
    }
    assert_eq!(all_told(&aws.send(events("topic", 10)).await), ["delivered"; 10]);
    let requests = aws.server.received_requests().await.unwrap();
    let publishes = requests.iter().filter(|request| request.body.starts_with(b"Action=Publish"));
    assert_eq!(publishes.count(), 1);
}

#[tokio::test]
async fn more_than_ten_are_cut_by_their_number() {
    let aws = Aws::answering(all_taken).await;
    assert_eq!(all_told(&aws.send(events("queue", 23)).await), ["delivered"; 23]);
    let mut cut = sizes(&aws.calls("SendMessageBatch").await, "Entries");
    cut.sort_unstable();
    assert_eq!(cut, [3, 10, 10]);
}

#[tokio::test]
async fn large_events_are_cut_by_the_sum_of_their_bytes() {
    let aws = Aws::answering(all_taken).await;
    for (to, operation, entries) in
        [("queue", "SendMessageBatch", "Entries"), ("bus", "PutEvents", "Entries")]
    {
        let events = (0..5).map(|n| large(to, &format!("e{n}"), 250_000)).collect();
        assert_eq!(all_told(&aws.send(events).await), ["delivered"; 5]);
        let mut cut = sizes(&aws.calls(operation).await, entries);
        cut.sort_unstable();
        assert_eq!(cut, [1, 4], "{operation}");
    }
}

#[tokio::test]
async fn what_is_too_large_for_its_target_is_parked_and_its_mates_are_sent() {
    let aws = Aws::answering(all_taken).await;
    let edit = "x".repeat(262_144);
    let sent = aws.send_edited(events("topic", 1), Some(&edit)).await;
    assert_eq!(all_told(&sent), ["park PayloadTooLargeForTarget"]);
    assert!(aws.server.received_requests().await.unwrap().is_empty());
    let batch =
        vec![large("topic", "e0", 10), large("topic", "e1", 262_144), large("topic", "e2", 10)];
    let sent = aws.send(batch).await;
    assert_eq!(all_told(&sent), ["delivered", "park PayloadTooLargeForTarget", "delivered"]);
}
