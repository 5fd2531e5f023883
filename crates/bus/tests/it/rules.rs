//! Rules change while events are on their way.

use crate::world::{RULES, World, event, failing, rules, target};
use eventyard_bus::{RuleSets, Settings};
use futures::executor::block_on;

/// The same rules without the queue.
fn without_queue() -> String {
    "
version: 1
targets:
  partner: { http: { url: \"https://partner.example/hooks\" } }
rules:
  - { name: to-queue, when: $.type == 'Queue', to: partner }
"
    .to_owned()
}

#[test]
fn a_rule_set_is_stored_before_it_is_in_force() {
    let world = World::new();
    let next = rules(&without_queue());
    block_on(world.bus.activate(next.clone())).unwrap();
    let stored = block_on(world.ports.store.get(&next.version)).unwrap().unwrap();
    assert_eq!(stored.files[0].text, without_queue());
    assert_eq!(world.bus.rules().version, next.version);
    assert_eq!(world.ports.observer.count("rules-loaded"), 2);
}

#[test]
fn an_open_page_is_delivered_by_its_stored_plan_and_not_by_newer_rules() {
    let world = World::new();
    let page = world.accept(vec![event("1", "Queue")]);
    block_on(world.bus.activate(rules(&without_queue()))).unwrap();
    block_on(world.bus.deliver(page)).unwrap();
    assert_eq!(world.delivered("queue").len(), 1);
    world.deliver(vec![event("2", "Queue")]);
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 1);
    assert_eq!(world.delivered("queue").len(), 1);
    world.assert_promise_holds();
}

#[test]
fn a_delivery_in_flight_finds_its_removed_target_in_the_rules_that_planned_it() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing()]);
    world.deliver(vec![event("1", "Queue")]);
    block_on(world.bus.activate(rules(&without_queue()))).unwrap();
    world.finish("queue");
    assert_eq!(world.delivered("queue").len(), 1);
}

#[test]
fn a_delivery_whose_target_is_nowhere_to_be_found_is_parked() {
    let planner = World::new();
    let accept = planner.bus.plan(vec![event("1", "Queue")], "test");
    // A bus that never had the rules of this plan.
    let world = World::with(&without_queue(), Settings::default());
    let page = block_on(world.bus.accept(accept)).unwrap().page.unwrap();
    block_on(world.bus.deliver(page)).unwrap();
    assert_eq!(world.targets().calls(), 0);
    assert_eq!(world.parked().code, "TargetRemoved");
    world.assert_promise_holds();
}

#[test]
fn a_restart_with_the_same_rules_changes_nothing() {
    let world = World::new();
    world.deliver(vec![event("1", "Partner")]);
    let restarted = world.restarted();
    assert_eq!(restarted.bus.rules().version, rules(RULES).version);
    restarted.finish("partner");
    assert_eq!(restarted.delivered("partner").len(), 1);
}
