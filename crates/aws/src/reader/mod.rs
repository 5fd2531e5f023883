//! What happened on a stack, for people: events, traces, parked deliveries, the audit; and parked
//! deliveries again.
//!
//! The answers are those of [`eventyard_bus::view`], the same as of a bus on one machine. Whatever is long
//! comes in pieces and is read to its end by queries; no call reads without a key.

mod events;
mod parked;
mod redrive;
mod trace;

use std::future::Future;

use eventyard_bus::audit::Report;
use eventyard_bus::{History, RuleSets as _, StoreError, StoredRules};
use eventyard_event::Timestamp;
use eventyard_rules::Version;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::store::DynamoStore;

pub use events::{EventList, LoggedEvent};
pub use parked::{ParkedList, UndecodableList};

/// Reads a bus in a table; a clone reads the same one.
#[derive(Debug, Clone)]
pub struct StackReader {
    store: DynamoStore,
}

impl StackReader {
    /// A reader of this store. What it redrives is told to the store's wake.
    #[must_use]
    pub fn new(store: DynamoStore) -> Self {
        Self { store }
    }

    /// The log, to be read again.
    #[must_use]
    pub fn history(&self) -> &impl History {
        &self.store
    }

    /// The rule set of this version, as texts; none when no bus on this table ever had it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rules(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        self.store.get(version).await
    }

    /// Judges the promise over the pages since a time. Memory: a small record for each planned delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self, since: Option<Timestamp>) -> Result<Report, StoreError> {
        self.store.audit_since(since.unwrap_or(Timestamp::MIN)).await
    }
}

/// Reads that are under way at the same time.
const READS_AT_ONCE: usize = 10;

/// What all reads answer, in their order; the first failure ends it.
async fn all<F, T>(reads: impl IntoIterator<Item = F>) -> Result<Vec<T>, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let reads: Vec<F> = reads.into_iter().collect();
    stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
}
