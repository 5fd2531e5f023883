//! Subscriptions: readers that begin with what is stored and go on with what comes, and remember how far they
//! are.
//!
//! A subscription has a name and, under it, a record among the store's checkpoints. It hands out events page by
//! page, only of pages that are sealed and only up to the first open page of each shard, so a writer that
//! is stopped between a page and its events, or lags, makes it wait and skips nothing. Events of one stream, or of one
//! ordered group, come in their order.
//!
//! The record is written after a batch was dealt with. So a crash hands the last batch out again: at least once.
//! Whoever builds a projection keeps what it makes of the events together with their places, or makes it so that the
//! same event twice changes nothing.
//!
//! ```
//! # use eventyard_bus::memory::MemoryStore;
//! use eventyard_history::subscription::{Begin, Subscription, SubscriptionOptions};
//! # futures::executor::block_on(async {
//! # let store = MemoryStore::default();
//! # let now = jiff::Timestamp::UNIX_EPOCH;
//! let options = SubscriptionOptions { begin: Begin::Start, ..Default::default() };
//! let name = "orders-by-status".parse()?;
//! let mut orders = Subscription::open(&store, &store, name, options, now).await?;
//! while let Some(batch) = orders.next().await? {
//!     for logged in &batch.events {
//!         println!("{}", logged.event.event.id());
//!     }
//!     orders.done(batch, now).await?;
//! }
//! // Nothing is left for now: wait a moment, and ask `next` again.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod record;
mod work;

pub use record::{
    InvalidSubscriptionName, SubscriptionName, SubscriptionRecord, SubscriptionState, Turn, list,
    pause, read, remove, resume, rewind, turn,
};
pub use work::{Batch, Begin, Noted, Subscription, SubscriptionOptions};

use eventyard_bus::StoreError;

use crate::list::ListError;

/// Why a subscription cannot be read or changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    /// There is none of this name; nothing was written.
    #[error("there is no subscription `{0}`")]
    Unknown(SubscriptionName),
    /// Its place is one of another log.
    #[error(transparent)]
    Place(ListError),
    /// The store failed; what was not noted is handed out again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ListError> for SubscriptionError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Store(error) => Self::Store(error),
            error => Self::Place(error),
        }
    }
}
