//! A subscription on the durable store: what a restart and a writer that is stopped do to it.

use crate::support::{TempStore, accept, block_on};
use eventyard_bus::Ledger as _;
use eventyard_bus::contract::fixture::at;
use eventyard_embedded::store::Store;
use eventyard_history::subscription::{Begin, Subscription, SubscriptionOptions};

/// Deals with what is there, in batches of one page.
fn drain(store: &Store) -> Vec<String> {
    let options =
        SubscriptionOptions { begin: Begin::Start, batch_events: 1, ..Default::default() };
    block_on(async {
        let name = "drain".parse().unwrap();
        let mut reader = Subscription::open(store, store, name, options, at(0)).await.unwrap();
        let mut ids = Vec::new();
        while let Some(batch) = reader.next().await.unwrap() {
            ids.extend(batch.events.iter().map(|logged| logged.event.event.id().to_owned()));
            reader.done(batch, at(0)).await.unwrap();
        }
        ids
    })
}

fn sealed(store: &Store, ids: &[&str], now_s: u64) {
    let page = accept(store, ids, now_s).page.unwrap();
    block_on(store.seal(&page.claim, &[], at(now_s))).unwrap();
}

#[test]
fn it_waits_for_a_page_that_is_not_sealed_and_goes_on_after_a_restart() {
    let store = TempStore::new();
    sealed(&store, &["1", "2"], 0);
    let open = accept(&store, ["3"], 1).page.unwrap();
    sealed(&store, &["4"], 2);
    assert_eq!(drain(&store), ["1", "2"]);
    assert!(drain(&store).is_empty());
    block_on(store.seal(&open.claim, &[], at(3))).unwrap();
    let store = store.reopen();
    assert_eq!(drain(&store), ["3", "4"]);
    let store = store.reopen();
    assert!(drain(&store).is_empty());
}

#[test]
fn what_was_deleted_before_it_was_read_is_passed_over() {
    let store = TempStore::new();
    sealed(&store, &["1"], 0);
    assert_eq!(drain(&store), ["1"]);
    sealed(&store, &["2"], 1);
    block_on(store.keep_for(Some(std::time::Duration::from_secs(3_600)))).unwrap();
    let now = eventyard_event::Timestamp::now();
    let held = eventyard_bus::Lease { now, until: now };
    let new = block_on(store.accept(crate::support::batch(["3"]), held)).unwrap();
    block_on(store.seal(&new.page.unwrap().claim, &[], now)).unwrap();
    assert_eq!(block_on(store.delete_ended(now)).unwrap(), 2);
    assert_eq!(drain(&store), ["3"]);
}
