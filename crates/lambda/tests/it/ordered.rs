//! Batches of a FIFO queue: the order of groups is kept.

use crate::world::{World, event, grouped, store};
use eventyard_bus::{Ledger, Sealed};

/// Accepts an event whose worker is then gone: its page stays open.
async fn crashed(world: &World, body: &str) -> eventyard_bus::OpenPage {
    let rules = world.bus.rules();
    let received = eventyard_event::decode::Received::new(body.as_bytes());
    let decoded = rules.decode(&received, &eventyard_event::Limits::default()).remove(0);
    world.bus.ingest(vec![decoded.unwrap()], "sqs:events.fifo").await.unwrap().page.unwrap()
}

#[tokio::test]
async fn a_poison_message_is_parked_and_its_group_goes_on() {
    let world = World::new().await;
    let batch = vec![
        grouped("a1", "a", &event("1", "Lane")),
        grouped("a2", "a", "oh no"),
        grouped("a3", "a", &event("3", "Lane")),
    ];
    assert_eq!(world.sqs(batch).await, [""; 0]);
    assert_eq!(world.delivered("lane").len(), 2);
}

#[tokio::test]
async fn behind_an_event_that_is_still_being_delivered_its_group_goes_back_and_others_complete() {
    let world = World::new().await;
    let page = crashed(&world, &event("1", "Lane")).await;
    let batch = || {
        vec![
            grouped("a1", "a", &event("1", "Lane")),
            grouped("b1", "b", &event("2", "Queue")),
            grouped("a2", "a", &event("3", "Lane")),
        ]
    };
    assert_eq!(world.sqs(batch()).await, ["a1", "a2"]);
    assert!(world.delivered("lane").is_empty(), "nothing overtakes event 1");
    assert_eq!(world.delivered("queue").len(), 1);
    // The sweeper finishes both pages, oldest first.
    world.ports.clock.advance(std::time::Duration::from_secs(600));
    world.bus.recover().await.unwrap();
    let order: Vec<_> = world.delivered("lane").iter().map(|shipment| shipment.identity).collect();
    let first = page.events[0].event.identity();
    assert_eq!(order.first(), Some(&first));
    assert_eq!(order.len(), 2);
    assert_eq!(world.sqs(batch()).await, [""; 0], "what is sealed is a duplicate");
    world.assert_promise_holds();
}

#[tokio::test]
async fn a_duplicate_of_a_sealed_event_is_done() {
    let world = World::new().await;
    let page = crashed(&world, &event("1", "Queue")).await;
    let ids = page.events.iter().flat_map(|event| &event.plan.deliveries);
    let at = jiff::Timestamp::UNIX_EPOCH;
    let outcomes: Vec<_> = ids.map(|planned| Sealed { delivery: planned.id, at }).collect();
    store(&world).seal(&page.claim, &outcomes, at).await.unwrap();
    assert_eq!(world.sqs(vec![grouped("a1", "a", &event("1", "Queue"))]).await, [""; 0]);
}
