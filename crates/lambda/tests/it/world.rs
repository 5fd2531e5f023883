//! A bus in memory, and messages as SQS brings them.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use eventyard_aws::{Wake, WakeUp};
use eventyard_bus::memory::{MemoryPorts, Shipment};
use eventyard_bus::{Bus, Ports, Sent, Settings};
use eventyard_event::Limits;
use eventyard_lambda::ingest;
use eventyard_rules::{LoadOptions, SourceText, TargetName, load};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// `queue` is inline, `partner` is queued, `lane` keeps the order of subjects.
const RULES: &str = r#"
version: 1
targets:
  queue: { sqs: { queue: orders } }
  lane: { sqs: { queue: orders.fifo, group: $.subject } }
  partner: { http: { url: "https://partner.example/hooks" } }
rules:
  - { name: to-queue, when: $.type == 'Queue', to: queue }
  - { name: to-lane, when: $.type == 'Lane', to: lane }
  - { name: to-partner, when: $.type == 'Partner', to: partner }
"#;

/// A bus in memory, and its adapters to look at.
pub struct World {
    pub ports: MemoryPorts,
    pub bus: Bus<MemoryPorts>,
    pub wake: RecordingWake,
}

impl World {
    pub async fn new() -> Self {
        let ports = MemoryPorts::default();
        let rules = load(&[SourceText::new("rules.yaml", RULES)], &LoadOptions::default()).unwrap();
        let options = LoadOptions::default();
        let bus = Bus::start(ports.clone(), Arc::new(rules), options, Settings::default()).await;
        Self { ports, bus: bus.unwrap(), wake: RecordingWake::default() }
    }

    /// A batch of a standard queue, with time enough; the ids that go back.
    pub async fn sqs(&self, records: Vec<Value>) -> Vec<String> {
        self.sqs_until(records, Instant::now() + Duration::from_secs(30)).await
    }

    pub async fn sqs_until(&self, records: Vec<Value>, deadline: Instant) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
        let response: SqsBatchResponse =
            ingest::batch(&self.bus, &event, &Limits::default(), deadline).await;
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    pub fn delivered(&self, name: &str) -> Vec<Shipment> {
        self.ports.targets.delivered(&target(name))
    }

    #[track_caller]
    pub fn assert_promise_holds(&self) {
        let report = self.ports.store.audit();
        assert!(report.holds(), "{report:?}");
    }
}

/// Remembers who was woken.
#[derive(Clone, Default)]
pub struct RecordingWake(Arc<Mutex<(Vec<WakeUp>, Vec<TargetName>)>>);

impl RecordingWake {
    pub fn wake_ups(&self) -> Vec<WakeUp> {
        self.0.lock().unwrap().0.clone()
    }

    pub fn targets(&self) -> Vec<TargetName> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Wake for RecordingWake {
    fn wake(&self, wake_ups: Vec<WakeUp>) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().0.extend(wake_ups);
        Box::pin(std::future::ready(()))
    }

    fn wake_targets(&self, targets: Vec<TargetName>) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().1.extend(targets);
        Box::pin(std::future::ready(()))
    }
}

pub fn target(name: &str) -> TargetName {
    name.parse().unwrap()
}

pub fn failing() -> Sent {
    Sent::Retry { cause: eventyard_bus::Cause::new("Http503", "answered 503"), after: None }
}

/// A message of a standard queue.
pub fn record(message: &str, body: &str) -> Value {
    json!({
        "messageId": message, "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:events",
        "awsRegion": "eu-west-1",
    })
}

/// A message of a group of a FIFO queue.
pub fn grouped(message: &str, group: &str, body: &str) -> Value {
    let mut record = record(message, body);
    record["eventSourceARN"] = "arn:aws:sqs:eu-west-1:000000000000:events.fifo".into();
    record["attributes"] = json!({ "MessageGroupId": group, "SequenceNumber": "1" });
    record
}

/// An event as its producer sends it.
pub fn event(id: &str, event_type: &str) -> String {
    json!({
        "specversion": "1.0", "id": id, "source": "test", "type": event_type, "subject": "order-1",
        "data": { "n": 1 },
    })
    .to_string()
}

/// The port is used where a worker has only the bus.
pub fn store(world: &World) -> &<MemoryPorts as Ports>::Ledger {
    world.bus.ports().ledger()
}
