//! Retries: how often, when, and with which id.

use crate::world::{World, event, failing, target};
use eventyard_bus::{DeliveryState, Next, Outcome, Sent};
use futures::executor::block_on;
use std::time::Duration;

#[test]
fn a_retried_delivery_keeps_its_id_and_counts_its_attempts() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing(), failing()]);
    world.deliver(vec![event("1", "Queue")]);
    world.finish("queue");
    let sent = world.targets().shipments();
    assert_eq!(sent.iter().map(|s| s.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(sent.iter().all(|s| s.delivery == sent[0].delivery));
    let item = world.item();
    let outcomes: Vec<_> = item.history.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Failed, Outcome::Delivered]);
    world.assert_promise_holds();
}

#[test]
fn no_attempt_is_made_before_its_time() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing()]);
    world.deliver(vec![event("1", "Queue")]);
    let DeliveryState::Waiting { due } = world.item().state else { panic!("it waits") };
    assert_eq!(world.attempt("queue"), Next::At(due));
    assert_eq!(world.targets().calls(), 1);
    world.ports.clock.advance_to(due);
    assert_eq!(world.attempt("queue"), Next::Idle);
    assert_eq!(world.targets().calls(), 2);
}

#[test]
fn a_spent_budget_parks_with_the_last_failure_and_a_redrive_delivers() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing(), failing(), failing()]);
    world.deliver(vec![event("1", "Thrice")]);
    world.finish("queue");
    let cause = world.parked();
    assert_eq!(cause.code, "Http503");
    let sentence = "`partner.example` answered 503; given up after 3 attempts";
    assert_eq!(cause.message, sentence);
    world.assert_promise_holds();
    let parked = world.item();
    block_on(world.bus.redrive(&parked.key, None)).unwrap();
    world.finish("queue");
    let sent = world.targets().shipments();
    assert_eq!(sent.iter().map(|s| s.attempt).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(sent[3].delivery, parked.key.id);
    assert_eq!(sent[3].answer, Sent::Delivered);
    world.assert_promise_holds();
}

#[test]
fn a_redrive_has_a_whole_budget_of_its_own() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), std::iter::repeat_n(failing(), 5));
    world.deliver(vec![event("1", "Thrice")]);
    world.finish("queue");
    world.advance(30 * 24 * 3600);
    block_on(world.bus.redrive(&world.item().key, None)).unwrap();
    world.finish("queue");
    assert_eq!(world.targets().shipments().len(), 6, "three, then three");
    assert_eq!(world.delivered("queue").len(), 1);
}

#[test]
fn a_redrive_can_change_the_body() {
    let world = World::new();
    let park = Sent::Park { cause: crate::world::cause() };
    world.targets().answer_next(&target("queue"), [park]);
    world.deliver(vec![event("1", "Queue")]);
    let edit = r#"{"repaired":true}"#;
    block_on(world.bus.redrive(&world.item().key, Some(edit.to_owned()))).unwrap();
    world.finish("queue");
    let sent = world.targets().shipments();
    assert_ne!(sent[0].body, edit);
    assert_eq!(sent[1].body, edit);
    assert_eq!(sent[1].delivery, sent[0].delivery);
}

#[test]
fn by_default_a_failing_target_is_tried_for_most_of_a_day() {
    let world = World::new();
    world.targets().answer_always(&target("queue"), failing());
    let accepted = eventyard_bus::Clock::now(&world.ports.clock);
    world.deliver(vec![event("1", "Queue")]);
    world.finish("queue");
    let DeliveryState::Parked { at } = world.item().state else { panic!("it is parked") };
    let hours = at.duration_since(accepted).as_hours();
    assert!((18..=24).contains(&hours), "{hours} h");
    assert!(world.item().attempts <= 185);
    assert!(world.item().attempts > 150, "{}", world.item().attempts);
}

#[test]
fn a_wait_that_the_target_asks_for_is_kept_for_all_its_deliveries() {
    let world = World::new();
    let after = Some(Duration::from_secs(3600));
    world.deliver(vec![event("1", "Partner")]);
    world
        .targets()
        .answer_next(&target("partner"), [Sent::Retry { cause: crate::world::cause(), after }]);
    world.attempt("partner");
    world.deliver(vec![event("2", "Partner")]);
    let Next::At(time) = world.attempt("partner") else { panic!("it waits") };
    let asked = eventyard_bus::Clock::now(&world.ports.clock);
    assert_eq!(time.duration_since(asked).as_secs(), 3600);
    assert_eq!(world.targets().calls(), 1);
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 2);
}

#[test]
fn a_lost_attempt_comes_again_when_its_lease_is_over() {
    let world = World::new();
    world.deliver(vec![event("1", "Partner")]);
    let key = world.item().key;
    let now = eventyard_bus::Clock::now(&world.ports.clock);
    let until = now.checked_add(Duration::from_secs(120)).unwrap();
    let lease = eventyard_bus::Lease { now, until };
    let attempts = [(key, 1)];
    let claim = eventyard_bus::Deliveries::claim(&world.ports.store, &attempts, lease);
    assert_eq!(block_on(claim), Ok(vec![true]), "a worker claims, and is gone");
    assert_eq!(world.attempt("partner"), Next::At(until));
    world.finish("partner");
    assert_eq!(world.delivered("partner")[0].attempt, 2);
}

#[test]
fn max_rate_makes_deliveries_wait_and_drops_none() {
    let world = World::new();
    world.deliver((0..7).map(|n| event(&n.to_string(), "Limited")).collect());
    assert_eq!(world.delivered("queue").len(), 2, "the burst of a second");
    let start = eventyard_bus::Clock::now(&world.ports.clock);
    world.finish("queue");
    let took = eventyard_bus::Clock::now(&world.ports.clock).duration_since(start);
    assert_eq!(world.delivered("queue").len(), 7);
    assert!(took.as_millis() >= 2_500, "five more at two a second: {took:?}");
    assert!(world.targets().shipments().iter().all(|s| s.attempt == 1), "waiting is no attempt");
    world.assert_promise_holds();
}

#[test]
fn a_limited_rule_does_not_hold_up_the_others_of_its_target() {
    let world = World::new();
    world.deliver((0..100).map(|n| event(&n.to_string(), "LimitedPartner")).collect());
    world.deliver(vec![event("free", "Partner")]);
    for _ in 0..5 {
        world.attempt("partner");
    }
    let rules: Vec<_> = world.delivered("partner").iter().map(|s| s.rule.to_string()).collect();
    assert!(rules.contains(&"to-partner".to_owned()), "{rules:?}");
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 101);
}
