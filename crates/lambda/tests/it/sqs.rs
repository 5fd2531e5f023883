//! Batches of a standard queue.

use crate::world::{World, event, failing, record, target};
use eventyard_bus::Deliveries;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn a_batch_is_stored_delivered_and_done() {
    let world = World::new().await;
    let batch =
        (0..10).map(|n| record(&format!("m{n}"), &event(&n.to_string(), "Queue"))).collect();
    assert_eq!(world.sqs(batch).await, [""; 0]);
    assert_eq!(world.delivered("queue").len(), 10);
    assert_eq!(world.ports.targets.calls(), 1, "ten events to one target cost one call");
    world.assert_promise_holds();
}

#[tokio::test]
async fn a_poison_message_is_parked_with_its_bytes_and_the_other_nine_are_delivered() {
    let world = World::new().await;
    let mut batch: Vec<_> =
        (0..9).map(|n| record(&format!("m{n}"), &event(&n.to_string(), "Queue"))).collect();
    batch.insert(4, record("poison", "{\"id\": oh no"));
    assert_eq!(world.sqs(batch).await, [""; 0]);
    assert_eq!(world.delivered("queue").len(), 9);
    let parked = world.ports.store.undecodable(None, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].bytes, b"{\"id\": oh no");
    assert_eq!((parked[0].message_id.as_str(), parked[0].via.as_str()), ("poison", "sqs:events"));
}

#[tokio::test]
async fn the_same_message_again_is_done_and_delivered_once() {
    let world = World::new().await;
    for message in ["m1", "m2", "m3", "m4", "m5"] {
        assert_eq!(world.sqs(vec![record(message, &event("1", "Queue"))]).await, [""; 0]);
    }
    assert_eq!(world.delivered("queue").len(), 1);
    world.assert_promise_holds();
}

#[tokio::test]
async fn another_event_of_the_same_identity_is_parked_as_a_conflict() {
    let world = World::new().await;
    world.sqs(vec![record("m1", &event("1", "Queue"))]).await;
    let other = event("1", "Queue").replace("\"n\":1", "\"n\":2");
    assert_eq!(world.sqs(vec![record("m2", &other)]).await, [""; 0]);
    let parked = world.ports.store.undecodable(None, 10).await.unwrap();
    assert_eq!(parked[0].cause.code, "Conflict");
    assert_eq!(world.delivered("queue").len(), 1);
}

#[tokio::test]
async fn what_cannot_be_delivered_now_has_an_item_and_the_message_is_done() {
    let world = World::new().await;
    world.ports.targets.answer_always(&target("queue"), failing());
    let batch = vec![record("m1", &event("1", "Queue")), record("m2", &event("2", "Partner"))];
    assert_eq!(world.sqs(batch).await, [""; 0]);
    assert_eq!(world.ports.store.items().len(), 2);
    world.assert_promise_holds();
}

#[tokio::test]
async fn without_time_nothing_is_begun_and_everything_goes_back() {
    let world = World::new().await;
    let batch = (0..3).map(|n| record(&format!("m{n}"), &event(&n.to_string(), "Queue"))).collect();
    let past = Instant::now().checked_sub(Duration::from_millis(1)).unwrap();
    assert_eq!(world.sqs_until(batch, past).await, ["m0", "m1", "m2"]);
    assert!(world.ports.store.events().is_empty());
}
