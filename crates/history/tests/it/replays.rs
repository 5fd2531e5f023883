//! Replays: complete, in order, resumed after a kill, paused by a person.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::world::{World, numbered, rules};
use eventyard_bus::memory::{MemoryPorts, MemoryStore};
use eventyard_bus::{Checkpoints, History, Next, ReplayName};
use eventyard_history::replay::{
    self, ReplayAsk, ReplayError, ReplayPlan, ReplayRecord, ReplayState, Replaying,
};
use futures::executor::block_on;

type Work<'a> = Replaying<'a, MemoryPorts, MemoryStore, MemoryStore>;

fn name(text: &str) -> ReplayName {
    text.parse().unwrap()
}

fn ask(text: &str) -> ReplayAsk {
    ReplayAsk { only_targets: vec!["queue".parse().unwrap()], ..ReplayAsk::all(name(text)) }
}

fn start(world: &World, ask: ReplayAsk) -> Result<ReplayRecord, ReplayError> {
    block_on(replay::start(&world.bus, &world.ports.store, &world.ports.store, ask))
}

fn open<'a>(world: &'a World, text: &str) -> Work<'a> {
    let store = &world.ports.store;
    block_on(Replaying::open(&world.bus, store, store, &name(text))).unwrap()
}

fn run(world: &World, text: &str) -> ReplayRecord {
    let mut work = open(world, text);
    while work.record().state == ReplayState::Running {
        block_on(work.step()).unwrap();
    }
    work.record().clone()
}

/// What came to a queue since it had so many, by the events' ids.
fn since(world: &World, target: &str, before: usize) -> Vec<String> {
    world.ids(&world.delivered(target)[before..])
}

#[test]
fn a_replay_delivers_what_is_chosen_and_ends_where_the_log_ended() {
    let world = World::new();
    world.orders(250, 60);
    start(&world, ask("july")).unwrap();
    // What comes later is not the replay's.
    world.orders(10, 10);
    let record = run(&world, "july");
    assert_eq!(since(&world, "queue", 260), numbered(0..250));
    assert_eq!(world.delivered("audit").len(), 260, "only the chosen target");
    let counts = record.counts;
    assert_eq!((counts.events, counts.planned, counts.delivered), (250, 250, 250));
    assert_eq!(record.state, ReplayState::Done);
    assert_eq!(block_on(open(&world, "july").step()).unwrap().waiting.len(), 0, "over is over");
}

#[test]
fn ten_thousand_events_killed_at_half_are_completed_with_a_page_repeated_at_most() {
    let world = World::new();
    world.orders(10_000, 1_000);
    start(&world, ask("july")).unwrap();
    let mut work = open(&world, "july");
    for _ in 0..50 {
        block_on(work.step()).unwrap();
    }
    // The step after is cut off once its events are delivered and before its checkpoint: by then the record
    // of a worker that is gone is what it was.
    let before = block_on(world.ports.store.checkpoint(&"replay/july".parse().unwrap())).unwrap();
    block_on(work.step()).unwrap();
    drop(work);
    let other = MemoryStore::default();
    block_on(other.put_checkpoint(&"replay/july".parse().unwrap(), before.text.as_deref(), 0))
        .unwrap();
    let restarted = world.restarted();
    let mut again =
        block_on(Replaying::open(&restarted.bus, &world.ports.store, &other, &name("july")))
            .unwrap();
    while again.record().state == ReplayState::Running {
        block_on(again.step()).unwrap();
    }
    let delivered = since(&world, "queue", 10_000);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    delivered.iter().for_each(|id| *counts.entry(id).or_default() += 1);
    assert_eq!(counts.len(), 10_000);
    assert_eq!(delivered.len(), 10_100, "one step was repeated");
    let shipments = &world.delivered("queue")[10_000..];
    let deliveries: std::collections::BTreeSet<_> =
        shipments.iter().map(|shipment| shipment.delivery).collect();
    assert_eq!(deliveries.len(), 10_000, "under the same ids");
    let mut order = delivered;
    order.dedup();
    assert_eq!(order[..5_100], numbered(0..5_100));
    assert_eq!(order[5_100..], numbered(5_000..10_000));
}

#[test]
fn every_group_keeps_its_order() {
    let world = World::new();
    world.orders(300, 50);
    let ask = ReplayAsk { only_targets: vec!["lane".parse().unwrap()], ..ask("july") };
    start(&world, ask).unwrap();
    run(&world, "july");
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let again = world.delivered("lane").split_off(300);
    for (shipment, id) in again.iter().zip(world.ids(&again)) {
        groups.entry(shipment.group.clone().unwrap()).or_default().push(id);
    }
    for (group, ids) in groups {
        let customer: usize = group.trim_start_matches("c-").parse().unwrap();
        let whole: Vec<_> = (0..30).map(|n| format!("o-{}", n * 10 + customer)).collect();
        assert_eq!(ids, whole);
    }
}

#[test]
fn a_paused_replay_stops_and_goes_on_where_it_was() {
    let world = World::new();
    world.orders(300, 100);
    start(&world, ask("july")).unwrap();
    let mut work = open(&world, "july");
    block_on(work.step()).unwrap();
    let now = world.ports.clock.clone();
    let at = eventyard_bus::Clock::now(&now);
    block_on(replay::pause(&world.ports.store, &name("july"), at)).unwrap();
    // The step that was under way is counted.
    block_on(work.step()).unwrap();
    assert_eq!(work.record().state, ReplayState::Paused);
    block_on(work.step()).unwrap();
    assert_eq!(since(&world, "queue", 300), numbered(0..200));
    block_on(replay::resume(&world.ports.store, &name("july"), at)).unwrap();
    assert_eq!(run(&world, "july").counts.events, 300);
    assert_eq!(since(&world, "queue", 300), numbered(0..300));
}

#[test]
fn of_two_workers_one_is_refused() {
    let world = World::new();
    world.orders(300, 100);
    start(&world, ask("july")).unwrap();
    let (mut one, mut two) = (open(&world, "july"), open(&world, "july"));
    block_on(one.step()).unwrap();
    assert_eq!(block_on(two.step()), Err(ReplayError::Overtaken(name("july"))));
    block_on(one.step()).unwrap();
}

#[test]
fn a_rate_is_kept_by_waiting_between_steps() {
    let world = World::new();
    world.orders(150, 150);
    start(&world, ReplayAsk { rate: Some(50.0), ..ask("july") }).unwrap();
    let mut work = open(&world, "july");
    // No more at once than a second takes.
    for sent in [50, 100, 150] {
        assert_eq!(block_on(work.step()).unwrap().wait, Duration::from_secs(1));
        assert_eq!(world.delivered("queue").len(), 150 + sent);
    }
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_started() {
    let world = World::new();
    world.orders(1, 1);
    let with_when = |text: &str| ReplayAsk { when: Some(text.to_owned()), ..ask("a") };
    assert!(matches!(start(&world, with_when("$.type ==")), Err(ReplayError::When(_))));
    for rate in [0.0, 1e-300, -1.0, f64::NAN, f64::INFINITY] {
        let asked = ReplayAsk { rate: Some(rate), ..ask("a") };
        assert_eq!(start(&world, asked), Err(ReplayError::Rate));
    }
    let version = "f".repeat(32).parse().unwrap();
    let plan = ReplayPlan::Version(version);
    assert!(matches!(
        start(&world, ReplayAsk { plan, ..ask("a") }),
        Err(ReplayError::RulesUnknown(_))
    ));
    assert_eq!(block_on(replay::list(&world.ports.store)), Ok(Vec::new()));
    start(&world, with_when("$.data >= 0")).unwrap();
    assert_eq!(start(&world, ask("a")), Err(ReplayError::NameUsed(name("a"))));
    assert_eq!(block_on(replay::list(&world.ports.store)).unwrap().len(), 1);
    let unknown = block_on(replay::read(&world.ports.store, &name("b")));
    assert_eq!(unknown, Err(ReplayError::Unknown(name("b"))));
}

#[test]
fn a_replay_whose_rules_are_gone_is_paused_and_says_so() {
    let world = World::new();
    world.orders(3, 3);
    let mut record = start(&world, ask("july")).unwrap();
    let version: eventyard_rules::Version = "f".repeat(32).parse().unwrap();
    record.replayed.rules = Some(version.clone());
    let text = serde_json::to_string(&record).unwrap();
    let key = "replay/july".parse().unwrap();
    assert_eq!(block_on(world.ports.store.put_checkpoint(&key, Some(&text), 1)), Ok(true));
    let stopped = block_on(open(&world, "july").step());
    assert_eq!(stopped, Err(ReplayError::RulesUnknown(version)));
    let record = block_on(replay::read(&world.ports.store, &name("july"))).unwrap();
    assert_eq!((record.state, record.counts.events), (ReplayState::Paused, 0));
}

#[test]
fn a_dry_run_tells_what_would_be_and_delivers_nothing() {
    let world = World::new();
    world.orders(25, 10);
    let calls = world.ports.targets.calls();
    let before = block_on(world.ports.store.pages(0, 1, 100, &Default::default())).unwrap().len();
    let asked = ReplayAsk { only_targets: Vec::new(), when: Some("$.data < 5".into()), ..ask("a") };
    let found = block_on(replay::dry_run(&world.bus, &world.ports.store, &asked)).unwrap();
    assert_eq!((found.events, found.planned), (5, 15));
    let routes = found.routes;
    let routes: Vec<_> = routes
        .iter()
        .map(|route| (route.rule.as_str(), route.target.as_str(), route.deliveries))
        .collect();
    assert_eq!(routes, [("ordered", "lane", 5), ("placed", "audit", 5), ("placed", "queue", 5)]);
    assert_eq!(world.ports.targets.calls(), calls);
    let after = block_on(world.ports.store.pages(0, 1, 100, &Default::default())).unwrap().len();
    assert_eq!((before, block_on(replay::list(&world.ports.store)).unwrap().len()), (after, 0));
}

#[test]
fn a_replay_keeps_the_rules_that_it_started_with() {
    let world = World::new();
    world.orders(150, 50);
    start(&world, ask("july")).unwrap();
    let mut work = open(&world, "july");
    block_on(work.step()).unwrap();
    let other = rules(&crate::world::RULES.replace("to: [queue, audit]", "to: audit"));
    block_on(world.bus.activate(other)).unwrap();
    while work.record().state == ReplayState::Running {
        block_on(work.step()).unwrap();
    }
    assert_eq!(since(&world, "queue", 150), numbered(0..150));
}

#[test]
fn a_target_with_a_worker_of_its_own_gets_one_step_at_a_time() {
    let world = World::new();
    world.orders(250, 250);
    let partner = "partner".parse().unwrap();
    start(&world, ReplayAsk { only_targets: vec![partner], ..ReplayAsk::all(name("loud")) })
        .unwrap();
    let partner = "partner".parse().unwrap();
    let mut work = open(&world, "loud");
    for so_far in [100, 200, 250] {
        assert_eq!(block_on(work.step()).unwrap().wait, Duration::ZERO);
        assert_eq!(work.record().counts.waiting, so_far);
        if so_far < 250 {
            let step = block_on(work.step()).unwrap();
            assert!(!step.wait.is_zero(), "its worker is behind");
            assert_eq!(work.record().counts.waiting, so_far);
        }
        while block_on(world.bus.attempt(&partner)).unwrap() == Next::Now {}
    }
    block_on(work.step()).unwrap();
    assert_eq!(work.record().state, ReplayState::Done);
    assert_eq!(since(&world, "partner", 0), numbered(0..250));
}
