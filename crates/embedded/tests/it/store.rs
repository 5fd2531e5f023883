//! Opening, closing and opening again.

use eventyard_bus::contract::fixture::{at, item, lease, parked, target, version};
use eventyard_bus::{Acceptance, Deliveries, Ledger, RuleSets, Sealed, StoreError, StoredRules};
use eventyard_embedded::store::{OpenError, Store};
use eventyard_event::{DeliveryId, Identity};

use crate::support::{TempStore, accept, batch, block_on};

#[test]
fn opening_makes_the_folder_and_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("a/b");
    let store = Store::open(&dir).unwrap();
    assert!(store.folder().database().exists());
    assert_eq!(store.folder().root(), dir);
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    assert!(matches!(Store::open(&file), Err(OpenError::Folder { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), b"text");
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let store = TempStore::new();
    std::fs::write(store.folder().url_file(), "http://127.0.0.1:4400\n").unwrap();
    let error = Store::open(store.folder.path()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, OpenError::InUse { .. }), "{text}");
    assert!(text.contains("in use by another process, which listens at http://127.0.0.1:4400"));
}

#[test]
fn a_store_that_was_closed_is_opened_again() {
    let store = TempStore::new();
    accept(&store, [1], 0);
    let store = store.reopen();
    assert_eq!(accept(&store, [1], 1).results, [Acceptance::Duplicate]);
}

#[test]
fn the_last_handle_closes_the_store_and_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let other = store.clone();
    drop(store);
    assert!(matches!(Store::open(folder.path()), Err(OpenError::InUse { .. })));
    drop(other);
    Store::open(folder.path()).unwrap();
}

#[test]
fn another_format_is_refused_by_number_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    set_format(folder.path(), 99);
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Format { found: 99, .. }), "{error}");
    assert!(error.to_string().ends_with("has format 99, this version reads format 1"));
    set_format(folder.path(), 1);
    Store::open(folder.path()).unwrap();
}

/// Changes the format that a store says it has.
fn set_format(folder: &std::path::Path, format: u64) {
    let mut builder = redb::Builder::new();
    builder.set_concurrency_mode(redb::ConcurrencyMode::SingleWriter);
    let database = builder.open(folder.join("events.redb")).unwrap();
    let write = database.begin_write().unwrap();
    let meta = redb::TableDefinition::<&str, u64>::new("meta");
    write.open_table(meta).unwrap().insert("format", format).unwrap();
    write.commit().unwrap();
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.redb");
    std::fs::write(&file, "a diary".repeat(1000)).unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), "a diary".repeat(1000).as_bytes());
}

#[test]
fn open_pages_are_taken_over_at_once_after_opening_and_with_a_higher_attempt() {
    let store = TempStore::new();
    let page = accept(&store, [1, 2], 0).page.unwrap();
    block_on(store.flush()).unwrap();
    // Within the lease nobody else takes it ...
    assert!(block_on(store.take_over(lease(1, 61))).unwrap().is_none());
    // ... but who opens the store again does.
    let store = store.reopen();
    let taken = block_on(store.take_over(lease(1, 61))).unwrap().unwrap();
    assert_eq!((taken.claim.page, taken.claim.attempt), (page.claim.page, 2));
    assert_eq!(taken.events.len(), 2);
    assert_eq!(taken.events[1].plan, page.events[1].plan);
    assert!(block_on(store.take_over(lease(1, 61))).unwrap().is_none());
}

#[test]
fn a_claim_of_before_the_opening_seals_nothing() {
    let store = TempStore::new();
    let page = accept(&store, [1], 0).page.unwrap();
    let store = store.reopen();
    let late = block_on(store.seal(&page.claim, &[], at(1)));
    assert_eq!(late, Err(StoreError::Fenced { claim: page.claim }));
    let taken = block_on(store.take_over(lease(1, 61))).unwrap().unwrap();
    block_on(store.seal(&taken.claim, &[], at(2))).unwrap();
}

#[test]
fn everything_written_is_there_after_reopening() {
    let store = TempStore::new();
    let page = accept(&store, 0..1000, 0).page.unwrap();
    let sealed = Sealed { delivery: DeliveryId::from_bytes([7; 16]), at: at(1) };
    block_on(store.seal(&page.claim, &[sealed], at(1))).unwrap();
    block_on(store.record(vec![item(1, "x", 5), parked(2, "x", 3)])).unwrap();
    let rules = StoredRules { version: version(), files: Vec::new(), overlay: None };
    block_on(store.put(&rules)).unwrap();
    let store = store.reopen();
    let identity = Identity::new("contract", "999");
    assert!(block_on(store.event(&identity)).unwrap().is_some());
    assert!(block_on(store.take_over(lease(100, 160))).unwrap().is_none());
    assert_eq!(block_on(store.due(&target("x"), at(5), 10)).unwrap(), [item(1, "x", 5)]);
    assert_eq!(block_on(RuleSets::get(&*store, &version())).unwrap(), Some(rules));
    assert_eq!(store.reader().counts().unwrap().parked, 1);
}

#[test]
fn identities_are_found_long_after_they_left_memory() {
    let store = TempStore::new();
    // More than the newest identities that wait in memory, in the fewest pages.
    for page in 0..80 {
        accept(&store, page * 1000..(page + 1) * 1000, 0);
    }
    assert_known(&store);
    assert_known(&store.reopen());
}

/// Every identity of the 80,000 is known, and a new one is not.
fn assert_known(store: &Store) {
    for page in 0..80 {
        let ids = (0..20).map(|nth| page * 1000 + nth * 50);
        let results = accept(store, ids, 1).results;
        assert_eq!(results, [Acceptance::Duplicate; 20]);
    }
    let unknown = block_on(store.event(&Identity::new("contract", "80000"))).unwrap();
    assert!(unknown.is_none());
}

#[test]
fn an_empty_batch_is_no_page() {
    let store = TempStore::new();
    let accepted = block_on(store.accept(batch([0; 0]), lease(0, 60))).unwrap();
    assert!(accepted.page.is_none() && accepted.results.is_empty());
}

#[test]
fn attempts_of_an_earlier_process_are_due_at_once_and_not_after_their_leases() {
    let store = TempStore::new();
    let (claimed, waiting) = (item(1, "partner", 0), item(2, "partner", 100));
    block_on(store.record(vec![claimed.clone(), waiting])).unwrap();
    assert_eq!(block_on(store.claim(&[(claimed.key, 1)], lease(0, 120))).unwrap(), [true]);
    let due = |store: &Store| block_on(store.due(&target("partner"), at(10), 10)).unwrap();
    assert!(due(&store).is_empty(), "it is being attempted");

    let store = store.reopen();
    assert!(due(&store).is_empty(), "opening alone, as a redrive does, changes nothing");
    assert_eq!(block_on(store.release_claims(at(10))).unwrap(), 1);
    let due: Vec<_> = due(&store).into_iter().map(|item| item.key).collect();
    assert_eq!(due, [claimed.key], "what waits goes on waiting");
    assert_eq!(block_on(store.claim(&[(claimed.key, 2)], lease(10, 130))).unwrap(), [true]);
}
