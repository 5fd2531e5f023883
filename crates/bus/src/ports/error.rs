//! What can go wrong in a store.

use crate::{DeliveryKey, PageClaim};

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store did not answer. The write may have happened or not; the same call again is safe.
    #[error("the store is unavailable: {reason}")]
    Unavailable {
        /// What the store said.
        reason: String,
    },
    /// Another worker has taken the page over; nothing was written.
    #[error("page {} was taken over after attempt {}", claim.page, claim.attempt)]
    Fenced {
        /// The claim that is no longer ours.
        claim: PageClaim,
    },
    /// The batch has more events than a page; nothing was written.
    #[error("a page takes at most {max} events, not {given}")]
    BatchTooLong {
        /// Events in the batch.
        given: usize,
        /// Events of a page.
        max: usize,
    },
    /// There is no parked delivery under this key; nothing was written.
    #[error("delivery `{}` is not parked", key.id)]
    NotParked {
        /// The key that was asked for.
        key: DeliveryKey,
    },
    /// A record cannot be read.
    #[error("the store holds a record that cannot be read: {reason}")]
    Corrupt {
        /// Which record, and what is wrong with it.
        reason: String,
    },
}

impl StoreError {
    /// The store did not answer, for this reason.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
