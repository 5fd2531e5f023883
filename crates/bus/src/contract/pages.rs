//! What a ledger does with pages: see [`Ledger`].

use super::fixture::{at, event, lease, planned};
use crate::{Acceptance, Ledger, OpenPage, PageClaim, PageNumber, Sealed, StoreError};

async fn open(ledger: &impl Ledger, id: &str, now_s: u64, until_s: u64) -> OpenPage {
    let batch = vec![planned(event(id, "a"), &["x", "y"])];
    let accepted = ledger.accept(batch, lease(now_s, until_s)).await.expect("accepted");
    accepted.page.expect("a page")
}

async fn take_over(ledger: &impl Ledger, now_s: u64, until_s: u64) -> Option<OpenPage> {
    ledger.take_over(lease(now_s, until_s)).await.expect("asked")
}

fn outcomes(page: &OpenPage) -> Vec<Sealed> {
    let deliveries = page.events.iter().flat_map(|stored| &stored.plan.deliveries);
    deliveries.map(|planned| Sealed { delivery: planned.id, at: at(1) }).collect()
}

/// Page numbers tell the order of acceptance.
pub async fn later_pages_have_greater_numbers(ledger: &impl Ledger) {
    let mut last = None;
    for id in ["1", "2", "3"] {
        let page = Some(open(ledger, id, 0, 60).await.claim.page);
        assert!(page > last);
        last = page;
    }
}

/// After a crash the stored plan runs, by the next attempt at the page.
pub async fn an_open_page_is_taken_over_with_its_stored_plan_when_its_lease_is_over(
    ledger: &impl Ledger,
) {
    let page = open(ledger, "1", 0, 60).await;
    assert_eq!(page.claim.attempt, 1);
    assert!(take_over(ledger, 59, 200).await.is_none(), "its lease is not over");
    let taken = take_over(ledger, 60, 200).await.expect("a page");
    assert_eq!(taken.claim, PageClaim { page: page.claim.page, attempt: 2 });
    assert_eq!(taken.events.len(), 1);
    assert_eq!(taken.events[0].plan, page.events[0].plan);
    assert_eq!(taken.events[0].event.document(), page.events[0].event.document());
    assert_eq!(taken.events[0].accepted_at, at(0));
}

/// A take-over has a lease of its own.
pub async fn a_page_that_was_taken_over_is_not_taken_over_again_before_its_new_lease_is_over(
    ledger: &impl Ledger,
) {
    open(ledger, "1", 0, 60).await;
    take_over(ledger, 60, 120).await.expect("a page");
    assert!(take_over(ledger, 119, 200).await.is_none());
    let third = take_over(ledger, 120, 200).await.expect("a page");
    assert_eq!(third.claim.attempt, 3);
}

/// What waited longest is finished first.
pub async fn open_pages_are_taken_over_oldest_first(ledger: &impl Ledger) {
    let first = open(ledger, "1", 0, 60).await;
    let second = open(ledger, "2", 1, 60).await;
    let third = open(ledger, "3", 2, 60).await;
    ledger.seal(&second.claim, &outcomes(&second), at(3)).await.expect("sealed");
    let taken = take_over(ledger, 60, 120).await.expect("a page");
    assert_eq!(taken.claim.page, first.claim.page);
    let taken = take_over(ledger, 60, 120).await.expect("a page");
    assert_eq!(taken.claim.page, third.claim.page);
    assert!(take_over(ledger, 60, 120).await.is_none());
}

/// A sealed page needs nobody.
pub async fn a_sealed_page_is_not_taken_over(ledger: &impl Ledger) {
    let page = open(ledger, "1", 0, 60).await;
    ledger.seal(&page.claim, &outcomes(&page), at(1)).await.expect("sealed");
    assert!(take_over(ledger, 1_000, 2_000).await.is_none());
}

/// Who lost its page writes nothing more, and the new owner still can.
pub async fn the_seal_of_a_worker_that_lost_its_page_is_fenced(ledger: &impl Ledger) {
    let page = open(ledger, "1", 0, 60).await;
    let taken = take_over(ledger, 60, 120).await.expect("a page");
    let late = ledger.seal(&page.claim, &outcomes(&page), at(61)).await;
    assert_eq!(late, Err(StoreError::Fenced { claim: page.claim }));
    assert!(take_over(ledger, 120, 180).await.is_some(), "the page is open still");
    let lost = ledger.seal(&taken.claim, &[], at(121)).await;
    assert_eq!(lost, Err(StoreError::Fenced { claim: taken.claim }));
    let owner = PageClaim { attempt: 3, ..taken.claim };
    assert_eq!(ledger.seal(&owner, &outcomes(&page), at(122)).await, Ok(()));
    assert!(take_over(ledger, 1_000, 2_000).await.is_none());
}

/// A page that does not exist belongs to nobody.
pub async fn the_seal_of_an_unknown_page_is_fenced(ledger: &impl Ledger) {
    open(ledger, "1", 0, 60).await;
    let claim = PageClaim { page: PageNumber(987_654), attempt: 1 };
    assert_eq!(ledger.seal(&claim, &[], at(1)).await, Err(StoreError::Fenced { claim }));
}

/// A seal whose answer was lost is given again.
pub async fn sealing_again_is_no_error(ledger: &impl Ledger) {
    let page = open(ledger, "1", 0, 60).await;
    for _ in 0..2 {
        assert_eq!(ledger.seal(&page.claim, &outcomes(&page), at(1)).await, Ok(()));
    }
}

/// From acceptance on the bus owns the event, sealed or not.
pub async fn a_duplicate_of_an_event_in_an_open_page_is_a_duplicate(ledger: &impl Ledger) {
    open(ledger, "1", 0, 60).await;
    let again = vec![planned(event("1", "a"), &["x", "y"])];
    let again = ledger.accept(again, lease(1, 61)).await.expect("answered");
    assert_eq!(again.results, [Acceptance::Duplicate]);
    assert!(again.page.is_none());
}

/// An event is open from its acceptance until its page is sealed.
pub async fn an_event_is_open_until_its_page_is_sealed(ledger: &impl Ledger) {
    let identity = event("1", "a").identity();
    assert_eq!(ledger.is_open(&identity).await, Ok(false), "it is not there");
    let page = open(ledger, "1", 0, 60).await;
    assert_eq!(ledger.is_open(&identity).await, Ok(true));
    let taken = take_over(ledger, 60, 120).await.expect("a page");
    assert_eq!(ledger.is_open(&identity).await, Ok(true), "its page has another owner");
    ledger.seal(&taken.claim, &outcomes(&page), at(61)).await.expect("sealed");
    assert_eq!(ledger.is_open(&identity).await, Ok(false));
}

/// A worker that has not come to its page yet keeps it, as the same attempt.
pub async fn a_renewed_page_is_taken_over_when_its_new_lease_is_over_and_not_before(
    ledger: &impl Ledger,
) {
    let page = open(ledger, "1", 0, 60).await;
    assert_eq!(ledger.renew(&page.claim, lease(40, 100)).await, Ok(()));
    assert!(take_over(ledger, 99, 200).await.is_none());
    let taken = take_over(ledger, 100, 200).await.expect("a page");
    assert_eq!(taken.claim.attempt, 2);
}

/// Who lost its page, or has sealed it, learns so and changes nothing.
pub async fn a_page_that_was_lost_or_sealed_is_not_renewed(ledger: &impl Ledger) {
    let page = open(ledger, "1", 0, 60).await;
    let taken = take_over(ledger, 60, 120).await.expect("a page");
    let late = ledger.renew(&page.claim, lease(61, 1_000)).await;
    assert_eq!(late, Err(StoreError::Fenced { claim: page.claim }));
    ledger.seal(&taken.claim, &outcomes(&page), at(62)).await.expect("sealed");
    let sealed = ledger.renew(&taken.claim, lease(63, 1_000)).await;
    assert_eq!(sealed, Err(StoreError::Fenced { claim: taken.claim }));
    assert!(take_over(ledger, 2_000, 3_000).await.is_none());
}
