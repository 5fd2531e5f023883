//! Loops stop at the hop limit.

use crate::world::{World, target};
use eventyard_bus::Settings;
use eventyard_event::{Event, Limits};

const LOOPING: &str = "
version: 1
targets:
  back: { sqs: { queue: events } }
rules:
  - { name: again, when: $.type == 'Ping', to: back, allow-loop: { max-hops: 3 } }
";

/// A consumer that answers each event with one of the same type, and carries the hops on.
fn consume(world: &World, taken: usize) -> Vec<Event> {
    let delivered = world.delivered("back");
    let answer = |body: &str| {
        let received = Event::from_document(body.as_bytes(), &Limits::default()).unwrap();
        let id = format!("{}+", received.id());
        let answer = Event::builder(&id, "consumer", "Ping").build(&Limits::default()).unwrap();
        answer.with_hops(received.hops())
    };
    delivered[taken..].iter().map(|shipment| answer(&shipment.body)).collect()
}

#[test]
fn an_event_that_comes_back_is_delivered_as_often_as_the_rule_allows_and_then_parked() {
    let world = World::with(LOOPING, Settings::default());
    let first = Event::builder("p", "producer", "Ping").build(&Limits::default()).unwrap();
    let mut batch = vec![first];
    let mut taken = 0;
    for _ in 0..10 {
        if batch.is_empty() {
            break;
        }
        world.deliver(batch);
        batch = consume(&world, taken);
        taken = world.delivered("back").len();
    }
    let hops: Vec<_> = world.delivered("back").iter().map(|s| s.hops).collect();
    assert_eq!(hops, [1, 2, 3]);
    assert_eq!(world.parked().code, "LoopDetected");
    assert_eq!(world.item().target, target("back"));
    world.assert_promise_holds();
}
