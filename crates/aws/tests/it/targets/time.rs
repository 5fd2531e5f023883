//! The time budget of a send.

use super::wire::{Aws, all_taken, all_told, events};
use std::time::Duration;
use wiremock::Request;

#[tokio::test]
async fn what_was_not_answered_or_not_tried_in_time_is_to_be_sent_again() {
    let slow = |request: &Request| all_taken(request).set_delay(Duration::from_secs(60));
    let aws = Aws::within(Duration::from_millis(200), slow).await;
    let sent = aws.send(events("machine", 6)).await;
    let timeout = "retry Timeout";
    let not_tried = "retry NotTried";
    assert_eq!(all_told(&sent), [timeout, timeout, timeout, timeout, not_tried, not_tried]);
}

#[tokio::test]
async fn without_any_time_nothing_is_tried() {
    let aws = Aws::within(Duration::ZERO, all_taken).await;
    assert_eq!(all_told(&aws.send(events("queue", 11)).await), ["retry NotTried"; 11]);
    assert!(aws.server.received_requests().await.unwrap().is_empty());
}
