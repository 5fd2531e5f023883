//! Statuses other than 202, and what is left behind by them.

use super::door::{Door, door, event, read, request, statuses};
use eventyard_bus::memory::{
    ManualClock, MemoryBreakers, MemoryPorts, MemoryStore, RecordingObserver, RecordingTargets,
};
use eventyard_bus::{
    Accept, Accepted, Lease, Ledger, OpenPage, PageClaim, Ports, Sealed, StoreError, StoredEvent,
};
use eventyard_event::{Identity, Timestamp};
use eventyard_lambda::ingest::http::{REQUEST_BYTES_MAX, REQUEST_EVENTS_MAX};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

fn lines(count: usize) -> String {
    let lines: Vec<_> = (0..count).map(|n| event(&format!("e{n}"), "A").to_string()).collect();
    lines.join("\n")
}

#[tokio::test]
async fn the_same_event_again_is_a_duplicate_and_another_of_its_identity_a_conflict() {
    let door = door().await;
    let post = async |id: &str, event_type: &str| {
        door.post("application/json", event(id, event_type).to_string()).await
    };
    assert_eq!(post("1", "A").await.0, 202);
    let (status, again) = post("1", "A").await;
    assert_eq!((status, statuses(&again)), (202, vec!["duplicate"]));
    let (status, other) = post("1", "B").await;
    assert_eq!((status, statuses(&other)), (409, vec!["conflict"]));
    assert_eq!(other["results"][0]["error"]["code"], "Conflict");
    // One that is taken makes 202 of it.
    let mixed = format!("{}\n{}", event("1", "B"), event("2", "B"));
    let (status, mixed) = door.post("application/x-ndjson", mixed).await;
    assert_eq!((status, statuses(&mixed)), (202, vec!["conflict", "accepted"]));
    assert_eq!(door.counts(), (2, 2));
}

/// An event of so many bytes as JSON.
fn grown(id: &str, bytes: usize) -> String {
    let mut grown = event(id, "A");
    grown["data"] = json!(vec!["x".repeat(200_000); 5]);
    let base = grown.to_string().len();
    grown["pad"] = json!("x".repeat(bytes - base - r#","pad":"""#.len()));
    grown.to_string()
}

#[tokio::test]
async fn an_event_over_the_limit_is_refused_and_its_neighbours_are_kept() {
    let door = door().await;
    const LIMIT: usize = 1_048_576;
    let (fits, too_large) = (grown("fit", LIMIT), grown("too", LIMIT + 1));
    let (status, answer) = door.post("application/json", too_large.clone()).await;
    assert_eq!((status, statuses(&answer)), (413, vec!["refused"]));
    assert_eq!(answer["results"][0]["error"]["code"], "E0501");
    let body = format!("{too_large}\n{fits}\n{}\n", event("small", "A"));
    let (status, answer) = door.post("application/x-ndjson", body).await;
    assert_eq!((status, statuses(&answer)), (202, vec!["refused", "accepted", "accepted"]));
    let headers =
        json!({ "ce-specversion": "1.0", "ce-id": "b", "ce-source": "s", "ce-type": "t" });
    let (status, answer) =
        read(door.send(request("POST", "/", headers, "x".repeat(LIMIT + 1))).await);
    assert_eq!((status, &answer["error"]["code"]), (413, &json!("E0501")));
    assert_eq!(door.memory.store.events().len(), 2);
}

#[tokio::test]
async fn a_request_over_the_limit_is_refused_whole() {
    let door = door().await;
    let fitting = " ".repeat(REQUEST_BYTES_MAX);
    assert_eq!(
        door.post("application/x-ndjson", fitting.clone()).await.1["error"]["code"],
        "NoEvent"
    );
    let (status, answer) = door.post("application/x-ndjson", fitting + " ").await;
    assert_eq!((status, &answer["error"]["code"]), (413, &json!("RequestTooLarge")));
}

#[tokio::test]
async fn a_request_of_too_many_events_keeps_what_came_before_over_many_pages() {
    let door = door().await;
    let (status, answer) = door.post("application/x-ndjson", lines(REQUEST_EVENTS_MAX + 1)).await;
    assert_eq!((status, &answer["error"]["code"]), (202, &json!("TooManyEvents")));
    assert_eq!(statuses(&answer).len(), REQUEST_EVENTS_MAX);
    assert_eq!(answer["results"][9_999], json!({ "id": "e9999", "status": "accepted" }));
    assert_eq!(door.counts(), (REQUEST_EVENTS_MAX, REQUEST_EVENTS_MAX));
    let (status, answer) = door.post("application/x-ndjson", lines(REQUEST_EVENTS_MAX)).await;
    assert_eq!((status, &answer["error"]), (202, &Value::Null));
}

#[tokio::test]
async fn without_time_the_page_is_left_open_and_the_answer_stands() {
    let door = door().await;
    let sent = |body: String| {
        request("POST", "/", json!({ "content-type": "application/x-ndjson" }), body)
    };
    assert_eq!(read(door.send_until(sent(lines(1)), Instant::now()).await).0, 202);
    assert_eq!((door.counts(), door.memory.store.open_pages()), ((1, 0), 1));
    // A second page is not begun.
    let response = door.send_until(sent(lines(1_500)), Instant::now()).await;
    assert_eq!(response.headers["retry-after"], "1");
    let (status, answer) = read(response);
    assert_eq!((status, &answer["error"]["code"]), (503, &json!("TimeOver")));
    assert_eq!(door.counts(), (1_000, 0));
    // The sweeper finds both pages once their leases are over.
    door.memory.clock.advance(Duration::from_secs(600));
    door.bus.recover().await.unwrap();
    assert_eq!((door.counts(), door.memory.store.open_pages()), ((1_000, 1_000), 0));
}

#[tokio::test]
async fn a_store_that_fails_makes_503_and_nothing_is_delivered() {
    let door = failing_after(0).await;
    let sent = request("POST", "/events", json!({}), event("1", "secret").to_string());
    let response = door.send(sent).await;
    assert_eq!(response.headers["retry-after"], "1");
    // Neither what the store said nor what was sent.
    assert!(!response.body.contains("arn:") && !response.body.contains("secret"));
    let (status, answer) = read(response);
    assert_eq!((status, &answer["error"]["code"]), (503, &json!("StoreUnavailable")));
    assert_eq!((statuses(&answer).len(), door.counts()), (0, (0, 0)));
}

#[tokio::test]
async fn what_was_stored_before_the_store_failed_is_answered_and_delivered() {
    let door = failing_after(1).await;
    let (status, answer) = door.post("application/x-ndjson", lines(1_500)).await;
    assert_eq!((status, statuses(&answer).len()), (503, 1_000));
    assert_eq!((door.counts(), door.memory.store.open_pages()), ((1_000, 1_000), 0));
}

/// A door whose store takes so many pages and then fails.
async fn failing_after(pages: usize) -> Door<Failing> {
    let memory = MemoryPorts::default();
    let ledger = FailingLedger { store: memory.store.clone(), pages: AtomicUsize::new(pages) };
    Door::on(Failing { memory: memory.clone(), ledger }, memory).await
}

struct Failing {
    memory: MemoryPorts,
    ledger: FailingLedger,
}

struct FailingLedger {
    store: MemoryStore,
    /// Pages that it still takes.
    pages: AtomicUsize,
}

impl Ledger for FailingLedger {
    const PAGE_EVENTS_MAX: usize = MemoryStore::PAGE_EVENTS_MAX;

    async fn accept(&self, batch: Vec<Accept>, lease: Lease) -> Result<Accepted, StoreError> {
        let less = |pages: usize| pages.checked_sub(1);
        match self.pages.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) {
            Ok(_) => self.store.accept(batch, lease).await,
            Err(_) => Err(StoreError::unavailable("no access to arn:aws:dynamodb:…:table/bus")),
        }
    }

    async fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.seal(claim, outcomes, now).await
    }

    async fn take_over(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        self.store.take_over(lease).await
    }

    async fn event(&self, identity: &Identity) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        self.store.event(identity).await
    }
}

impl Ports for Failing {
    type Ledger = FailingLedger;
    type Deliveries = MemoryStore;
    type RuleSets = MemoryStore;
    type Breakers = MemoryBreakers;
    type Targets = RecordingTargets;
    type Clock = ManualClock;
    type Observer = RecordingObserver;

    fn ledger(&self) -> &FailingLedger {
        &self.ledger
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
    fn targets(&self) -> &RecordingTargets {
        &self.memory.targets
    }
    fn clock(&self) -> &ManualClock {
        &self.memory.clock
    }
    fn observer(&self) -> &RecordingObserver {
        &self.memory.observer
    }
}
