//! The three grades of a handler's promise, each with a crash at every await point and five redeliveries.

use eventyard_bus::memory::{ManualClock, MemoryJournal};
use eventyard_bus::ports::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowKey, Work,
};
use eventyard_bus::{Lease, StoreError};
use eventyard_event::{Digest, Event, Limits, Timestamp};
use eventyard_handler::testing::event;
use eventyard_handler::{
    CollectingPublisher, Context, HandlerError, PublishError, Publisher, Rows, Service, Worker,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// Gives way once: a place at which a crash may happen.
async fn crash_here() {
    let mut first = true;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        match std::mem::take(&mut first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    })
    .await;
}

/// A journal or a publisher with a place to crash before and behind every call.
#[derive(Clone, Default)]
struct Fragile<T>(T);

async fn fragile<T>(call: impl Future<Output = T>) -> T {
    crash_here().await;
    let answer = call.await;
    crash_here().await;
    answer
}

impl Journal for Fragile<MemoryJournal> {
    const WRITES_MAX: usize = MemoryJournal::WRITES_MAX;

    async fn begin(&self, work: &Work, digest: &Digest, lease: Lease) -> Result<Begun, StoreError> {
        fragile(self.0.begin(work, digest, lease)).await
    }
    async fn commit(&self, claim: &Claim, done: Done) -> Result<(), JournalError> {
        fragile(self.0.commit(claim, done)).await
    }
    async fn release(&self, claim: &Claim, not_before: Timestamp) -> Result<(), StoreError> {
        fragile(self.0.release(claim, not_before)).await
    }
    async fn park(&self, claim: &Claim, parked: ParkedWork) -> Result<(), JournalError> {
        fragile(self.0.park(claim, parked)).await
    }
    async fn published(&self, work: &Work) -> Result<(), StoreError> {
        fragile(self.0.published(work)).await
    }
    async fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        fragile(self.0.unpublished(service, before, max)).await
    }
    async fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        fragile(self.0.parked(service, after, max)).await
    }
    async fn reopen(
        &self,
        work: &Work,
        lease: Lease,
    ) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        fragile(self.0.reopen(work, lease)).await
    }
    async fn row(&self, service: &str, row: &RowKey) -> Result<Option<Row>, StoreError> {
        fragile(self.0.row(service, row)).await
    }
}

impl Publisher for Fragile<CollectingPublisher> {
    async fn publish(&self, events: &[String]) -> Result<(), PublishError> {
        fragile(self.0.publish(events)).await
    }
}

/// A payment provider: what it was asked, and what it charged.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<(u32, BTreeMap<String, f64>)>>);

impl Provider {
    /// Charges once for each key, and counts each call.
    async fn charge(&self, key: String, amount: f64) {
        crash_here().await;
        {
            let mut asked = self.0.lock().unwrap();
            asked.0 += 1;
            asked.1.insert(key, amount);
        }
        crash_here().await;
    }

    fn calls(&self) -> u32 {
        self.0.lock().unwrap().0
    }

    fn charges(&self) -> usize {
        self.0.lock().unwrap().1.len()
    }
}

struct World {
    journal: Fragile<MemoryJournal>,
    publisher: Fragile<CollectingPublisher>,
    clock: ManualClock,
    provider: Provider,
}

impl World {
    fn new() -> Self {
        Self {
            journal: Fragile::default(),
            publisher: Fragile::default(),
            clock: ManualClock::default(),
            provider: Provider::default(),
        }
    }

    /// A process of the service: what it keeps in memory ends with it.
    fn process(&self) -> Worker<Fragile<MemoryJournal>, Fragile<CollectingPublisher>> {
        let provider = self.provider.clone();
        let service = Service::new("payment")
            .on("OrderPlaced", move |order: Value, cx: Context| {
                take_payment(order, cx, provider.clone())
            });
        let (journal, publisher) = (self.journal.clone(), self.publisher.clone());
        Worker::new(service, journal, publisher, Arc::new(self.clock.clone())).unwrap()
    }

    /// Delivers in a process that ends after so many polls; whether it came to its end.
    async fn deliver(&self, polls: usize) -> bool {
        let process = self.process();
        let order = event("1", "shop", "OrderPlaced", &json!({ "total": 12.5, "customer": "ada" }));
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut running = pin!(process.handle(order.document().as_bytes(), None, deadline));
        let mut left = polls;
        poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(false);
            }
            left -= 1;
            running.as_mut().poll(cx).map(|answer| answer.is_ok())
        })
        .await
    }

    async fn row(&self, table: &str, key: &str) -> Option<Row> {
        let key = RowKey { table: table.to_owned(), key: key.to_owned() };
        self.journal.0.row("payment", &key).await.unwrap()
    }

    /// The ids of what the bus would accept: each once.
    fn accepted(&self) -> BTreeSet<String> {
        let events = self.publisher.0.published();
        let read = |text: &String| Event::from_document(text.as_bytes(), &Limits::default());
        events.iter().map(|text| read(text).unwrap().id().to_owned()).collect()
    }
}

async fn take_payment(order: Value, cx: Context, provider: Provider) -> Result<(), HandlerError> {
    let total = order["total"].as_f64().unwrap();
    provider.charge(cx.idempotency_key(), total).await;
    let spent = cx.row::<f64>("spent", "ada").await?;
    let sum = spent.as_ref().map_or(0.0, |row| row.value) + total;
    let rows = Rows::default().put("payments", cx.event().id(), &total)?;
    cx.transact(rows.update("spent", "ada", spent.map(|row| row.revision), &sum)?);
    cx.emit("PaymentProcessed", &json!({ "total": total }))
}

/// Runs the story with a crash after every number of polls there is; `check` sees each world at its end.
async fn at_every_await(check: impl AsyncFn(&World)) -> usize {
    for polls in 0.. {
        let world = World::new();
        let is_whole = world.deliver(polls).await;
        for _ in 0..5 {
            // By now the lease of whoever crashed is over.
            world.clock.advance(Duration::from_secs(120));
            assert!(world.deliver(usize::MAX).await, "after a crash at poll {polls}");
        }
        check(&world).await;
        if is_whole {
            return polls;
        }
    }
    unreachable!("a delivery ends")
}

/// Grade a: what was given to `transact` and `emit`.
#[tokio::test]
async fn rows_and_events_take_effect_exactly_once_whenever_the_process_ends() {
    let points = at_every_await(async |world: &World| {
        let row = |value: &str| Some(Row { value: value.to_owned(), revision: 1 });
        assert_eq!(world.row("payments", "1").await, row("12.5"));
        assert_eq!(world.row("spent", "ada").await, row("12.5"));
        assert_eq!(world.accepted().len(), 1);
        let left = world.journal.0.unpublished("payment", Timestamp::MAX, 9).await;
        assert_eq!(left, Ok(Vec::new()), "what was committed is published");
    })
    .await;
    assert!(points >= 12, "begin, call, read, commit, publish and forget: {points}");
}

/// Grade b: a call that carries the idempotency key, to someone who honours it.
#[tokio::test]
async fn a_provider_that_honours_the_key_charges_once_whenever_the_process_ends() {
    at_every_await(async |world: &World| assert_eq!(world.provider.charges(), 1)).await;
}

/// Grade c: anything else.
#[tokio::test]
async fn any_other_effect_happens_at_least_once_and_after_a_crash_twice() {
    let most = Mutex::new(0);
    at_every_await(async |world: &World| {
        assert!(world.provider.calls() >= 1);
        let mut most = most.lock().unwrap();
        *most = world.provider.calls().max(*most);
    })
    .await;
    assert_eq!(*most.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_crash_before_the_publication_is_made_good_by_the_sweeper_without_a_redelivery() {
    let mut swept = 0;
    for polls in 0.. {
        let world = World::new();
        let is_whole = world.deliver(polls).await;
        world.clock.advance(Duration::from_secs(120));
        swept += world.process().sweep().await.unwrap();
        let is_committed = world.row("payments", "1").await.is_some();
        assert_eq!(world.accepted().len(), usize::from(is_committed), "poll {polls}");
        if is_whole {
            break;
        }
    }
    assert!(swept >= 2, "crashes between commit and publication: {swept}");
}

#[tokio::test]
async fn two_deliveries_that_change_one_row_at_once_both_count() {
    let world = World::new();
    let process = world.process();
    let orders =
        ["1", "2", "3", "4"].map(|id| event(id, "shop", "OrderPlaced", &json!({ "total": 1.0 })));
    let deadline = Instant::now() + Duration::from_secs(60);
    let deliver =
        orders.iter().map(|order| process.handle(order.document().as_bytes(), None, deadline));
    for answer in futures::future::join_all(deliver).await {
        answer.unwrap();
    }
    assert_eq!(world.row("spent", "ada").await, Some(Row { value: "4.0".to_owned(), revision: 4 }));
    assert_eq!(world.accepted().len(), 4);
}
