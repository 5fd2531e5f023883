//! A bus in memory with a log to read.

use std::sync::Arc;

use eventyard_bus::memory::{MemoryPorts, Shipment};
use eventyard_bus::{Bus, Settings};
use eventyard_event::{Event, Limits, json};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use futures::executor::block_on;

pub const RULES: &str = r#"
version: 1
targets:
  queue: { sqs: { queue: orders } }
  audit: { sqs: { queue: audit } }
  lane: { sqs: { queue: orders.fifo, group: $.subject } }
  partner: { http: { url: "https://partner.example/hooks" } }
rules:
  - { name: placed, when: $.type == 'OrderPlaced', to: [queue, audit] }
  - { name: ordered, when: $.type == 'OrderPlaced', to: lane }
  - { name: told, when: $.replay == 'loud', to: partner }
"#;

pub struct World {
    pub ports: MemoryPorts,
    pub bus: Bus<MemoryPorts>,
}

impl World {
    pub fn new() -> Self {
        Self::on(MemoryPorts::default())
    }

    /// Another process on the same stores.
    pub fn restarted(&self) -> Self {
        Self::on(self.ports.clone())
    }

    fn on(ports: MemoryPorts) -> Self {
        let (options, settings) = (LoadOptions::default(), Settings::default());
        let bus = block_on(Bus::start(ports.clone(), rules(RULES), options, settings)).unwrap();
        Self { ports, bus }
    }

    /// Accepts and delivers `count` orders in pages of so many, a second apart, numbered on.
    pub fn orders(&self, count: usize, page: usize) {
        let there = self.ports.store.events().len();
        let all: Vec<usize> = (there..there + count).collect();
        for numbers in all.chunks(page) {
            let batch = numbers.iter().map(|n| order(*n)).collect();
            let page = block_on(self.bus.ingest(batch, "test")).unwrap().page.unwrap();
            block_on(self.bus.deliver(page)).unwrap();
            self.ports.clock.advance(std::time::Duration::from_secs(1));
        }
    }

    pub fn delivered(&self, target: &str) -> Vec<Shipment> {
        self.ports.targets.delivered(&target.parse().unwrap())
    }

    /// The ids of the events of shipments.
    pub fn ids(&self, shipments: &[Shipment]) -> Vec<String> {
        let id = |shipment: &Shipment| {
            let body: serde_json::Value = serde_json::from_str(&shipment.body).unwrap();
            body["id"].as_str().unwrap().to_owned()
        };
        shipments.iter().map(id).collect()
    }
}

pub fn rules(text: &str) -> Arc<RuleSet> {
    let source = SourceText::new("rules.yaml", text);
    Arc::new(load(&[source], &LoadOptions::default()).unwrap())
}

/// Order number `n`, of one of ten customers.
pub fn order(n: usize) -> Event {
    let id = format!("o-{n}");
    let event = Event::builder(&id, "shop", "OrderPlaced").subject(&format!("c-{}", n % 10));
    let total = json::Value::from(i64::try_from(n).unwrap());
    event.data(&total).build(&Limits::default()).unwrap()
}

pub fn numbered(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("o-{n}")).collect()
}
