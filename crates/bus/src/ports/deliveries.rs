//! The store of delivery items: what is not, or was not at once, done.

use super::StoreError;
use crate::{Cause, Delivery, DeliveryKey, Lease, Settlement, Undecodable};
use eventyard_rules::{RuleName, TargetName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::future::Future;

/// Keeps one item per delivery id, and finds those that are due.
///
/// How an item changes is decided by the methods of [`Delivery`] of the same names; a store loads the
/// item, applies the method and writes it, in one step that no other write can enter.
///
/// Of the unfinished items of one target that have the same group, only the first by
/// [`LogPosition`](crate::LogPosition) counts as due: a failing head holds its group, and no other.
pub trait Deliveries: Send + Sync {
    /// Adds items. One whose id is known already stays as it is, so recording again is safe.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): any of them may be recorded.
    fn record(&self, items: Vec<Delivery>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The items under these keys, in their order; none where there is none.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn get(
        &self,
        keys: &[DeliveryKey],
    ) -> impl Future<Output = Result<Vec<Option<Delivery>>, StoreError>> + Send;

    /// At most `limit` items of a target whose [`next_due`](Delivery::next_due) is at or before `now`,
    /// the longest due first, equally due ones in log order; of a group only its head.
    ///
    /// A candidate may have changed meanwhile: [`claim`](Self::claim) decides.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn due(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// Those of these items that are due now, by the same rules as [`due`](Self::due) and in its order.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn due_of(
        &self,
        target: &TargetName,
        keys: &[DeliveryKey],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send {
        async move {
            let due = self.due(target, now, usize::MAX).await?;
            Ok(due.into_iter().filter(|item| keys.contains(&item.key)).collect())
        }
    }

    /// When the next item of a target is due, groups considered as in [`due`](Self::due); none when
    /// nothing of it is unfinished.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable).
    fn next_due(
        &self,
        target: &TargetName,
    ) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;

    /// The targets with unfinished items, in order of their names.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable).
    fn targets(&self) -> impl Future<Output = Result<Vec<TargetName>, StoreError>> + Send;

    /// Whether an unfinished item of this group waits at this target: then later ones of the group
    /// wait behind it.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable).
    fn holds(
        &self,
        target: &TargetName,
        group: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Begins attempts: for each key with its attempt number whether it is ours
    /// ([`Delivery::claim`]); unknown keys are not.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): any may have begun; those come due again when the lease
    /// is over, as the next attempt.
    fn claim(
        &self,
        attempts: &[(DeliveryKey, u32)],
        lease: Lease,
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send;

    /// Ends attempts: for each whether it was still the one in flight ([`Delivery::settle`]); one
    /// that was not changes nothing.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): any may have ended; the same call again is safe and says
    /// false for those.
    fn settle(
        &self,
        settlements: Vec<Settlement>,
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send;

    /// Moves waiting items to later times without an attempt ([`Delivery::defer`]); others stay as
    /// they are.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): any may have moved; the same call again is safe.
    fn defer(
        &self,
        items: &[(DeliveryKey, Timestamp)],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Parks due items without an attempt: for each whether it was parked by this call
    /// ([`Delivery::park`]).
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): any may be parked; the same call again is safe.
    fn park(
        &self,
        items: Vec<(DeliveryKey, Cause)>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send;

    /// Parked items that fit the query, the longest parked first.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn parked(
        &self,
        query: &ParkedQuery,
    ) -> impl Future<Output = Result<ParkedPage, StoreError>> + Send;

    /// Makes a parked item due now, with a new budget and the same delivery id
    /// ([`Delivery::redrive`]); answers the item as it is now.
    ///
    /// # Errors
    /// [`NotParked`](StoreError::NotParked): nothing was written. [`Unavailable`](StoreError::Unavailable): unknown;
    /// again, and `NotParked` means that it was redriven.
    fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;

    /// Discards a parked item for a person's reason ([`Delivery::discard`]); answers the item as it is
    /// now.
    ///
    /// # Errors
    /// As [`redrive`](Self::redrive).
    fn drop(
        &self,
        key: &DeliveryKey,
        reason: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;

    /// Keeps a message that could not become an event; one of the same `via` and `message_id` that is
    /// there already stays as it is.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; the same call again is safe.
    fn park_undecodable(
        &self,
        message: Undecodable,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// At most `limit` kept messages in order of `via`, then `message_id`, after the given pair.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Undecodable>, StoreError>> + Send;
}

/// Which parked items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParkedQuery {
    /// Only those for this target.
    pub target: Option<TargetName>,
    /// Only those of this rule.
    pub rule: Option<RuleName>,
    /// Only those after this place, from the page before.
    pub after: Option<ParkedCursor>,
    /// At most so many; 0 means none.
    pub limit: usize,
}

/// The place of a parked item in the order of parking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ParkedCursor {
    /// When it was parked.
    pub at: Timestamp,
    /// Which, of those parked at the same time.
    pub key: DeliveryKey,
}

/// Some parked items, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParkedPage {
    /// The longest parked first.
    pub items: Vec<Delivery>,
    /// The place of the last item when there may be more.
    pub next: Option<ParkedCursor>,
}
