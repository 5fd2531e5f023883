//! The test kit: a service on events in a plain `#[test]`, with no AWS, no bus and no waiting.
//!
//! ```
//! use eventyard_handler::testing::{Kit, event};
//! use eventyard_handler::{Context, HandlerError, Service};
//!
//! async fn take_payment(order: serde_json::Value, cx: Context) -> Result<(), HandlerError> {
//!     cx.emit("PaymentProcessed", &order["total"])
//! }
//!
//! let kit = Kit::new(Service::new("payment").on("OrderPlaced", take_payment));
//! let seen = kit.deliver(&event("1", "shop", "OrderPlaced", &serde_json::json!({ "total": 3 })));
//! assert!(seen.is_done());
//! assert_eq!(seen.emitted[0].event_type(), "PaymentProcessed");
//! ```

use crate::publish::CollectingPublisher;
use crate::{Counts, Journal, RedriveError, Service, Stored, Worker};
use eventyard_bus::memory::{ManualClock, MemoryJournal};
use eventyard_bus::ports::{ParkedWork, RowKey};
use eventyard_event::{Event, Limits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::Instant;

/// A service with a journal in memory, a clock that stands still, and nobody behind it.
pub struct Kit {
    runtime: Runtime,
    worker: Worker<MemoryJournal, CollectingPublisher>,
    publisher: CollectingPublisher,
    clock: ManualClock,
    service: String,
}

/// What one delivery did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The message ids that would come again.
    pub back: Vec<String>,
    /// The events that were published, in their order.
    pub emitted: Vec<Event>,
}

impl Seen {
    /// Whether nothing comes again.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.back.is_empty()
    }
}

/// An event for a test.
///
/// # Panics
/// When it would be none, such as one without an id.
#[must_use]
pub fn event<T: Serialize + ?Sized>(id: &str, source: &str, event_type: &str, data: &T) -> Event {
    let built = serde_json::to_vec(data).ok().and_then(|data| {
        let event = Event::builder(id, source, event_type);
        event.data_json(&data, &Limits::default()).ok()?.build(&Limits::default()).ok()
    });
    given(built, "an id, a source, a type and data")
}

/// A test says what it is about; where it does not, it fails.
#[expect(clippy::expect_used, reason = "a test kit fails by panicking, like every test")]
fn given<T>(value: Option<T>, what: &str) -> T {
    value.expect(what)
}

impl Kit {
    /// The service with nothing in its journal, at the first moment of 2026.
    ///
    /// # Panics
    /// When the service cannot start.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self::with(service, MemoryJournal::default(), ManualClock::default())
    }

    /// The service on a journal and a clock that are there already, as after a deployment.
    ///
    /// # Panics
    /// When the service cannot start.
    #[must_use]
    pub fn with(service: Service, journal: MemoryJournal, clock: ManualClock) -> Self {
        let name = service.name().to_owned();
        let publisher = CollectingPublisher::default();
        let worker = Worker::new(service, journal, publisher.clone(), Arc::new(clock.clone()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self {
            runtime: given(runtime.ok(), "a runtime"),
            worker: given(worker.ok(), "a service whose names can be told apart"),
            publisher,
            clock,
            service: name,
        }
    }

    /// Delivers one event, as the bus would through a queue.
    pub fn deliver(&self, event: &Event) -> Seen {
        self.batch(&[event])
    }

    /// Delivers a batch of a standard queue.
    pub fn batch(&self, events: &[&Event]) -> Seen {
        self.send("queue", events, |_| None)
    }

    /// Delivers a batch of a FIFO queue, its groups the subjects of the events.
    pub fn fifo_batch(&self, events: &[&Event]) -> Seen {
        self.send("queue.fifo", events, |event| event.subject().map(str::to_owned))
    }

    fn send(
        &self,
        queue: &str,
        events: &[&Event],
        group: impl Fn(&Event) -> Option<String>,
    ) -> Seen {
        let records: Vec<Value> = events
            .iter()
            .map(|event| {
                let group = group(event).map(|group| json!({ "MessageGroupId": group }));
                json!({
                    "messageId": event.id(),
                    "body": event.document(),
                    "attributes": group.unwrap_or_else(|| json!({})),
                    "messageAttributes": {},
                    "eventSource": "aws:sqs",
                    "eventSourceARN": format!("arn:aws:sqs:local:000000000000:{queue}"),
                })
            })
            .collect();
        let payload = json!({ "Records": records }).to_string();
        let before = self.publisher.published().len();
        let answer = self.runtime.block_on(self.worker.handle(
            payload.as_bytes(),
            None,
            Instant::now() + Duration::from_secs(30),
        ));
        let back = match &answer {
            Ok(answer) => ids(answer),
            Err(_) => events.iter().map(|event| event.id().to_owned()).collect(),
        };
        Seen { back, emitted: self.emitted(before) }
    }

    fn emitted(&self, before: usize) -> Vec<Event> {
        let documents = self.publisher.published();
        let new = documents.iter().skip(before);
        new.filter_map(|it| Event::from_document(it.as_bytes(), &Limits::default()).ok()).collect()
    }

    /// A row of the service.
    ///
    /// # Panics
    /// When the row is none of `T`.
    #[must_use]
    pub fn row<T: DeserializeOwned>(&self, table: &str, key: &str) -> Option<Stored<T>> {
        let key = RowKey { table: table.to_owned(), key: key.to_owned() };
        let row = self.runtime.block_on(self.worker.journal().row(&self.service, &key));
        let row = row.ok().flatten()?;
        let value = serde_json::from_str(&row.value).ok();
        Some(Stored { value: given(value, "a row of this type"), revision: row.revision })
    }

    /// What is parked.
    #[must_use]
    pub fn parked(&self) -> Vec<ParkedWork> {
        self.runtime.block_on(self.worker.parked()).unwrap_or_default()
    }

    /// Tries all parked work once more; answers what failed again.
    pub fn redrive(&self) -> Vec<RedriveError> {
        let deadline = || Instant::now() + Duration::from_secs(30);
        let redrive = |parked: ParkedWork| {
            self.runtime.block_on(self.worker.redrive(&parked.work, deadline())).err()
        };
        self.parked().into_iter().filter_map(redrive).collect()
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.worker.counts()
    }

    /// The clock of the service: move it by hand.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// The journal, to start another version of the service on it.
    #[must_use]
    pub fn journal(&self) -> MemoryJournal {
        self.worker.journal().clone()
    }
}

fn ids(answer: &Value) -> Vec<String> {
    let failures = answer.get("batchItemFailures").and_then(Value::as_array);
    let ids = failures.into_iter().flatten().filter_map(|failure| failure.get("itemIdentifier"));
    ids.filter_map(Value::as_str).map(str::to_owned).collect()
}
