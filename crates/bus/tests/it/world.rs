//! A bus in memory with rules to test with.

use eventyard_bus::memory::{MemoryPorts, RecordingTargets, Shipment};
use eventyard_bus::{
    Accepted, Bus, Cause, Delivery, DeliveryState, Next, OpenPage, Ports, Sent, Settings,
};
use eventyard_event::{Event, Limits, json};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, TargetName, load};
use futures::executor::block_on;
use std::sync::Arc;
use std::time::Duration;

/// `queue` is inline, `partner` is queued, `lane` keeps the order of subjects.
pub const RULES: &str = r#"
version: 1
targets:
  queue: { sqs: { queue: orders } }
  topic: { sns: { topic: orders } }
  lane: { sqs: { queue: orders.fifo, group: $.subject } }
  partner: { http: { url: "https://partner.example/hooks" } }
  slow: { http: { url: "https://slow.example/hooks" } }
rules:
  - { name: to-queue, when: "$.type == 'Queue' || $.type == 'Both'", to: queue }
  - { name: to-both, when: $.type == 'Both', to: [queue, topic] }
  - { name: to-lane, when: $.type == 'Lane', to: lane }
  - { name: to-partner, when: $.type == 'Partner', to: partner }
  - { name: to-slow, when: $.type == 'Slow', to: slow }
  - { name: three-times, when: $.type == 'Thrice', to: queue, retry: { attempts: 3, max-age: 24h, denied: 15m } }
  - { name: soon-stale, when: $.type == 'Stale', to: partner, expires-after: 30s }
  - { name: limited, when: $.type == 'Limited', to: queue, max-rate: 2/s }
  - { name: limited-partner, when: $.type == 'LimitedPartner', to: partner, max-rate: 2/s }
"#;

/// A bus in memory, and its adapters to look at.
pub struct World {
    pub ports: MemoryPorts,
    pub bus: Bus<MemoryPorts>,
}

impl World {
    pub fn new() -> Self {
        Self::with(RULES, Settings::default())
    }

    pub fn with(rules_text: &str, settings: Settings) -> Self {
        Self::on(MemoryPorts::default(), rules_text, settings)
    }

    /// Another bus on the same stores: what a restart finds.
    pub fn restarted(&self) -> Self {
        Self::on(self.ports.clone(), RULES, *self.bus.settings())
    }

    fn on(ports: MemoryPorts, rules_text: &str, settings: Settings) -> Self {
        let bus = Bus::start(ports.clone(), rules(rules_text), LoadOptions::default(), settings);
        Self { ports, bus: block_on(bus).unwrap() }
    }

    pub fn ingest(&self, batch: Vec<Event>) -> Accepted {
        block_on(self.bus.ingest(batch, "test")).unwrap()
    }

    /// Accepts a batch and leaves its page open.
    pub fn accept(&self, batch: Vec<Event>) -> OpenPage {
        self.ingest(batch).page.expect("a page")
    }

    /// Accepts a batch, delivers its page and seals it.
    pub fn deliver(&self, batch: Vec<Event>) {
        let page = self.accept(batch);
        block_on(self.bus.deliver(page)).unwrap();
    }

    pub fn attempt(&self, name: &str) -> Next {
        block_on(self.bus.attempt(&target(name))).unwrap()
    }

    /// Makes rounds until nothing of the target is unfinished; the clock jumps from one to the next.
    pub fn finish(&self, name: &str) {
        for _ in 0..100_000 {
            match self.attempt(name) {
                Next::Now => {}
                Next::At(time) => self.ports.clock.advance_to(time),
                Next::Idle => return,
            }
        }
        panic!("`{name}` is never idle");
    }

    pub fn advance(&self, seconds: u64) {
        self.ports.clock.advance(Duration::from_secs(seconds));
    }

    pub fn targets(&self) -> &RecordingTargets {
        &self.ports.targets
    }

    pub fn delivered(&self, name: &str) -> Vec<Shipment> {
        self.targets().delivered(&target(name))
    }

    /// The single item that there is.
    pub fn item(&self) -> Delivery {
        let items = self.ports.store.items();
        assert_eq!(items.len(), 1, "{items:?}");
        items.into_iter().next().unwrap()
    }

    /// The cause of the single parked item.
    pub fn parked(&self) -> Cause {
        let item = self.item();
        assert!(matches!(item.state, DeliveryState::Parked { .. }), "{item:?}");
        item.cause.unwrap()
    }

    /// Asserts that the promise holds.
    #[track_caller]
    pub fn assert_promise_holds(&self) {
        let report = self.ports.store.audit();
        assert!(report.holds(), "{report:?}");
    }
}

pub fn rules(text: &str) -> Arc<RuleSet> {
    let source = SourceText::new("rules.yaml", text);
    match load(&[source], &LoadOptions::default()) {
        Ok(rules) => Arc::new(rules),
        Err(diagnostics) => panic!("{}", diagnostics.render(false)),
    }
}

pub fn target(name: &str) -> TargetName {
    name.parse().unwrap()
}

pub fn event(id: &str, event_type: &str) -> Event {
    about(id, event_type, "order-1")
}

pub fn about(id: &str, event_type: &str, subject: &str) -> Event {
    let data = json::Value::from("x");
    let event = Event::builder(id, "test", event_type).subject(subject).data(&data);
    event.build(&Limits::default()).unwrap()
}

pub fn cause() -> Cause {
    Cause::new("Http503", "`partner.example` answered 503")
}

pub fn failing() -> Sent {
    Sent::Retry { cause: cause(), after: None }
}

pub fn denied() -> Sent {
    Sent::Denied { cause: Cause::new("AccessDenied", "not allowed to send") }
}

pub fn ids(events: &[Shipment], world: &World) -> Vec<String> {
    let stored = world.ports.store.events();
    let id_of = |shipment: &Shipment| {
        let event = stored.iter().find(|stored| stored.event.identity() == shipment.identity);
        event.unwrap().event.id().to_owned()
    };
    events.iter().map(id_of).collect()
}

/// Futures of the bus are spawned on threads.
#[test]
fn everything_the_bus_does_can_be_spawned() {
    fn spawnable<F: Future + Send>(_: &F) {}
    fn shared<P: Ports>(_: &P)
    where
        Bus<P>: Send + Sync,
    {
    }
    let world = World::new();
    shared(&world.ports);
    spawnable(&world.bus.ingest(Vec::new(), "test"));
    spawnable(&world.bus.deliver(world.accept(vec![event("1", "Queue")])));
    spawnable(&world.bus.attempt(&target("queue")));
    spawnable(&world.bus.recover());
    spawnable(&world.bus.activate(world.bus.rules()));
}
