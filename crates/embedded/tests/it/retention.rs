//! What was kept long enough is hidden from every reader, and deleted once nobody needs it.

use crate::support::{TempStore, accept, batch, block_on, queue, receive, send};
use eventyard_bus::contract::fixture::{at, end, item, lease, target};
use eventyard_bus::{
    Acceptance, Deliveries, Delivery, DeliveryKey, DeliveryState, Hints, History, Ledger,
    LogPosition, OpenPage,
};
use eventyard_embedded::queues::{Body, NewMessage, QueueSettings};
use eventyard_embedded::reader::{EventFilter, ParkedFilter};
use eventyard_embedded::store::Store;
use eventyard_event::Timestamp;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// Accepts one event long ago and seals its page.
fn old(store: &Store, id: &str) -> OpenPage {
    let page = accept(store, [id], 0).page.unwrap();
    block_on(store.seal(&page.claim, &[], at(1))).unwrap();
    page
}

/// Accepts one event now.
fn new(store: &Store, id: &str) -> Vec<Acceptance> {
    let now = Timestamp::now();
    let held = eventyard_bus::Lease { now, until: now + HOUR };
    block_on(store.accept(batch([id]), held)).unwrap().results
}

/// Makes the first planned delivery of a page an item that waits.
fn waiting(store: &Store, page: &OpenPage) -> DeliveryKey {
    let event = &page.events[0];
    let planned = &event.plan.deliveries[0];
    let key = DeliveryKey { identity: event.event.identity(), id: planned.id };
    let position = LogPosition { page: page.claim.page, entry: 0, delivery: 0 };
    let item = Delivery { key, position, target: target("x"), ..item(1, "x", 0) };
    block_on(store.record(vec![item])).unwrap();
    key
}

/// Parks such an item.
fn park(store: &Store, key: DeliveryKey) {
    assert_eq!(block_on(store.claim(&[(key, 1)], lease(2, 60))).unwrap(), [true]);
    let parked = end(key, 1, DeliveryState::Parked { at: at(3) }, 3);
    assert_eq!(block_on(store.settle(vec![parked])).unwrap(), [true]);
}

fn keep(store: &Store, retention: Option<Duration>) {
    block_on(store.keep_for(retention)).unwrap();
}

fn delete(store: &Store) -> usize {
    block_on(store.delete_ended(Timestamp::now())).unwrap()
}

fn documents(store: &Store) -> Vec<String> {
    block_on(store.flush()).unwrap();
    let events = store.reader().events(EventFilter::default());
    events.map(|event| event.unwrap().line).collect()
}

#[test]
fn every_reader_hides_what_is_over_and_shows_it_again_when_more_is_kept() {
    let store = TempStore::new();
    let page = old(&store, "old");
    park(&store, waiting(&store, &page));
    new(&store, "new");
    let shown = |store: &Store| {
        block_on(store.flush()).unwrap();
        let reader = store.reader();
        let traced = reader.trace("old", None).unwrap().events.len();
        let parked = reader.parked(ParkedFilter::default()).map(Result::unwrap).count();
        let counts = reader.counts().unwrap();
        let audit = reader.audit().unwrap();
        let since = block_on(store.since(at(0))).unwrap().places[0].page;
        (documents(store).len(), traced, parked, counts.events, counts.pages, audit.accepted, since)
    };
    assert_eq!(shown(&store), (2, 1, 1, 2, 2, 2, 1));
    keep(&store, Some(HOUR));
    assert_eq!(shown(&store), (1, 0, 0, 1, 1, 1, 2));
    keep(&store, None);
    assert_eq!(shown(&store), (2, 1, 1, 2, 2, 2, 1));
}

#[test]
fn what_is_over_is_deleted_and_what_is_kept_is_found_after_a_restart() {
    let store = TempStore::new();
    let page = old(&store, "old");
    let key = waiting(&store, &page);
    park(&store, key);
    new(&store, "new");
    assert_eq!(delete(&store), 0, "everything is kept");
    keep(&store, Some(HOUR));
    assert_eq!(delete(&store), 1);
    assert_eq!(delete(&store), 0);
    assert_eq!(block_on(store.get(&[key])).unwrap(), [None]);
    let store = store.reopen();
    keep(&store, None);
    assert_eq!(documents(&store).len(), 1);
    assert_eq!(new(&store, "new"), [Acceptance::Duplicate]);
    assert_eq!(new(&store, "old"), [Acceptance::Accepted]);
    let pages = block_on(store.pages(0, 1, 10, &Hints::default())).unwrap();
    assert_eq!(pages.iter().map(|page| page.n).collect::<Vec<_>>(), [2, 3]);
    assert!(store.reader().audit().unwrap().violations.iter().all(|violation| {
        !matches!(violation, eventyard_bus::audit::Violation::Unplanned { .. })
    }));
}

#[test]
fn nothing_is_deleted_that_is_open_or_not_delivered_yet() {
    let store = TempStore::new();
    keep(&store, Some(HOUR));
    let open = accept(&store, ["open"], 0).page.unwrap();
    let page = old(&store, "waits");
    let key = waiting(&store, &page);
    new(&store, "new");
    assert_eq!(delete(&store), 0, "a page is open");
    block_on(store.seal(&open.claim, &[], at(1))).unwrap();
    assert_eq!(delete(&store), 1, "a delivery waits");
    park(&store, key);
    assert_eq!(delete(&store), 1);
}

#[test]
fn a_message_that_says_its_event_by_reference_is_received_before_the_event_is_deleted() {
    let store = TempStore::new();
    let page = old(&store, "old");
    let queues = store.queues();
    let now = Timestamp::now();
    block_on(queues.create(&queue("orders"), QueueSettings::default(), now)).unwrap();
    let event = &page.events[0];
    let delivery = event.plan.deliveries[0].id;
    let identity = event.event.identity();
    let body = Body::Event { identity, hops: 0, delivery, self_contained: false };
    send(&queues, "orders", NewMessage::new(body), now);
    new(&store, "new");
    keep(&store, Some(HOUR));
    assert_eq!(delete(&store), 0);
    let received = receive(&queues, "orders", now);
    assert!(received[0].body.contains("\"old\""));
    block_on(queues.delete(&queue("orders"), &received[0].receipt, now)).unwrap();
    assert_eq!(delete(&store), 1);
}

#[test]
fn deliveries_of_an_event_that_comes_again_begin_anew() {
    let store = TempStore::new();
    let page = old(&store, "1");
    let key = waiting(&store, &page);
    park(&store, key);
    keep(&store, Some(HOUR));
    assert_eq!(new(&store, "1"), [Acceptance::Accepted]);
    assert_eq!(block_on(store.get(&[key])).unwrap(), [None]);
    assert_eq!(delete(&store), 1);
    assert_eq!(new(&store, "1"), [Acceptance::Duplicate]);
}
