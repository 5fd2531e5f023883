//! What a ledger does with events: see [`Ledger`].

use super::fixture::{at, event, event_of, lease, planned};
use crate::{Acceptance, Ledger, StoreError};
use Acceptance::{Accepted, Conflict, Duplicate};

/// An event is accepted once; from then on it is a duplicate, also in a batch with new ones.
pub async fn an_event_is_accepted_once_and_then_is_a_duplicate(ledger: &impl Ledger) {
    let first = ledger.accept(vec![planned(event("1", "a"), &["x"])], lease(0, 60)).await;
    let first = first.expect("accepted");
    assert_eq!(first.results, [Accepted]);
    assert_eq!(first.page.expect("a page").events.len(), 1);
    let again = vec![planned(event("1", "a"), &["x"]), planned(event("2", "b"), &["x"])];
    let again = ledger.accept(again, lease(1, 61)).await.expect("accepted");
    assert_eq!(again.results, [Duplicate, Accepted]);
    let page = again.page.expect("a page");
    assert_eq!(page.events.len(), 1);
    assert_eq!(page.events[0].event.id(), "2");
}

/// The same identity with another payload is reported, and the first event stays.
pub async fn another_event_of_the_same_identity_is_a_conflict(ledger: &impl Ledger) {
    let first = planned(event("1", "a"), &["x"]);
    let identity = first.event.identity();
    ledger.accept(vec![first], lease(0, 60)).await.expect("accepted");
    let other = ledger.accept(vec![planned(event("1", "b"), &["x"])], lease(1, 61)).await;
    let other = other.expect("answered");
    assert_eq!(other.results, [Conflict]);
    assert!(other.page.is_none());
    let stored = ledger.event(&identity).await.expect("read").expect("there");
    assert_eq!(stored.event.document(), event("1", "a").document());
}

/// An event is known by source and id, not by id alone.
pub async fn the_same_id_of_another_source_is_another_event(ledger: &impl Ledger) {
    let batch = vec![
        planned(event_of("one", "1", "a"), &["x"]),
        planned(event_of("two", "1", "a"), &["x"]),
    ];
    let accepted = ledger.accept(batch, lease(0, 60)).await.expect("accepted");
    assert_eq!(accepted.results, [Accepted, Accepted]);
}

/// An event that stands twice in a batch is stored once, and the results keep the batch's order.
pub async fn repetitions_within_a_batch_are_found(ledger: &impl Ledger) {
    let batch = vec![
        planned(event("1", "a"), &["x"]),
        planned(event("1", "a"), &["x"]),
        planned(event("2", "b"), &["x"]),
        planned(event("1", "other"), &["x"]),
    ];
    let accepted = ledger.accept(batch, lease(0, 60)).await.expect("accepted");
    assert_eq!(accepted.results, [Accepted, Duplicate, Accepted, Conflict]);
    let page = accepted.page.expect("a page");
    let ids: Vec<_> = page.events.iter().map(|stored| stored.event.id()).collect();
    assert_eq!(ids, ["1", "2"]);
}

/// Neither an empty batch nor one of known events leaves anything to deliver.
pub async fn a_batch_without_a_new_event_makes_no_page(ledger: &impl Ledger) {
    let nothing = ledger.accept(Vec::new(), lease(0, 1)).await.expect("accepted");
    assert!(nothing.results.is_empty() && nothing.page.is_none());
    let first = ledger.accept(vec![planned(event("1", "a"), &["x"])], lease(0, 1)).await;
    let claim = first.expect("accepted").page.expect("a page").claim;
    ledger.seal(&claim, &[], at(0)).await.expect("sealed");
    let again = ledger.accept(vec![planned(event("1", "a"), &["x"])], lease(0, 1)).await;
    assert!(again.expect("answered").page.is_none());
    assert!(ledger.take_over(lease(9, 99)).await.expect("asked").is_none());
}

/// Document, plan, input, time and page come back as they were given.
pub async fn an_accepted_event_is_read_as_it_was_given(ledger: &impl Ledger) {
    let given = planned(event("1", "a"), &["x", "y"]);
    let accepted = ledger.accept(vec![given.clone()], lease(7, 60)).await.expect("accepted");
    let page = accepted.page.expect("a page");
    let read = ledger.event(&given.event.identity()).await.expect("read").expect("there");
    for stored in [&page.events[0], &read] {
        assert_eq!(stored.event.document(), given.event.document());
        assert_eq!(stored.plan, given.plan);
        assert_eq!(stored.via, given.via);
        assert_eq!(stored.accepted_at, at(7));
        assert_eq!(stored.page, page.claim.page);
    }
}

/// A read of what was never accepted finds nothing.
pub async fn an_unknown_event_is_not_there(ledger: &impl Ledger) {
    ledger.accept(vec![planned(event("1", "a"), &[])], lease(0, 60)).await.expect("accepted");
    let unknown = event("2", "a").identity();
    assert!(ledger.event(&unknown).await.expect("read").is_none());
}

/// Large events are neither cut nor changed.
pub async fn an_event_of_one_megabyte_comes_back_byte_for_byte(ledger: &impl Ledger) {
    // Within the default limits: strings of 256 KiB, documents of 1 MiB.
    let parts: Vec<String> =
        ('a'..='d').map(|letter| format!("\"{}\"", letter.to_string().repeat(260_000))).collect();
    let document = format!(
        r#"{{"specversion":"1.0","id":"big","source":"contract","type":"Tested","data":[{}]}}"#,
        parts.join(",")
    );
    let limits = eventyard_event::Limits::default();
    let big = eventyard_event::Event::from_document(document.as_bytes(), &limits);
    let big = planned(big.expect("an event"), &["x"]);
    let (identity, text) = (big.event.identity(), big.event.document().to_owned());
    assert!(text.len() > 1_000_000);
    ledger.accept(vec![big], lease(0, 60)).await.expect("accepted");
    let read = ledger.event(&identity).await.expect("read").expect("there");
    assert!(read.event.document() == text, "the document changed");
    let page = ledger.take_over(lease(60, 120)).await.expect("asked").expect("a page");
    assert!(page.events[0].event.document() == text, "the page's document changed");
}

/// A page takes as many events as it says; of a longer batch nothing is accepted.
pub async fn a_full_page_is_accepted_and_a_longer_batch_is_refused_whole<L: Ledger>(ledger: &L) {
    let max = L::PAGE_EVENTS_MAX;
    let batch = |count: usize| -> Vec<_> {
        (0..count).map(|n| planned(event(&n.to_string(), "a"), &["x"])).collect()
    };
    let refused = ledger.accept(batch(max + 1), lease(0, 60)).await.err();
    assert_eq!(refused, Some(StoreError::BatchTooLong { given: max + 1, max }));
    let accepted = ledger.accept(batch(max), lease(0, 60)).await.expect("accepted");
    assert!(accepted.results.iter().all(|result| *result == Accepted));
    assert_eq!(accepted.page.expect("a page").events.len(), max);
}
