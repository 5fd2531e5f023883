//! Accepting from many tasks at once.

use std::collections::HashSet;
use std::sync::Arc;

use eventyard_bus::contract::fixture::{event, lease, planned};
use eventyard_bus::{Acceptance, Ledger};
use eventyard_embedded::reader::EventFilter;
use eventyard_event::{Identity, Limits};

use crate::support::{TempStore, accept, batch, block_on};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_accept_at_once_and_each_event_is_stored_once() {
    let store = Arc::new(TempStore::new());
    // Every id is offered by four of the tasks.
    let tasks = (0..40_u32).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let ids = (0..50).map(|nth| (task % 10) * 50 + nth);
            store.accept(batch(ids), lease(0, 60)).await.unwrap()
        })
    });
    let mut accepted = 0;
    let mut pages = HashSet::new();
    for task in tasks.collect::<Vec<_>>() {
        let answer = task.await.unwrap();
        let new = answer.results.iter().filter(|result| **result == Acceptance::Accepted);
        accepted += new.count();
        if let Some(page) = answer.page {
            assert!(pages.insert(page.claim.page));
        }
    }
    assert_eq!(accepted, 500);
    assert_eq!(store.reader().events(EventFilter::default()).count(), 500);
    assert_eq!(store.reader().counts().unwrap().open_pages, 10);
}

#[test]
fn a_caller_that_goes_away_does_not_undo_what_others_were_told() {
    let store = TempStore::new();
    // The future is dropped as soon as the batch is on its way.
    let mut given_up = Box::pin(store.accept(batch([1]), lease(0, 60)));
    let waker = futures::task::noop_waker();
    let polled = given_up.as_mut().poll(&mut std::task::Context::from_waker(&waker));
    drop(given_up);
    // The same events again are stored once, whichever of the two did it.
    let again = accept(&store, [1, 2], 0);
    assert!(polled.is_pending() && again.results[1] == Acceptance::Accepted);
    assert_eq!(store.reader().events(EventFilter::default()).count(), 2);
}

#[test]
fn events_of_every_size_come_back_byte_for_byte() {
    let store = TempStore::new();
    let sizes = [0, 1, 1000, 30_000, 64_000, 65_000, 66_000, 130_000, 1_000_000];
    let events = sizes.map(|size| event(&size.to_string(), &"x".repeat(size.min(262_144))));
    let accepts = events.iter().map(|event| planned(event.clone(), &["x"])).collect();
    block_on(store.accept(accepts, lease(0, 60))).unwrap();
    let store = store.reopen();
    for event in &events {
        let stored = block_on(store.event(&event.identity())).unwrap().unwrap();
        assert_eq!(stored.event.document(), event.document());
    }
}

#[test]
fn a_document_is_stored_as_it_was_sent() {
    let text = "{\n \"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\",\n \
                \"data\": {\"n\": 1.50e1, \"big\": 9007199254740993}\n}";
    let event = eventyard_event::Event::from_document(text.as_bytes(), &Limits::default());
    let store = TempStore::new();
    let accepts = vec![planned(event.unwrap(), &[])];
    block_on(store.accept(accepts, lease(0, 60))).unwrap();
    let stored = block_on(store.event(&Identity::new("s", "1"))).unwrap().unwrap();
    assert!(stored.event.document().contains("1.50e1"));
    assert!(stored.event.document().contains("9007199254740993"));
    let line = store.reader().events(EventFilter::default()).next().unwrap().unwrap().line;
    assert!(!line.contains('\n') && line.contains("1.50e1"));
}
