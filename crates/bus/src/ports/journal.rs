//! What a service did with each delivery it was given: the record that makes a handler idempotent, the
//! outbox of the events it emitted, and the rows of the service that are written together with both.

use crate::{Cause, Lease, StoreError};
use eventyard_event::{DeliveryId, Digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::time::Duration;

/// Keeps one record for each piece of [`Work`], written only by who holds its [`Claim`].
///
/// A record is **begun** (under a lease, with the number of the attempt as its fence), **done** (with
/// its result), or **parked** (with its payload and cause). One that is expired counts as absent, whether or
/// not the store has deleted it.
///
/// Every write is durable when it returns, but for [`begin`](Self::begin) and [`published`](Self::published)
/// where one process holds the store: what they forget in a crash ends in the same work being done again,
/// or the same events being published again.
pub trait Journal: Send + Sync {
    /// The most writes of one [`commit`](Self::commit).
    const WRITES_MAX: usize;

    /// Claims work for an attempt, or says what is known of it.
    ///
    /// `digest` is that of the event; a record with another one is a [`Mismatch`](Begun::Mismatch), whatever its
    /// state.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; what was claimed without an answer is
    /// [`Busy`](Begun::Busy) until `lease.until`. [`Corrupt`](StoreError::Corrupt).
    fn begin(
        &self,
        work: &Work,
        digest: &Digest,
        lease: Lease,
    ) -> impl Future<Output = Result<Begun, StoreError>> + Send;

    /// Writes, all together or not at all: the rows, the outbox, and that the work is done.
    ///
    /// # Errors
    /// [`JournalError`]: nothing was written, but for [`Unavailable`](StoreError::Unavailable), where all or
    /// nothing was: [`begin`](Self::begin) says.
    fn commit(
        &self,
        claim: &Claim,
        done: Done,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Gives a claim back: the work is begun again by whoever comes at or after `not_before`. Work that was
    /// [reopened](Self::reopen) is parked as it was.
    ///
    /// A claim that is no longer ours is left as it is.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): the lease ends by itself.
    fn release(
        &self,
        claim: &Claim,
        not_before: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps the work with its payload and cause, for a person.
    ///
    /// # Errors
    /// [`Fenced`](JournalError::Fenced), nothing was written; [`Unavailable`](StoreError::Unavailable),
    /// unknown.
    fn park(
        &self,
        claim: &Claim,
        parked: ParkedWork,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Forgets the outbox of done work: its events are with the bus.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): they are published again.
    fn published(&self, work: &Work) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Outboxes of a service that were committed before `before`, at most `max`.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> impl Future<Output = Result<Vec<Outbox>, StoreError>> + Send;

    /// Parked work of a service in the order of its handlers and deliveries, at most `max`, behind `after`.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> impl Future<Output = Result<Vec<ParkedWork>, StoreError>> + Send;

    /// Claims parked work for another attempt; none when it is not parked, or another's redrive of it is under
    /// way.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    fn reopen(
        &self,
        work: &Work,
        lease: Lease,
    ) -> impl Future<Output = Result<Option<(Claim, ParkedWork)>, StoreError>> + Send;

    /// A row of a service, as it was committed last.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn row(
        &self,
        service: &str,
        row: &RowKey,
    ) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;
}

/// One delivery to one handler of one service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Work {
    /// The service.
    pub service: String,
    /// Its handler.
    pub handler: String,
    /// The delivery, the same however often it comes.
    pub delivery: DeliveryId,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.service, self.handler, self.delivery)
    }
}

/// The right to write a record, until another attempt takes it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The work.
    pub work: Work,
    /// Which attempt, from 1: the fence.
    pub attempt: u32,
    /// Whether the work was parked and is tried again.
    pub reopened: bool,
}

/// What is known of work that is to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is ours.
    Claimed(Claim),
    /// Another attempt is at it, or it is not to be tried before this time.
    Busy {
        /// When it may be begun.
        until: Timestamp,
    },
    /// It is done.
    Done {
        /// What the handler answered, as JSON.
        result: String,
        /// What it emitted that is not known to be published, as CloudEvents documents.
        unpublished: Vec<String>,
    },
    /// It is parked.
    Parked,
    /// The record is of another payload.
    Mismatch,
}

/// What finished work leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What the handler answered, as JSON.
    pub result: String,
    /// The events it emitted, as CloudEvents documents, in their order.
    pub events: Vec<String>,
    /// The rows it wrote, each at most once.
    pub writes: Vec<Write>,
    /// When.
    pub at: Timestamp,
    /// How long the record is kept.
    pub keep: Duration,
}

/// One row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Which row.
    pub row: RowKey,
    /// Its value as JSON; none deletes it.
    pub value: Option<String>,
    /// What must be there.
    pub expected: RowExpected,
}

/// What must be there for a row to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowExpected {
    /// Anything or nothing.
    #[default]
    Any,
    /// No row.
    Absent,
    /// The row of this revision.
    Revision(u64),
}

/// Which row of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// The table.
    pub table: String,
    /// The key in it.
    pub key: String,
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table, self.key)
    }
}

/// A row as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its value, as JSON.
    pub value: String,
    /// 1 when it was written first, one more with every write; a deleted row begins anew.
    pub revision: u64,
}

/// The events of done work that are not known to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    /// The work.
    pub work: Work,
    /// CloudEvents documents, in their order.
    pub events: Vec<String>,
    /// When they were committed.
    pub at: Timestamp,
}

/// Work that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedWork {
    /// The work.
    pub work: Work,
    /// The event, as its message had it.
    pub payload: String,
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another attempt has taken the work over, or it is done.
    #[error("attempt {} at `{}` was taken over", claim.attempt, claim.work)]
    Fenced {
        /// The claim that is no longer ours.
        claim: Claim,
    },
    /// A row is not what it was expected to be.
    #[error("row `{row}` was changed by another")]
    Conflict {
        /// The first such row.
        row: RowKey,
    },
    /// There are more writes than one commit takes.
    #[error("one commit writes at most {max} rows, not {given}")]
    TooManyWrites {
        /// The writes.
        given: usize,
        /// The most.
        max: usize,
    },
    /// The store takes no record of this size.
    #[error("{what} has {bytes} bytes; the store takes {max}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The most.
        max: usize,
    },
}
