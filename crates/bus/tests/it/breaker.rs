//! Isolation: a broken target is left alone, and delays no other.

use crate::world::{World, event, failing, rules, target};
use eventyard_bus::memory::{MemoryBreakers, MemoryPorts, MemoryStore, RecordingObserver};
use eventyard_bus::{
    Bus, Next, Parcel, Ports, Route, Sent, Settings, Targets, memory::ManualClock,
};
use eventyard_rules::{LoadOptions, Target};
use futures::executor::block_on;
use std::task::{Context, Poll, Waker};

fn opened(world: &World) -> usize {
    world.ports.observer.count("breaker-opened")
}

#[test]
fn a_broken_target_gets_a_probe_a_minute_and_then_its_backlog_at_a_rising_rate() {
    let world = World::new();
    let partner = target("partner");
    world.targets().answer_always(&partner, failing());
    // Five failing rounds open it.
    for n in 0..5 {
        world.deliver(vec![event(&n.to_string(), "Partner")]);
        world.attempt("partner");
    }
    assert_eq!(opened(&world), 1);
    // What comes now waits, unsent.
    world.deliver((100..200).map(|n| event(&n.to_string(), "Partner")).collect());
    let before = world.targets().calls();
    world.attempt("partner");
    assert_eq!(world.targets().calls(), before);
    // For ten minutes the target gets one delivery a minute.
    for _ in 0..600 {
        world.advance(1);
        world.attempt("partner");
    }
    let probes = world.targets().calls() - before;
    assert!((9..=10).contains(&probes), "{probes} probes");
    // Healed, it gets 1, 1, 2, 4 … deliveries a second until the breaker is closed.
    world.targets().answer_always(&partner, Sent::Delivered);
    let mut sizes = Vec::new();
    while world.ports.observer.count("breaker-closed") == 0 {
        let delivered = world.delivered("partner").len();
        world.advance(1);
        world.attempt("partner");
        sizes.push(world.delivered("partner").len() - delivered);
    }
    sizes.retain(|size| *size > 0);
    assert_eq!(sizes, [1, 1, 2, 4, 8, 16]);
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 105);
    assert_eq!(opened(&world), 1);
    world.assert_promise_holds();
}

#[test]
fn time_that_a_breaker_is_open_counts_as_age_and_not_as_attempts() {
    let world = World::new();
    world.targets().answer_always(&target("partner"), failing());
    world.deliver((0..40).map(|n| event(&n.to_string(), "Partner")).collect());
    for _ in 0..3600 {
        world.advance(1);
        world.attempt("partner");
    }
    let attempts: u32 = world.ports.store.items().iter().map(|item| item.attempts).sum();
    // Rounds of at most 32 before it opened, then one delivery a minute.
    assert!(attempts <= 5 * 32 + 60, "{attempts}");
    world.advance(24 * 3600);
    world.finish("partner");
    assert_eq!(world.ports.store.audit().parked, 40, "too old by now");
}

#[test]
fn an_inline_target_whose_breaker_is_open_is_not_called_for_new_pages() {
    let world = World::new();
    world.targets().answer_always(&target("queue"), failing());
    for n in 0..5 {
        world.deliver(vec![event(&n.to_string(), "Queue")]);
    }
    let before = world.targets().calls();
    world.deliver(vec![event("9", "Both")]);
    assert_eq!(world.targets().calls(), before + 1, "only the topic's call");
    assert_eq!(world.delivered("topic").len(), 1);
    assert_eq!(world.ports.store.open_pages(), 0);
    world.targets().answer_always(&target("queue"), Sent::Delivered);
    world.finish("queue");
    assert_eq!(world.delivered("queue").len(), 7);
}

/// Targets of which one never answers.
#[derive(Clone, Default)]
struct Hanging {
    memory: MemoryPorts,
}

impl Targets for Hanging {
    fn route(&self, target: &Target) -> Route {
        self.memory.targets.route(target)
    }

    async fn send(&self, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        if target.name == *"slow" {
            std::future::pending::<()>().await;
        }
        self.memory.targets.send(target, parcels).await
    }
}

impl Ports for Hanging {
    type Ledger = MemoryStore;
    type Deliveries = MemoryStore;
    type RuleSets = MemoryStore;
    type Breakers = MemoryBreakers;
    type Targets = Self;
    type Clock = ManualClock;
    type Observer = RecordingObserver;

    fn ledger(&self) -> &MemoryStore {
        &self.memory.store
    }
    fn deliveries(&self) -> &MemoryStore {
        &self.memory.store
    }
    fn rule_sets(&self) -> &MemoryStore {
        &self.memory.store
    }
    fn breakers(&self) -> &MemoryBreakers {
        &self.memory.breakers
    }
    fn targets(&self) -> &Self {
        self
    }
    fn clock(&self) -> &ManualClock {
        &self.memory.clock
    }
    fn observer(&self) -> &RecordingObserver {
        &self.memory.observer
    }
}

#[test]
fn a_target_that_never_answers_delays_no_other() {
    let ports = Hanging::default();
    let live = rules(crate::world::RULES);
    let start = Bus::start(ports.clone(), live, LoadOptions::default(), Settings::default());
    let bus = block_on(start).unwrap();
    let (slow, partner) = (target("slow"), target("partner"));
    let batch = vec![event("1", "Slow"), event("2", "Partner"), event("3", "Queue")];
    let page = block_on(bus.ingest(batch, "test")).unwrap().page.unwrap();
    block_on(bus.deliver(page)).unwrap();
    let mut hanging = Box::pin(bus.attempt(&slow));
    let mut context = Context::from_waker(Waker::noop());
    assert!(hanging.as_mut().poll(&mut context).is_pending());
    // While that worker hangs, the others go on, and so does ingest.
    assert_eq!(block_on(bus.attempt(&partner)), Ok(Next::Idle));
    let page = block_on(bus.ingest(vec![event("4", "Queue")], "test")).unwrap().page.unwrap();
    block_on(bus.deliver(page)).unwrap();
    assert_eq!(ports.memory.targets.delivered(&partner).len(), 1);
    assert_eq!(ports.memory.targets.delivered(&target("queue")).len(), 2);
    assert!(matches!(hanging.as_mut().poll(&mut context), Poll::Pending));
    let report = ports.memory.store.audit();
    assert!(report.holds());
    assert_eq!((report.delivered, report.in_flight), (3, 1), "visibly in flight");
}

#[test]
fn workers_that_share_their_breakers_leave_a_target_alone_together_and_one_of_them_probes() {
    let first = World::new();
    let second = first.restarted();
    let partner = target("partner");
    first.targets().answer_always(&partner, failing());
    for n in 0..5 {
        first.deliver(vec![event(&n.to_string(), "Partner")]);
        first.attempt("partner");
    }
    assert_eq!(opened(&first), 1);
    let before = first.targets().calls();
    block_on(second.bus.refresh_breakers()).unwrap();
    second.attempt("partner");
    assert_eq!(first.targets().calls(), before, "the second worker has learned of it");
    first.advance(60);
    second.attempt("partner");
    first.attempt("partner");
    assert_eq!(first.targets().calls(), before + 1, "one probe for both");
}

#[test]
fn a_worker_that_is_told_of_deliveries_attempts_these_and_no_others() {
    let world = World::new();
    world.deliver((0..3).map(|n| event(&n.to_string(), "Partner")).collect());
    let items = world.ports.store.items();
    let told = [items[2].key, items[0].key];
    block_on(world.bus.attempt_these(&target("partner"), &told)).unwrap();
    assert_eq!(world.delivered("partner").len(), 2);
    block_on(world.bus.attempt_these(&target("partner"), &told)).unwrap();
    assert_eq!(world.delivered("partner").len(), 2, "what is done stays done");
    world.finish("partner");
    assert_eq!(world.delivered("partner").len(), 3);
}
