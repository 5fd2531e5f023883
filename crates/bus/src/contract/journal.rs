//! What a store does with the work of services: see [`Journal`].

use super::fixture::{at, cause};
use crate::ports::{
    Begun, Claim, Done, Journal, JournalError, ParkedWork, Row, RowExpected, RowKey, Work, Write,
};
use crate::{Lease, StoreError};
use eventyard_event::{DeliveryId, Digest};
use std::time::Duration;

const KEEP: Duration = Duration::from_secs(100);
const DIGEST: Digest = Digest::from_bytes([7; 16]);

fn work(n: u8) -> Work {
    let delivery = DeliveryId::from_bytes([n; 16]);
    Work { service: "payment".to_owned(), handler: "OrderPlaced".to_owned(), delivery }
}

fn lease(now: u64) -> Lease {
    Lease { now: at(now), until: at(now + 10) }
}

fn done(now: u64) -> Done {
    Done {
        result: r#"{"paid":1}"#.to_owned(),
        events: Vec::new(),
        writes: Vec::new(),
        at: at(now),
        keep: KEEP,
    }
}

fn row(key: &str) -> RowKey {
    RowKey { table: "payments".to_owned(), key: key.to_owned() }
}

fn write(key: &str, value: &str, expected: RowExpected) -> Write {
    Write { row: row(key), value: Some(value.to_owned()), expected }
}

fn parked(work: Work) -> ParkedWork {
    ParkedWork { work, payload: r#"{"a":"b"}"#.to_owned(), cause: cause(), at: at(3), attempts: 1 }
}

async fn begin(journal: &impl Journal, n: u8, now: u64) -> Result<Begun, StoreError> {
    journal.begin(&work(n), &DIGEST, lease(now)).await
}

async fn claimed(journal: &impl Journal, n: u8, now: u64) -> Claim {
    match begin(journal, n, now).await {
        Ok(Begun::Claimed(claim)) => claim,
        other => panic!("not claimed: {other:?}"),
    }
}

/// Of two who come at once one works.
pub async fn work_is_claimed_once_and_then_is_busy(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    assert_eq!(claim, Claim { work: work(1), attempt: 1, reopened: false });
    assert_eq!(begin(journal, 1, 9).await, Ok(Begun::Busy { until: at(10) }));
    claimed(journal, 2, 9).await;
}

/// The same delivery to another handler or service is other work.
pub async fn each_handler_and_service_has_work_of_its_own(journal: &impl Journal) {
    claimed(journal, 1, 0).await;
    let other = Work { handler: "Refund".to_owned(), ..work(1) };
    let begun = journal.begin(&other, &DIGEST, lease(0)).await;
    assert!(matches!(begun, Ok(Begun::Claimed(_))), "{begun:?}");
    let other = Work { service: "warehouse".to_owned(), ..work(1) };
    let begun = journal.begin(&other, &DIGEST, lease(0)).await;
    assert!(matches!(begun, Ok(Begun::Claimed(_))), "{begun:?}");
}

/// A duplicate is given the first answer, not a second run.
pub async fn done_work_answers_its_result(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    journal.commit(&claim, done(1)).await.expect("committed");
    let result = done(1).result;
    assert_eq!(begin(journal, 1, 2).await, Ok(Begun::Done { result, unpublished: Vec::new() }));
}

/// Whoever stopped answering is overtaken when its lease is over, and can write nothing then.
pub async fn work_whose_lease_is_over_is_taken_over_and_its_late_commit_is_fenced(
    journal: &impl Journal,
) {
    let late = claimed(journal, 1, 0).await;
    let next = claimed(journal, 1, 10).await;
    assert_eq!(next.attempt, 2);
    let writes = vec![write("late", "1", RowExpected::Any)];
    let refused = journal.commit(&late, Done { writes, ..done(11) }).await;
    assert_eq!(refused, Err(JournalError::Fenced { claim: late.clone() }));
    assert_eq!(
        journal.park(&late, parked(work(1))).await,
        Err(JournalError::Fenced { claim: late.clone() })
    );
    journal.release(&late, at(0)).await.expect("nothing happens");
    assert_eq!(journal.row("payment", &row("late")).await, Ok(None));
    assert_eq!(begin(journal, 1, 11).await, Ok(Begun::Busy { until: at(20) }));
    journal.commit(&next, done(12)).await.expect("committed");
}

/// What is done cannot be done again by the same claim.
pub async fn a_second_commit_of_one_claim_is_fenced(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    let writes = vec![write("a", "1", RowExpected::Any)];
    journal.commit(&claim, Done { writes, ..done(1) }).await.expect("committed");
    let writes = vec![write("a", "2", RowExpected::Any)];
    let again = journal.commit(&claim, Done { writes, ..done(1) }).await;
    assert_eq!(again, Err(JournalError::Fenced { claim }));
    let kept = journal.row("payment", &row("a")).await;
    assert_eq!(kept, Ok(Some(Row { value: "1".to_owned(), revision: 1 })));
}

/// A failed attempt is followed at once, or when it said.
pub async fn released_work_is_begun_again_when_it_was_said_and_not_before(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    journal.release(&claim, at(5)).await.expect("released");
    assert_eq!(begin(journal, 1, 4).await, Ok(Begun::Busy { until: at(5) }));
    assert_eq!(claimed(journal, 1, 5).await.attempt, 2);
}

/// Another event under the same delivery id is no duplicate.
pub async fn another_payload_under_the_same_work_is_a_mismatch(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    let other = Digest::from_bytes([8; 16]);
    assert_eq!(journal.begin(&work(1), &other, lease(1)).await, Ok(Begun::Mismatch));
    journal.commit(&claim, done(1)).await.expect("committed");
    assert_eq!(journal.begin(&work(1), &other, lease(2)).await, Ok(Begun::Mismatch));
}

/// A record is known as long as it was said, and not a moment longer.
pub async fn an_expired_record_counts_as_absent(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    journal.commit(&claim, done(0)).await.expect("committed");
    assert!(matches!(begin(journal, 1, 99).await, Ok(Begun::Done { .. })));
    assert_eq!(claimed(journal, 1, 100).await.attempt, 1);
}

/// Rows are written with the record, count their revisions, and belong to their service.
pub async fn rows_are_written_with_the_record_and_count_their_revisions(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    let writes = vec![write("a", "1", RowExpected::Absent), write("b", "2", RowExpected::Any)];
    journal.commit(&claim, Done { writes, ..done(1) }).await.expect("committed");
    let claim = claimed(journal, 2, 0).await;
    let gone = Write { row: row("b"), value: None, expected: RowExpected::Revision(1) };
    let writes = vec![write("a", "3", RowExpected::Revision(1)), gone];
    journal.commit(&claim, Done { writes, ..done(1) }).await.expect("committed");
    let a = Row { value: "3".to_owned(), revision: 2 };
    assert_eq!(journal.row("payment", &row("a")).await, Ok(Some(a)));
    assert_eq!(journal.row("payment", &row("b")).await, Ok(None));
    assert_eq!(journal.row("warehouse", &row("a")).await, Ok(None));
}

/// One row that is not as expected, and nothing is written at all.
pub async fn a_row_that_changed_refuses_the_whole_commit(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    let writes = vec![write("a", "1", RowExpected::Absent)];
    journal.commit(&claim, Done { writes, ..done(1) }).await.expect("committed");
    for expected in [RowExpected::Absent, RowExpected::Revision(2)] {
        let claim = claimed(journal, 2, 0).await;
        let writes = vec![write("c", "1", RowExpected::Any), write("a", "9", expected)];
        let refused = journal.commit(&claim, Done { writes, ..done(1) }).await;
        assert_eq!(refused, Err(JournalError::Conflict { row: row("a") }));
        assert_eq!(journal.row("payment", &row("c")).await, Ok(None));
        journal.release(&claim, at(0)).await.expect("it is ours still");
    }
}

/// Emitted events stay until somebody says that they are published.
pub async fn emitted_events_are_in_the_outbox_until_they_are_published(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    let events = vec![r#"{"id":"1"}"#.to_owned(), r#"{"id":"2"}"#.to_owned()];
    journal.commit(&claim, Done { events: events.clone(), ..done(5) }).await.expect("committed");
    let result = done(1).result;
    let unpublished = events.clone();
    assert_eq!(begin(journal, 1, 6).await, Ok(Begun::Done { result, unpublished }));
    assert_eq!(journal.unpublished("payment", at(5), 10).await, Ok(Vec::new()), "too young");
    assert_eq!(journal.unpublished("warehouse", at(6), 10).await, Ok(Vec::new()));
    let found = journal.unpublished("payment", at(6), 10).await.expect("an answer");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].work, &found[0].events), (&work(1), &events));
    journal.published(&work(1)).await.expect("forgotten");
    assert_eq!(journal.unpublished("payment", at(6), 10).await, Ok(Vec::new()));
    let begun = begin(journal, 1, 6).await;
    assert!(matches!(begun, Ok(Begun::Done { unpublished, .. }) if unpublished.is_empty()));
}

/// No more outboxes come than asked for.
pub async fn outboxes_come_no_more_than_asked_for(journal: &impl Journal) {
    for n in 1..=3 {
        let claim = claimed(journal, n, 0).await;
        let events = vec!["{}".to_owned()];
        journal.commit(&claim, Done { events, ..done(1) }).await.expect("committed");
    }
    assert_eq!(journal.unpublished("payment", at(9), 2).await.map(|found| found.len()), Ok(2));
    assert_eq!(journal.unpublished("payment", at(9), 9).await.map(|found| found.len()), Ok(3));
}

/// Parked work keeps payload and cause, and is not begun again by a redelivery.
pub async fn parked_work_keeps_its_payload_and_cause_and_is_not_begun_again(
    journal: &impl Journal,
) {
    for n in 1..=3 {
        let claim = claimed(journal, n, 0).await;
        journal.park(&claim, parked(work(n))).await.expect("parked");
    }
    assert_eq!(begin(journal, 1, 99).await, Ok(Begun::Parked));
    let first = journal.parked("payment", None, 2).await.expect("an answer");
    assert_eq!(first, [parked(work(1)), parked(work(2))]);
    let rest = journal.parked("payment", Some(&work(2)), 2).await;
    assert_eq!(rest, Ok(vec![parked(work(3))]));
    assert_eq!(journal.parked("warehouse", None, 2).await, Ok(Vec::new()));
}

/// Parked work is tried once more, by one; done, it is parked no longer.
pub async fn parked_work_is_reopened_once_and_completed(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    assert_eq!(journal.reopen(&work(1), lease(0)).await, Ok(None), "it is not parked");
    journal.park(&claim, parked(work(1))).await.expect("parked");
    let (claim, payload) =
        journal.reopen(&work(1), lease(20)).await.expect("an answer").expect("parked");
    assert_eq!((claim.attempt, claim.reopened, payload), (2, true, parked(work(1))));
    assert_eq!(journal.reopen(&work(1), lease(21)).await, Ok(None), "another is at it");
    journal.commit(&claim, done(22)).await.expect("committed");
    assert_eq!(journal.parked("payment", None, 9).await, Ok(Vec::new()));
    assert_eq!(journal.reopen(&work(1), lease(90)).await, Ok(None), "it is done");
    assert!(matches!(begin(journal, 1, 23).await, Ok(Begun::Done { .. })));
}

/// A redrive that fails or crashes leaves the work parked.
pub async fn a_redrive_that_fails_leaves_the_work_parked(journal: &impl Journal) {
    let claim = claimed(journal, 1, 0).await;
    journal.park(&claim, parked(work(1))).await.expect("parked");
    let (claim, _) = journal.reopen(&work(1), lease(20)).await.expect("an answer").expect("parked");
    journal.release(&claim, at(0)).await.expect("released");
    assert_eq!(begin(journal, 1, 21).await, Ok(Begun::Parked));
    let (crashed, _) =
        journal.reopen(&work(1), lease(22)).await.expect("an answer").expect("parked");
    assert_eq!(begin(journal, 1, 40).await, Ok(Begun::Parked));
    let (claim, _) = journal.reopen(&work(1), lease(40)).await.expect("an answer").expect("parked");
    let refused = journal.commit(&crashed, done(41)).await;
    assert_eq!(refused, Err(JournalError::Fenced { claim: crashed }));
    journal.commit(&claim, done(42)).await.expect("committed");
}
