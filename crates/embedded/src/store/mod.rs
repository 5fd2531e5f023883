//! The durable store of the bus on one machine: ledger, delivery items, rule sets, streams and
//! queues in one database file.
//!
//! [`Store`] is the one writer of a data folder. It hands every write to a thread of its own that
//! combines the writes of many callers into one durable commit (`writer`). Others read the folder
//! beside it through [`crate::reader::Reader`].

mod accept;
mod checkpoints;
mod chunk;
pub(crate) mod codec;
pub(crate) mod database;
mod deliveries;
mod error;
mod folder;
pub(crate) mod format;
mod identities;
pub(crate) mod instant;
mod job;
mod ledger;
pub(crate) mod log;
pub(crate) mod numbers;
pub(crate) mod page;
pub(crate) mod retention;
mod rule_sets;
mod seal;
pub(crate) mod stream_log;
mod streams;
pub(crate) mod transaction;
pub(crate) mod work;
mod writer;

pub(crate) use chunk::Stored;
pub(crate) use error::Fault;
pub use error::OpenError;
pub use folder::Folder;
pub(crate) use identities::Found;
pub(crate) use job::Promise;

use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::{Notify, Semaphore};

use database::Slot;
use job::{Call, Job};
use transaction::Transaction;

use crate::queues::Arrivals;

/// Memory for jobs that wait for the writer, in KiB: 32 MiB. Who wants more waits.
const BACKLOG_KIB: u32 = 32 * 1024;

/// The durable store in a data folder; a clone is another handle of the same store.
///
/// It is a [`Ledger`](eventyard_bus::Ledger), [`Deliveries`](eventyard_bus::Deliveries),
/// [`RuleSets`](eventyard_bus::RuleSets) and [`Streams`](eventyard_bus::Streams), and has the embedded
/// [`queues`](Self::queues). When the
/// last handle goes, everything written is committed and the file is closed.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    slot: Arc<Slot>,
    /// Gone once the store is being closed.
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    backlog: Arc<Semaphore>,
    arrivals: Arrivals,
    /// Told of every append to a stream.
    news: Notify,
}

impl Store {
    /// Opens the store in the folder `dir` as its one writer; makes both when they are not there.
    ///
    /// A store whose writer was killed recovers at once. Pages that were open then are taken over
    /// by the first [`take_over`](eventyard_bus::Ledger::take_over)s.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed then.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = Folder::new(dir.as_ref());
        let (database, numbers) = database::open_writer(&folder)?;
        let slot = Arc::new(Slot::new(database));
        let (jobs, waiting) = std::sync::mpsc::channel();
        let thread = writer::start(folder.clone(), Arc::clone(&slot), numbers, waiting)
            .map_err(|source| OpenError::Folder { folder: folder.root().to_owned(), source })?;
        let inner = Inner {
            folder,
            slot,
            jobs: Some(jobs),
            thread: Mutex::new(Some(thread)),
            backlog: Arc::new(Semaphore::new(usize::try_from(BACKLOG_KIB).unwrap_or(1024))),
            arrivals: Arrivals::default(),
            news: Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The folder that the store is in.
    pub fn folder(&self) -> &Folder {
        &self.inner.folder
    }

    /// Waits until everything that was written before is on the disk.
    ///
    /// # Errors
    /// [`Unavailable`](eventyard_bus::StoreError::Unavailable): what was not durable is lost.
    pub async fn flush(&self) -> Result<(), eventyard_bus::StoreError> {
        Ok(self.call(Promise::Flush, 0, |_| Ok(())).await?)
    }

    /// Ends the leases that attempts of an earlier process hold, so that they are made again at once and
    /// not after their leases; answers how many.
    ///
    /// There is one writer, and this is it: whoever claimed them is gone. To be called before this
    /// process claims any.
    ///
    /// # Errors
    /// The store failed; the leases are as they were, and end by themselves.
    pub async fn release_claims(
        &self,
        now: eventyard_event::Timestamp,
    ) -> Result<usize, eventyard_bus::StoreError> {
        Ok(self.call(Promise::Relaxed, 0, move |tables| work::release(tables, now)).await?)
    }

    pub(crate) fn slot(&self) -> &Arc<Slot> {
        &self.inner.slot
    }

    pub(crate) fn arrivals(&self) -> &Arrivals {
        &self.inner.arrivals
    }

    /// Told of every append to a stream; one who waits hears of it.
    pub(crate) fn news(&self) -> &Notify {
        &self.inner.news
    }

    /// Has the writer do `work`, which writes about `bytes`. A caller that goes away meanwhile
    /// does not undo it.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        promise: Promise,
        bytes: usize,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let kib = u32::try_from(bytes / 1024).unwrap_or(BACKLOG_KIB).saturating_add(1);
        let backlog = Arc::clone(&self.inner.backlog);
        let share = backlog.acquire_many_owned(kib.min(BACKLOG_KIB)).await;
        let share = share.map_err(|_| Fault::closed())?;
        let weight = u64::try_from(bytes).unwrap_or(u64::MAX);
        let (job, answer) = Call::new(promise, weight, share, work);
        let jobs = self.inner.jobs.as_ref().ok_or_else(Fault::closed)?;
        jobs.send(Box::new(job)).map_err(|_| Fault::closed())?;
        answer.await.map_err(|_| Fault::closed())?
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let thread = self.thread.get_mut().map(Option::take);
        if let Ok(Some(thread)) = thread {
            // A panic of the writer was seen by its callers.
            drop(thread.join());
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}
