//! The journal in one file, for one process: redb, and the decisions of [`eventyard_bus::journal`].

use eventyard_bus::journal::{Book, Entries, Take};
use eventyard_bus::ports::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowKey, Work,
};
use eventyard_bus::{Lease, StoreError};
use eventyard_event::Digest;
use jiff::Timestamp;
use redb::{Database, Durability, ReadableTable, Table, TableDefinition};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

const ENTRIES: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("journal");

/// The journal in one file, for one process. Clones share it.
#[derive(Debug, Clone)]
pub struct FileJournal(Arc<Database>);

/// Why the file is no journal of ours.
#[derive(Debug, thiserror::Error)]
#[error("the journal `{path}` cannot be opened: {source}")]
pub struct FileJournalError {
    /// The file.
    path: String,
    /// What redb says.
    #[source]
    source: Box<redb::Error>,
}

/// What is written with the commit of a transaction.
#[derive(Debug, Clone, Copy)]
enum Safety {
    /// Synced before it returns.
    Durable,
    /// With the next durable one: a crash forgets it, which the port allows.
    Later,
}

impl FileJournal {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`FileJournalError`]: another process has it, or it is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileJournalError> {
        let path = path.as_ref();
        let open = || -> Result<Database, redb::Error> {
            let database = Database::create(path)?;
            let write = database.begin_write()?;
            write.open_table(ENTRIES)?;
            write.commit()?;
            Ok(database)
        };
        let database = open().map_err(|source| FileJournalError {
            path: path.display().to_string(),
            source: Box::new(source),
        })?;
        Ok(Self(Arc::new(database)))
    }

    /// Runs a transaction on a thread that may block; what failed is rolled back.
    async fn run<T, E>(
        &self,
        safety: Safety,
        work: impl FnOnce(&mut Book<Open<'_>>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let database = Arc::clone(&self.0);
        let task = tokio::task::spawn_blocking(move || {
            let mut write = database.begin_write().map_err(failed)?;
            if matches!(safety, Safety::Later) {
                write.set_durability(Durability::None).map_err(failed)?;
            }
            let table = write.open_table(ENTRIES).map_err(failed)?;
            let mut book = Book(Open(table));
            let result = work(&mut book)?;
            drop(book);
            write.commit().map_err(failed)?;
            Ok(result)
        });
        match task.await {
            Ok(result) => result,
            Err(_) => {
                Err(StoreError::unavailable("the journal's transaction was broken off").into())
            }
        }
    }
}

/// The entries of one transaction.
struct Open<'t>(Table<'t, &'static str, &'static [u8]>);

impl Entries for Open<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).map_err(failed)?.map(|value| value.value().to_vec()))
    }

    fn put(&mut self, key: &str, value: Vec<u8>) -> Result<(), StoreError> {
        self.0.insert(key, &*value).map_err(failed)?;
        Ok(())
    }

    fn delete(&mut self, key: &str) -> Result<(), StoreError> {
        self.0.remove(key).map_err(failed)?;
        Ok(())
    }

    fn each(&self, prefix: &str, after: &str, take: &mut Take<'_>) -> Result<(), StoreError> {
        let from = match after.is_empty() {
            true => Bound::Included(prefix),
            false => Bound::Excluded(after),
        };
        for entry in self.0.range::<&str>((from, Bound::Unbounded)).map_err(failed)? {
            let (key, value) = entry.map_err(failed)?;
            if !key.value().starts_with(prefix) || !take(key.value(), value.value())? {
                break;
            }
        }
        Ok(())
    }
}

fn failed(error: impl Into<redb::Error>) -> StoreError {
    StoreError::unavailable(error.into().to_string())
}

impl Journal for FileJournal {
    const WRITES_MAX: usize = 97;

    async fn begin(&self, work: &Work, digest: &Digest, lease: Lease) -> Result<Begun, StoreError> {
        let (work, digest) = (work.clone(), *digest);
        self.run(Safety::Later, move |book| book.begin(&work, &digest, lease)).await
    }

    async fn commit(&self, claim: &Claim, done: Done) -> Result<(), JournalError> {
        let (given, max) = (done.writes.len(), Self::WRITES_MAX);
        if given > max {
            return Err(JournalError::TooManyWrites { given, max });
        }
        let claim = claim.clone();
        self.run(Safety::Durable, move |book| book.commit(&claim, done)).await
    }

    async fn release(&self, claim: &Claim, not_before: Timestamp) -> Result<(), StoreError> {
        let claim = claim.clone();
        self.run(Safety::Durable, move |book| book.release(&claim, not_before)).await
    }

    async fn park(&self, claim: &Claim, parked: ParkedWork) -> Result<(), JournalError> {
        let claim = claim.clone();
        self.run(Safety::Durable, move |book| book.park(&claim, &parked)).await
    }

    async fn published(&self, work: &Work) -> Result<(), StoreError> {
        let work = work.clone();
        self.run(Safety::Later, move |book| book.published(&work)).await
    }

    async fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        let service = service.to_owned();
        self.run(Safety::Later, move |book| book.unpublished(&service, before, max)).await
    }

    async fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        let (service, after) = (service.to_owned(), after.cloned());
        self.run(Safety::Later, move |book| book.parked(&service, after.as_ref(), max)).await
    }

    async fn reopen(
        &self,
        work: &Work,
        lease: Lease,
    ) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        let work = work.clone();
        self.run(Safety::Durable, move |book| book.reopen(&work, lease)).await
    }

    async fn row(&self, service: &str, row: &RowKey) -> Result<Option<Row>, StoreError> {
        let (service, row) = (service.to_owned(), row.clone());
        self.run(Safety::Later, move |book| book.row(&service, &row)).await
    }
}
