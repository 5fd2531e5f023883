//! What is parked, when, and why.

use crate::world::{RULES, World, denied, event, target};
use eventyard_bus::{Cause, DeliveryState, Next, Sent, Settings, Undecodable};
use futures::executor::block_on;

#[test]
fn what_the_target_refuses_is_parked_at_once() {
    let world = World::new();
    let cause = Cause::new("InvalidMessageContents", "not valid there");
    world.targets().answer_next(&target("queue"), [Sent::Park { cause: cause.clone() }]);
    world.deliver(vec![event("1", "Queue"), event("2", "Queue")]);
    assert_eq!(world.parked(), cause);
    assert_eq!(world.delivered("queue").len(), 1);
    assert_eq!(world.ports.store.open_pages(), 0);
    world.assert_promise_holds();
}

#[test]
fn an_event_past_its_expiry_is_parked_unsent() {
    let world = World::new();
    world.deliver(vec![event("1", "Stale")]);
    world.advance(31);
    world.finish("partner");
    assert_eq!(world.targets().calls(), 0);
    assert_eq!(world.parked().code, "Expired");
}

#[test]
fn an_event_within_its_expiry_is_sent() {
    let world = World::new();
    world.deliver(vec![event("1", "Stale")]);
    world.advance(30);
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 1);
}

#[test]
fn a_person_may_redrive_what_is_expired() {
    let world = World::new();
    world.deliver(vec![event("1", "Stale")]);
    world.advance(31);
    world.finish("partner");
    block_on(world.bus.redrive(&world.item().key, None)).unwrap();
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 1);
}

#[test]
fn a_target_that_denies_us_is_parked_after_its_time_with_the_cause() {
    let world = World::new();
    world.targets().answer_always(&target("queue"), denied());
    world.deliver(vec![event("1", "Queue")]);
    let accepted = eventyard_bus::Clock::now(&world.ports.clock);
    assert!(matches!(world.item().state, DeliveryState::Waiting { .. }));
    assert!(world.ports.observer.words().contains(&"breaker-opened"), "an alarm at once");
    world.finish("queue");
    let DeliveryState::Parked { at } = world.item().state else { panic!("it is parked") };
    let minutes = at.duration_since(accepted).as_mins();
    assert!((15..=16).contains(&minutes), "{minutes} min");
    assert_eq!(world.parked().code, "AccessDenied");
    assert!(world.item().attempts <= 17, "one probe a minute");
}

#[test]
fn deliveries_behind_a_denial_are_parked_without_being_sent() {
    let world = World::new();
    world.targets().answer_always(&target("queue"), denied());
    world.deliver(vec![event("0", "Queue")]);
    world.deliver((1..50).map(|n| event(&n.to_string(), "Queue")).collect());
    world.finish("queue");
    let items = world.ports.store.items();
    assert!(items.iter().all(|item| matches!(item.state, DeliveryState::Parked { .. })));
    assert!(items.iter().all(|item| item.cause.as_ref().unwrap().code == "AccessDenied"));
    assert!(world.targets().shipments().len() < 20, "one probe a minute for 15 minutes");
    world.assert_promise_holds();
}

#[test]
fn without_patience_a_denial_parks_at_once() {
    let impatient = RULES.replace("to: queue }", "to: queue, retry: { denied: 1s } }");
    let world = World::with(&impatient, Settings::default());
    world.targets().answer_always(&target("queue"), denied());
    world.deliver(vec![event("1", "Queue")]);
    world.advance(1);
    world.attempt("queue");
    assert_eq!(world.parked().code, "AccessDenied");
}

#[test]
fn when_access_is_granted_again_a_redrive_delivers_at_once() {
    let world = World::new();
    world.targets().answer_always(&target("queue"), denied());
    world.deliver((0..3).map(|n| event(&n.to_string(), "Queue")).collect());
    world.finish("queue");
    world.targets().answer_always(&target("queue"), Sent::Delivered);
    for item in world.ports.store.items() {
        block_on(world.bus.redrive(&item.key, None)).unwrap();
    }
    assert_ne!(world.attempt("queue"), Next::Idle);
    assert_eq!(world.delivered("queue").len(), 1, "the probe");
    world.finish("queue");
    assert_eq!(world.delivered("queue").len(), 3);
    world.assert_promise_holds();
}

#[test]
fn a_payload_that_is_too_large_is_parked_unsent_and_its_neighbours_are_delivered() {
    let rules = "
version: 1
targets:
  topic: { sns: { topic: orders } }
  queue: { sqs: { queue: orders } }
rules:
  - { name: all, when: $, to: [topic, queue] }
";
    let world = World::with(rules, Settings::default());
    let parts = vec![serde_json::Value::from("a".repeat(200_000)); 2];
    let document = serde_json::json!({
        "specversion": "1.0", "id": "big", "source": "test", "type": "Big", "data": parts
    });
    let big = eventyard_event::Event::from_document(
        document.to_string().as_bytes(),
        &eventyard_event::Limits::default(),
    );
    world.deliver(vec![big.unwrap(), event("2", "Small")]);
    assert_eq!(world.parked().code, "PayloadTooLargeForTarget");
    assert_eq!(world.delivered("topic").len(), 1);
    assert_eq!(world.delivered("queue").len(), 2);
}

#[test]
fn a_parked_delivery_can_be_dropped_and_stays_accounted_for() {
    let world = World::new();
    let park = Sent::Park { cause: crate::world::cause() };
    world.targets().answer_next(&target("queue"), [park]);
    world.deliver(vec![event("1", "Queue")]);
    block_on(world.bus.drop_parked(&world.item().key, "a test order")).unwrap();
    let report = world.ports.store.audit();
    assert!(report.holds());
    assert_eq!((report.planned, report.dropped, report.parked), (1, 1, 0));
}

#[test]
fn a_message_that_is_no_event_is_kept_and_told() {
    let world = World::new();
    let message = Undecodable {
        via: "sqs:events".to_owned(),
        message_id: "m-1".to_owned(),
        bytes: b"{".to_vec(),
        cause: Cause::new("E0501", "unexpected end at byte 1"),
        at: eventyard_bus::Clock::now(&world.ports.clock),
    };
    block_on(world.bus.park_undecodable(message.clone())).unwrap();
    let kept = eventyard_bus::Deliveries::undecodable(&world.ports.store, None, 9);
    assert_eq!(block_on(kept), Ok(vec![message]));
    assert_eq!(world.ports.observer.count("refused"), 1);
}
