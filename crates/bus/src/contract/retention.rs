//! What a store does with what it has kept for an hour: the fixture's times are long over, and the system's
//! clock says what is not.

use super::fixture::{at, event, planned};
use crate::{Accept, Acceptance, Accepted, Hints, History, Lease, Ledger};
use jiff::{SignedDuration, Timestamp};

/// Accepts an event, of an order so that all are in one shard.
async fn accept(store: &impl Ledger, id: &str, now: Timestamp) -> Accepted {
    let new = Accept { order: Some("order".into()), ..planned(event(id, "a"), &["x"]) };
    let lease = Lease { now, until: now + SignedDuration::from_mins(1) };
    store.accept(vec![new], lease).await.expect("accepted")
}

/// The ids of all events that are read.
async fn ids(store: &impl History) -> Vec<String> {
    let mut ids = Vec::new();
    for shard in 0..store.shards() {
        let pages = store.pages(shard, 1, 100, &Hints::default()).await.expect("read");
        let events = pages.iter().flat_map(|page| &page.events);
        ids.extend(events.map(|logged| logged.event.event.id().to_owned()));
    }
    ids
}

/// What is over is invisible at once, whether or not it was deleted.
pub async fn what_was_kept_long_enough_is_not_read_and_the_rest_is(
    store: &(impl Ledger + History),
) {
    accept(store, "old", at(0)).await;
    accept(store, "new", Timestamp::now()).await;
    assert_eq!(ids(store).await, ["new"]);
    let there = |id| {
        let identity = event(id, "a").identity();
        async move { store.event(&identity).await.expect("read").is_some() }
    };
    assert!(there("new").await);
    assert!(!there("old").await);
}

/// It is as if it had never been there.
pub async fn an_event_that_was_kept_long_enough_is_accepted_again(store: &(impl Ledger + History)) {
    accept(store, "1", at(0)).await;
    let again = accept(store, "1", Timestamp::now()).await;
    assert_eq!(again.results, [Acceptance::Accepted]);
    assert_eq!(ids(store).await, ["1"]);
    let stored = store.event(&event("1", "a").identity()).await.expect("read").expect("there");
    assert_eq!(Some(stored.page), again.page.map(|page| page.claim.page));
}

/// Until then it is known.
pub async fn an_event_that_is_kept_still_is_a_duplicate(store: &(impl Ledger + History)) {
    let now = Timestamp::now();
    accept(store, "1", now - SignedDuration::from_mins(30)).await;
    assert_eq!(accept(store, "1", now).await.results, [Acceptance::Duplicate]);
    assert_eq!(ids(store).await, ["1"]);
}
