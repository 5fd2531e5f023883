//! Opening the database file: as the one writer, or to read beside it.

use redb::{Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadTransaction};
use redb::{ReadableDatabase, StorageError, TableError};
use std::io::ErrorKind;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use super::error::{Fault, OpenError};
use super::folder::Folder;
use super::format::{self, FORMAT};
use super::numbers::Numbers;
use super::transaction::Transaction;

/// Pages of the database kept in memory, in bytes: enough for the index of a million events.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// How often a database that is in use is tried again, and when: a tenth of a second in all.
const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

const FORMAT_NUMBER: &str = "format";

/// One writing process, any number of reading ones (redb, `ConcurrencyMode::SingleWriter`).
fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_concurrency_mode(ConcurrencyMode::SingleWriter);
    builder
}

/// Opens the database to write, making the folder and the tables when they are not there.
pub(crate) fn open_writer(folder: &Folder) -> Result<(Database, Numbers), OpenError> {
    let made = make_folder(folder)?;
    let database = patiently(|| builder().create(folder.database()));
    let database = database.map_err(|error| refusal(folder, error))?;
    let numbers = prepare(&database).map_err(|error| unreadable(folder, &error))?;
    let numbers = numbers.map_err(|found| OpenError::Format { folder: root(folder), found })?;
    if made {
        sync_folder(folder)?;
    }
    Ok((database, numbers))
}

/// Makes the folder; tells whether the database is new in it.
fn make_folder(folder: &Folder) -> Result<bool, OpenError> {
    let unusable = |source| OpenError::Folder { folder: root(folder), source };
    std::fs::create_dir_all(folder.root()).map_err(unusable)?;
    Ok(!folder.database().try_exists().map_err(unusable)?)
}

/// The name of a new file is durable only once its folder is.
fn sync_folder(folder: &Folder) -> Result<(), OpenError> {
    let opened = std::fs::File::open(folder.root());
    opened
        .and_then(|file| file.sync_all())
        .map_err(|source| OpenError::Folder { folder: root(folder), source })
}

/// Checks or writes the format, and reads the numbers; the inner error is another format.
fn prepare(database: &Database) -> Result<Result<Numbers, u64>, Fault> {
    let other = format_of(&database.begin_read()?)?.filter(|found| *found != FORMAT);
    if let Some(found) = other {
        return Ok(Err(found));
    }
    let mut write = database.begin_write()?;
    write.set_quick_repair(true);
    let mut numbers = Numbers::default();
    {
        let mut tables = Transaction::open(&write, &mut numbers)?;
        *tables.numbers = Numbers::load(&tables.meta, &tables.pages)?;
        tables.numbers.generation += 1;
        tables.meta.insert(FORMAT_NUMBER, FORMAT)?;
        tables.finish()?;
    }
    write.commit()?;
    Ok(Ok(numbers))
}

/// The format that a database says it has; none of a new one.
fn format_of(read: &ReadTransaction) -> Result<Option<u64>, Fault> {
    match read.open_table(format::META) {
        Ok(meta) => Ok(Some(meta.get(FORMAT_NUMBER)?.map_or(0, |found| found.value()))),
        // Some other program's database has tables, but not ours.
        Err(TableError::TableDoesNotExist(_)) => {
            Ok(read.list_tables()?.next().is_some().then_some(0))
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens the database to read, beside a writer or without one.
///
/// A writer that was killed leaves a database that must be recovered first, which needs the
/// right to write; redb does it at once, from what each commit noted for it.
pub(crate) fn open_reader(folder: &Folder) -> Result<ReadOnlyDatabase, OpenError> {
    let path = folder.database();
    if !path.exists() {
        return Err(OpenError::Missing { folder: root(folder) });
    }
    let database = patiently(|| match builder().open_read_only(&path) {
        Err(DatabaseError::RepairAborted) => {
            builder().open(&path)?.close()?;
            builder().open_read_only(&path)
        }
        opened => opened,
    });
    let database = database.map_err(|error| refusal(folder, error))?;
    let format = database.begin_read().map_err(Fault::from).and_then(|read| format_of(&read));
    match format.map_err(|error| unreadable(folder, &error))? {
        Some(FORMAT) => Ok(database),
        None => Err(OpenError::Missing { folder: root(folder) }),
        Some(found) => Err(OpenError::Format { folder: root(folder), found }),
    }
}

/// Opens a database that may be in use for an instant: another process may be recovering it just
/// now, to read it. Who writes to it for longer is not waited for.
fn patiently<D>(open: impl Fn() -> Result<D, DatabaseError>) -> Result<D, DatabaseError> {
    for _ in 0..TRIES {
        match open() {
            Err(DatabaseError::DatabaseAlreadyOpen | DatabaseError::RepairAborted) => {
                std::thread::sleep(BETWEEN_TRIES);
            }
            opened => return opened,
        }
    }
    open()
}

/// What redb's refusal means to the one who asked.
fn refusal(folder: &Folder, error: DatabaseError) -> OpenError {
    let folder_path = root(folder);
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            OpenError::InUse { folder: folder_path, url: folder.url() }
        }
        DatabaseError::Storage(StorageError::Io(source))
            if source.kind() != ErrorKind::InvalidData =>
        {
            OpenError::Folder { folder: folder_path, source }
        }
        error => OpenError::Damaged { folder: folder_path, message: error.to_string() },
    }
}

fn unreadable(folder: &Folder, error: &Fault) -> OpenError {
    OpenError::Damaged { folder: root(folder), message: error.to_string() }
}

fn root(folder: &Folder) -> std::path::PathBuf {
    folder.root().to_owned()
}

/// The database of a running store, or why there is none.
pub(crate) struct Slot(RwLock<Result<Database, Fault>>);

impl Slot {
    pub fn new(database: Database) -> Self {
        Self(RwLock::new(Ok(database)))
    }

    /// Does something with the database.
    pub fn with<T>(&self, act: impl FnOnce(&Database) -> Result<T, Fault>) -> Result<T, Fault> {
        // Nothing panics under the lock; if something did, the database would still be whole.
        let slot = self.0.read().unwrap_or_else(PoisonError::into_inner);
        slot.as_ref().map_err(Fault::clone).and_then(act)
    }

    /// Puts another database in, or the reason that there is none, and gives back what was there.
    pub fn replace(&self, with: Result<Database, Fault>) -> Result<Database, Fault> {
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *slot, with)
    }
}
