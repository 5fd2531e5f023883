//! Events delivered again: marked, under ids of their own, and as surely as the first time.

use crate::world::{RULES, World, about, event, failing, rules, target};
use eventyard_bus::{
    DeliveryState, Hints, History, LoggedEvent, Ports, ReplayReport, Replayed, RuleSets,
};
use eventyard_rules::Planned;
use futures::executor::block_on;

fn replayed(world: &World, name: &str) -> Replayed {
    Replayed { name: name.parse().unwrap(), rules: Some(world.bus.rules().version.clone()) }
}

fn logged(world: &World) -> Vec<LoggedEvent> {
    let pages = block_on(world.ports.store.pages(0, 1, 1_000, &Hints::default())).unwrap();
    pages.into_iter().flat_map(|page| page.events).collect()
}

fn replay_if(world: &World, replayed: &Replayed, takes: impl Fn(&Planned) -> bool) -> ReplayReport {
    let events = block_on(world.bus.replan(replayed, &logged(world), takes)).unwrap().unwrap();
    block_on(world.bus.replay(&events)).unwrap()
}

fn replay(world: &World, name: &str) -> ReplayReport {
    replay_if(world, &replayed(world, name), |_| true)
}

#[test]
fn what_is_replayed_is_marked_and_has_ids_of_its_own() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue")]);
    let report = replay(&world, "july");
    assert_eq!((report.counts.events, report.counts.planned, report.counts.delivered), (1, 1, 1));
    let [first, again] = &*world.delivered("queue") else { panic!("two deliveries") };
    assert!(first.delivery != again.delivery && first.identity == again.identity);
    assert!(!first.body.contains("july") && again.body.contains(r#""replay":"july""#));
    let another = replay(&world, "august");
    assert_eq!(another.counts.delivered, 1);
    assert_ne!(world.delivered("queue")[2].delivery, again.delivery);
    assert!(!logged(&world)[0].event.event.document().contains("replay"), "nothing is stored");
    world.assert_promise_holds();
}

#[test]
fn rules_can_tell_a_replay() {
    let text = RULES.replace("$.type == 'Queue' || ", "$.type == 'Queue' && !$.replay || ");
    let world = World::with(&text, eventyard_bus::Settings::default());
    world.deliver(vec![event("1", "Queue")]);
    assert_eq!(world.delivered("queue").len(), 1);
    assert_eq!(replay(&world, "july").counts.planned, 0);
}

#[test]
fn only_what_is_chosen_is_delivered_again() {
    let world = World::new();
    world.deliver(vec![event("1", "Both")]);
    assert_eq!(world.targets().shipments().len(), 3);
    let topic = target("topic");
    let report = replay_if(&world, &replayed(&world, "july"), |planned| planned.target == topic);
    assert_eq!(report.counts.planned, 1);
    assert_eq!(world.delivered("topic").len(), 2);
    assert_eq!(world.targets().shipments().len(), 4);
}

#[test]
fn current_rules_a_version_and_the_stored_plan_may_differ() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue")]);
    let before = replayed(&world, "before");
    let other = rules(&RULES.replace("$.type == 'Queue' || ", ""));
    block_on(world.bus.activate(other)).unwrap();
    assert_eq!(replay(&world, "now").counts.planned, 0);
    assert_eq!(replay_if(&world, &before, |_| true).counts.delivered, 1);
    let as_planned = Replayed { name: "then".parse().unwrap(), rules: None };
    assert_eq!(replay_if(&world, &as_planned, |_| true).counts.delivered, 1);
    let again = &world.delivered("queue")[2];
    assert!(again.body.contains(r#""replay":"then""#), "{}", again.body);
    let unknown = Replayed { rules: Some("f".repeat(32).parse().unwrap()), ..before };
    let replanned = block_on(world.bus.replan(&unknown, &logged(&world), |_| true)).unwrap();
    assert!(replanned.is_none());
    assert_eq!(block_on(world.ports.rule_sets().get(&unknown.rules.unwrap())), Ok(None));
}

#[test]
fn what_fails_in_a_replay_is_retried_with_its_mark_and_its_id() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue")]);
    world.targets().answer_next(&target("queue"), [failing()]);
    let report = replay(&world, "july");
    assert_eq!((report.counts.delivered, report.counts.waiting), (0, 1));
    assert_eq!(report.waiting.iter().collect::<Vec<_>>(), [&target("queue")]);
    world.finish("queue");
    let [_, failed, taken] = &*world.targets().shipments() else { panic!("three attempts") };
    assert_eq!((failed.delivery, failed.attempt), (taken.delivery, 1));
    assert_eq!(taken.attempt, 2);
    assert!(taken.body.contains(r#""replay":"july""#));
    world.assert_promise_holds();
}

#[test]
fn a_replay_of_an_old_event_has_a_budget_of_its_own() {
    let world = World::new();
    world.deliver(vec![event("1", "Stale"), event("2", "Queue")]);
    world.finish("partner");
    world.advance(90 * 24 * 3600);
    assert_eq!(replay(&world, "july").counts.parked, 0);
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 2);
    assert_eq!(world.delivered("queue").len(), 2);
}

#[test]
fn a_replay_that_is_given_again_leaves_items_to_their_workers() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue"), event("2", "Partner")]);
    world.finish("partner");
    replay(&world, "july");
    let report = replay(&world, "july");
    assert_eq!((report.counts.delivered, report.counts.waiting), (1, 0));
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 2, "one from the replay");
}

#[test]
fn a_replay_keeps_the_order_of_a_group_behind_a_failure() {
    let world = World::new();
    let numbered = |id: &str| about(id, "Lane", "group");
    world.deliver(vec![numbered("1"), numbered("2"), numbered("3")]);
    world.targets().answer_next(&target("lane"), [failing()]);
    replay(&world, "july");
    world.finish("lane");
    let again: Vec<_> = world.delivered("lane").split_off(3);
    assert_eq!(crate::world::ids(&again, &world), ["1", "2", "3"]);
    let done = |state: &DeliveryState| matches!(state, DeliveryState::Delivered { .. });
    assert!(world.ports.store.items().iter().all(|item| done(&item.state)));
}

#[test]
fn a_failing_group_of_a_replay_keeps_its_order_and_holds_up_no_live_one() {
    let world = World::new();
    for n in ["1", "2"] {
        world.deliver(vec![about(n, "Lane", "a")]);
    }
    world.targets().answer_next(&target("lane"), [failing()]);
    assert_eq!(replay(&world, "july").counts.waiting, 2);
    world.deliver(vec![about("3", "Lane", "a")]);
    assert_eq!(world.delivered("lane").len(), 3, "the live one does not wait");
    world.finish("lane");
    let ids: Vec<_> = world.delivered("lane").iter().map(|sent| sent.identity).collect();
    assert_eq!(ids[3..], ids[..2], "the replay goes on in its order");
    world.assert_promise_holds();
}
