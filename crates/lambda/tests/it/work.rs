//! Messages of the work queues.

use crate::world::{World, event, failing, record, target};
use eventyard_aws::WorkMessage;
use eventyard_bus::DeliveryState;
use eventyard_lambda::deliver::work;
use eventyard_lambda::ingest::Verdict;
use std::time::Duration;
use tokio::time::Instant;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

async fn waiting(world: &World, count: u32) -> Vec<eventyard_bus::DeliveryKey> {
    let batch = (0..count).map(|n| record(&format!("m{n}"), &event(&n.to_string(), "Partner")));
    world.sqs(batch.collect()).await;
    world.ports.store.items().iter().map(|item| item.key).collect()
}

#[tokio::test]
async fn the_deliveries_of_a_message_are_attempted_and_no_others() {
    let world = World::new().await;
    let keys = waiting(&world, 3).await;
    let message = WorkMessage::new(target("partner"), &keys[..2]);
    assert_eq!(work(&world.bus, &world.wake, &message, soon()).await, Verdict::Done);
    assert_eq!(world.delivered("partner").len(), 2);
    // SQS may bring a message twice.
    assert_eq!(work(&world.bus, &world.wake, &message, soon()).await, Verdict::Done);
    assert_eq!(world.delivered("partner").len(), 2);
}

#[tokio::test]
async fn a_delivery_that_is_not_due_yet_is_woken_again_and_not_attempted() {
    let world = World::new().await;
    world.ports.targets.answer_always(&target("partner"), failing());
    let keys = waiting(&world, 1).await;
    let message = WorkMessage::new(target("partner"), &keys);
    work(&world.bus, &world.wake, &message, soon()).await;
    let DeliveryState::Waiting { due } = world.ports.store.items()[0].state else { panic!() };
    let calls = world.ports.targets.calls();
    assert_eq!(work(&world.bus, &world.wake, &message, soon()).await, Verdict::Done);
    assert_eq!(world.ports.targets.calls(), calls);
    let woken = world.wake.wake_ups();
    assert_eq!((woken.len(), woken[0].due, woken[0].key), (1, due, keys[0]));
}

#[tokio::test]
async fn a_message_without_deliveries_attempts_all_that_is_due() {
    let world = World::new().await;
    waiting(&world, 100).await;
    let message = WorkMessage::new(target("partner"), &[]);
    assert_eq!(work(&world.bus, &world.wake, &message, soon()).await, Verdict::Done);
    assert_eq!(world.delivered("partner").len(), 100);
    world.assert_promise_holds();
}

#[tokio::test]
async fn without_time_the_target_is_woken_again() {
    let world = World::new().await;
    let keys = waiting(&world, 2).await;
    let past = Instant::now();
    for keys in [&keys[..], &[]] {
        let message = WorkMessage::new(target("partner"), keys);
        assert_eq!(work(&world.bus, &world.wake, &message, past).await, Verdict::Done);
    }
    assert_eq!(world.wake.targets(), [target("partner"), target("partner")]);
    assert!(world.delivered("partner").is_empty());
}
