//! The event store of the bus: accepted events with their plans, and the pages of the log.

use super::StoreError;
use crate::{Accept, Accepted, Lease, OpenPage, PageClaim, Sealed, StoredEvent};
use eventyard_event::Identity;
use jiff::Timestamp;
use std::future::Future;
use std::sync::Arc;

/// Stores accepted events with their plans and keeps the log of pages.
///
/// A page is **open** from its acceptance on, and **sealed** when every planned delivery of its
/// events is done or has a delivery item. An open page belongs to one worker until its lease is over.
pub trait Ledger: Send + Sync {
    /// The most events of one [`accept`](Self::accept); callers cut longer batches.
    const PAGE_EVENTS_MAX: usize;

    /// Accepts a batch: names its new events in a new open page and stores each with its plan, all
    /// durable when it returns.
    ///
    /// An event is known by its identity. One that is known already, or stands earlier in the batch,
    /// is not stored again: a [`Duplicate`](crate::Acceptance::Duplicate) when the digests are equal,
    /// else a [`Conflict`](crate::Acceptance::Conflict). An empty batch, or one without a new event, makes no
    /// page. The page belongs to the caller, as attempt 1, until `lease.until`; `accepted_at` of its
    /// events is `lease.now`.
    ///
    /// # Errors
    /// [`BatchTooLong`](StoreError::BatchTooLong): nothing was accepted. [`Unavailable`](StoreError::Unavailable):
    /// unknown; the same batch again answers `Duplicate` for what was accepted, whose page is taken
    /// over when its lease is over.
    fn accept(
        &self,
        batch: Vec<Accept>,
        lease: Lease,
    ) -> impl Future<Output = Result<Accepted, StoreError>> + Send;

    /// Seals a page: what of it was delivered is in `outcomes`, all else has a delivery item.
    ///
    /// Sealing a page again with the same claim changes nothing and is no error.
    ///
    /// # Errors
    /// [`Fenced`](StoreError::Fenced) when the page was taken over since, or does not exist: nothing was
    /// written. [`Unavailable`](StoreError::Unavailable): unknown, seal again.
    fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes over the oldest open page whose lease ended at or before `lease.now`: its attempt is one
    /// more, it belongs to the caller until `lease.until`, and its events come with their stored plans,
    /// in log order. None when there is no such page.
    ///
    /// Where nobody else can hold a page (one process, just started) every open page counts as one
    /// whose lease is over.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; a page taken over without an answer comes again
    /// after its lease.
    fn take_over(
        &self,
        lease: Lease,
    ) -> impl Future<Output = Result<Option<OpenPage>, StoreError>> + Send;

    /// Keeps a page for a worker that has not come to it yet: it belongs to the caller until
    /// `lease.until`, as the same attempt.
    ///
    /// The default leaves the lease as it is. That is enough where pages are only taken over at start,
    /// before there are any others.
    ///
    /// # Errors
    /// [`Fenced`](StoreError::Fenced) when the page is sealed, was taken over, or does not exist: nothing
    /// was written. [`Unavailable`](StoreError::Unavailable): unknown, renew again.
    fn renew(
        &self,
        claim: &PageClaim,
        lease: Lease,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let _ = (claim, lease);
        std::future::ready(Ok(()))
    }

    /// Whether this event is accepted and its page is not sealed: what its source sends after it may not
    /// overtake it, if that source keeps an order.
    ///
    /// The default says no, which is enough where one process delivers the pages in the order of their
    /// numbers.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn is_open(
        &self,
        identity: &Identity,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let _ = identity;
        std::future::ready(Ok(false))
    }

    /// The accepted event of this identity, sealed or not; none when there is none, or it was kept
    /// long enough.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn event(
        &self,
        identity: &Identity,
    ) -> impl Future<Output = Result<Option<Arc<StoredEvent>>, StoreError>> + Send;
}
