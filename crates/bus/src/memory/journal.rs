//! A journal in memory.

use crate::journal::{Book, Entries, Take};
use crate::ports::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowKey, Work,
};
use crate::{Lease, StoreError};
use eventyard_event::Digest;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

/// A journal in memory; clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

/// The entries of a transaction: those that are there, and those that are to be written.
struct Changes<'a> {
    entries: &'a mut BTreeMap<String, Vec<u8>>,
    changed: BTreeMap<String, Option<Vec<u8>>>,
}

impl MemoryJournal {
    fn read<T>(
        &self,
        read: impl FnOnce(&mut Book<Changes<'_>>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write(read)
    }

    /// Runs a transaction; what failed leaves nothing behind.
    fn write<T, E>(
        &self,
        write: impl FnOnce(&mut Book<Changes<'_>>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = BTreeMap::new();
        let mut book = Book(Changes { entries: &mut entries, changed });
        let result = write(&mut book)?;
        book.0.settle();
        Ok(result)
    }
}

impl Changes<'_> {
    fn settle(self) {
        for (key, value) in self.changed {
            match value {
                Some(value) => self.entries.insert(key, value),
                None => self.entries.remove(&key),
            };
        }
    }
}

impl Entries for Changes<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let changed = self.changed.get(key).cloned();
        Ok(changed.unwrap_or_else(|| self.entries.get(key).cloned()))
    }

    fn put(&mut self, key: &str, value: Vec<u8>) -> Result<(), StoreError> {
        self.changed.insert(key.to_owned(), Some(value));
        Ok(())
    }

    fn delete(&mut self, key: &str) -> Result<(), StoreError> {
        self.changed.insert(key.to_owned(), None);
        Ok(())
    }

    fn each(&self, prefix: &str, after: &str, take: &mut Take<'_>) -> Result<(), StoreError> {
        let from = match after.is_empty() {
            true => Bound::Included(prefix),
            false => Bound::Excluded(after),
        };
        for (key, value) in self.entries.range::<str, _>((from, Bound::Unbounded)) {
            if !key.starts_with(prefix) || !take(key, value)? {
                break;
            }
        }
        Ok(())
    }
}

impl Journal for MemoryJournal {
    const WRITES_MAX: usize = 97;

    async fn begin(&self, work: &Work, digest: &Digest, lease: Lease) -> Result<Begun, StoreError> {
        self.write(|book| book.begin(work, digest, lease))
    }

    async fn commit(&self, claim: &Claim, done: Done) -> Result<(), JournalError> {
        let (given, max) = (done.writes.len(), Self::WRITES_MAX);
        if given > max {
            return Err(JournalError::TooManyWrites { given, max });
        }
        self.write(|book| book.commit(claim, done))
    }

    async fn release(&self, claim: &Claim, not_before: Timestamp) -> Result<(), StoreError> {
        self.write(|book| book.release(claim, not_before))
    }

    async fn park(&self, claim: &Claim, parked: ParkedWork) -> Result<(), JournalError> {
        self.write(|book| book.park(claim, &parked))
    }

    async fn published(&self, work: &Work) -> Result<(), StoreError> {
        self.write(|book| book.published(work))
    }

    async fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        self.read(|book| book.unpublished(service, before, max))
    }

    async fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        self.read(|book| book.parked(service, after, max))
    }

    async fn reopen(
        &self,
        work: &Work,
        lease: Lease,
    ) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        self.write(|book| book.reopen(work, lease))
    }

    async fn row(&self, service: &str, row: &RowKey) -> Result<Option<Row>, StoreError> {
        self.read(|book| book.row(service, row))
    }
}
