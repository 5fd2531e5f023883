//! A page from acceptance to its seal.

use crate::world::{World, about, event, failing, ids, target};
use eventyard_bus::{Acceptance, DeliveryState};
use futures::executor::block_on;

#[test]
fn a_page_is_one_call_for_each_target_in_log_order() {
    let world = World::new();
    world.deliver(vec![event("1", "Both"), event("2", "Queue"), event("3", "Both")]);
    assert_eq!(world.targets().calls(), 2);
    assert_eq!(ids(&world.delivered("queue"), &world), ["1", "1", "2", "3", "3"]);
    assert_eq!(ids(&world.delivered("topic"), &world), ["1", "3"]);
    assert!(world.ports.store.items().is_empty(), "all was delivered at once");
    assert_eq!(world.ports.store.open_pages(), 0);
}

#[test]
fn nothing_is_sent_before_the_event_is_stored() {
    let world = World::new();
    let page = world.accept(vec![event("1", "Queue")]);
    assert_eq!(world.targets().calls(), 0);
    assert_eq!(world.ports.store.events().len(), 1);
    block_on(world.bus.deliver(page)).unwrap();
    assert_eq!(world.targets().calls(), 1);
}

#[test]
fn a_duplicate_is_not_delivered_and_a_conflict_neither() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue")]);
    let again = world.ingest(vec![event("1", "Queue"), event("1", "Both")]);
    assert_eq!(again.results, [Acceptance::Duplicate, Acceptance::Conflict]);
    assert!(again.page.is_none());
    assert_eq!(world.delivered("queue").len(), 1);
}

#[test]
fn an_event_that_no_rule_takes_is_stored_and_its_page_sealed() {
    let world = World::new();
    world.deliver(vec![event("1", "Nothing")]);
    assert_eq!(world.ports.store.events().len(), 1);
    assert_eq!(world.ports.store.open_pages(), 0);
    assert_eq!(world.targets().calls(), 0);
    assert_eq!(
        world.ports.observer.words(),
        ["rules-loaded", "accepted", "unmatched"],
        "the stages of an unmatched event"
    );
}

#[test]
fn a_queued_target_is_sent_to_by_its_worker_only() {
    let world = World::new();
    let page = world.accept(vec![event("1", "Partner")]);
    let report = block_on(world.bus.deliver(page)).unwrap();
    assert_eq!(report.waiting.into_iter().collect::<Vec<_>>(), [target("partner")]);
    assert_eq!(world.targets().calls(), 0);
    assert_eq!(world.ports.store.open_pages(), 0, "the page is sealed, the item waits");
    assert!(matches!(world.item().state, DeliveryState::Waiting { .. }));
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 1);
    assert!(matches!(world.item().state, DeliveryState::Delivered { .. }));
}

#[test]
fn one_failing_delivery_of_a_page_does_not_hold_up_the_others() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing()]);
    world.deliver(vec![event("1", "Queue"), event("2", "Queue"), about("3", "Both", "b")]);
    assert_eq!(world.ports.store.open_pages(), 0);
    assert_eq!(ids(&world.delivered("queue"), &world), ["2", "3", "3"]);
    assert_eq!(world.item().attempts, 1);
    world.finish("queue");
    assert_eq!(ids(&world.delivered("queue"), &world), ["2", "3", "3", "1"]);
    world.assert_promise_holds();
}

#[test]
fn after_a_crash_the_stored_plan_runs_with_the_same_ids() {
    let world = World::new();
    let page = world.accept(vec![event("1", "Both")]);
    let planned: Vec<_> = page.events[0].plan.deliveries.iter().map(|p| p.id).collect();
    drop(page);
    let restarted = world.restarted();
    block_on(restarted.bus.recover()).unwrap();
    assert_eq!(restarted.targets().calls(), 0, "its lease is not over");
    restarted.advance(120);
    block_on(restarted.bus.recover()).unwrap();
    let mut sent: Vec<_> = restarted.targets().shipments().iter().map(|s| s.delivery).collect();
    sent.sort();
    let mut expected = planned;
    expected.sort();
    assert_eq!(sent, expected);
    assert_eq!(world.ports.store.open_pages(), 0);
    world.assert_promise_holds();
}

#[test]
fn a_page_that_is_taken_over_leaves_deliveries_with_items_to_their_items() {
    let world = World::new();
    world.targets().answer_next(&target("topic"), [failing()]);
    let page = world.accept(vec![event("1", "Both")]);
    let copy = page.clone();
    // The first worker records its item and dies before the seal: the copy is never sealed again.
    block_on(world.bus.deliver(copy)).unwrap();
    let sealed = world.ports.store.items();
    let before = world.targets().shipments().len();
    let crashed = World::new();
    block_on(eventyard_bus::Deliveries::record(&crashed.ports.store, sealed)).unwrap();
    crashed.accept(vec![event("1", "Both")]);
    crashed.advance(120);
    block_on(crashed.bus.recover()).unwrap();
    assert_eq!(before, 3, "two for the queue, one for the topic");
    assert_eq!(crashed.targets().shipments().len(), 2, "the topic's waits as an item");
    assert_eq!(crashed.item().attempts, 1, "and was not set back");
    crashed.finish("topic");
    assert_eq!(crashed.delivered("topic").len(), 1);
    crashed.assert_promise_holds();
}

#[test]
fn a_page_that_waited_long_for_its_worker_is_kept_and_delivered_in_its_turn() {
    let world = World::new();
    let (first, second) =
        (world.accept(vec![about("1", "Lane", "a")]), world.accept(vec![about("2", "Lane", "a")]));
    world.advance(119);
    block_on(world.bus.deliver(first)).unwrap();
    block_on(world.bus.deliver(second)).unwrap();
    assert_eq!(ids(&world.delivered("lane"), &world), ["1", "2"]);
    assert_eq!(world.ports.store.open_pages(), 0);
}

#[test]
fn a_page_that_was_taken_over_is_left_to_its_new_owner() {
    let world = World::new();
    let page = world.accept(vec![event("1", "Queue")]);
    world.advance(120);
    block_on(world.bus.recover()).unwrap();
    assert_eq!(world.delivered("queue").len(), 1);
    block_on(world.bus.deliver(page)).unwrap();
    assert_eq!(world.delivered("queue").len(), 1, "the late worker sends nothing");
    world.assert_promise_holds();
}
