//! The one thread that writes: it combines what many callers want into one durable commit.
//!
//! A commit costs two flushes of the disk however much is in it. So while one commit runs the jobs
//! of other callers gather, and all of them become the next. A job says what it needs:
//!
//! | promise | answered | committed |
//! |---|---|---|
//! | read | as soon as it has run | never |
//! | relaxed | as soon as it has run | with the next durable job, or when none comes |
//! | durable | after the commit | at once |
//! | flush | after the commit of what was written before it | – |
//!
//! `// INVARIANT (order)`: jobs take effect in the order they came. A crash can only lose the
//! last of them, so whatever is durable has everything under it that was done before. That is why
//! a seal may be relaxed: when it is lost, the open page is delivered again by its stored plan.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::database::{self, Slot};
use super::error::Fault;
use super::folder::Folder;
use super::job::{Job, Promise};
use super::numbers::Numbers;
use super::transaction::Transaction;

/// How long relaxed jobs wait for company before they are committed.
const LINGER: Duration = Duration::from_millis(5);

/// What one commit takes at most, so that no caller waits for long.
const JOBS_MAX: usize = 4096;
const WEIGHT_MAX: u64 = 16 * 1024 * 1024;

/// The state of the writing thread.
struct Writer {
    folder: Folder,
    slot: Arc<Slot>,
    numbers: Numbers,
    jobs: Receiver<Box<dyn Job>>,
}

/// The jobs of one transaction so far.
#[derive(Default)]
struct Batch {
    /// Durable jobs, which are answered after the commit.
    waiting: Vec<Box<dyn Job>>,
    /// Whether anything was written.
    written: bool,
    jobs: usize,
    weight: u64,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.jobs >= JOBS_MAX || self.weight >= WEIGHT_MAX
    }

    /// Runs one job; what it waits for decides when it is answered.
    fn run(&mut self, mut job: Box<dyn Job>, tables: &mut Transaction<'_>) -> Result<(), Fault> {
        self.jobs += 1;
        self.weight += job.weight();
        self.written |= matches!(job.promise(), Promise::Relaxed | Promise::Durable);
        let at_once = matches!(job.promise(), Promise::Read | Promise::Relaxed);
        match job.run(tables) {
            Ok(()) if at_once => job.answer(Ok(())),
            Ok(()) => self.waiting.push(job),
            Err(fault) => {
                self.waiting.push(job);
                return Err(fault);
            }
        }
        Ok(())
    }
}

/// Starts the thread; it ends, with everything committed, when the last sender is gone.
pub(crate) fn start(
    folder: Folder,
    slot: Arc<Slot>,
    numbers: Numbers,
    jobs: Receiver<Box<dyn Job>>,
) -> std::io::Result<JoinHandle<()>> {
    let writer = Writer { folder, slot, numbers, jobs };
    std::thread::Builder::new().name("store".to_owned()).spawn(|| writer.work())
}

impl Writer {
    fn work(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let mut batch = Batch::default();
            let outcome = self.transaction(first, &mut batch);
            for job in batch.waiting {
                job.answer(outcome.as_ref().map(|_| ()).map_err(Clone::clone));
            }
            if let Err(fault) = outcome {
                self.reopen(&fault);
            }
        }
        let last = self.slot.replace(Err(Fault::closed()));
        if let Ok(Err(error)) = last.map(redb::Database::close) {
            tracing::error!(%error, "the store was not closed cleanly and will recover");
        }
    }

    /// Runs jobs until the transaction is to be committed, and commits it.
    fn transaction(&mut self, first: Box<dyn Job>, batch: &mut Batch) -> Result<(), Fault> {
        let mut first = Some(first);
        let outcome = self.commit(&mut first, batch);
        // A job that did not even begin is told as well.
        batch.waiting.extend(first);
        outcome
    }

    fn commit(&mut self, first: &mut Option<Box<dyn Job>>, batch: &mut Batch) -> Result<(), Fault> {
        let mut write = self.slot.with(|database| Ok(database.begin_write()?))?;
        write.set_quick_repair(true);
        {
            let mut tables = Transaction::open(&write, &mut self.numbers)?;
            fill(&self.jobs, first, batch, &mut tables)?;
            if batch.written {
                tables.finish()?;
            }
        }
        if batch.written { Ok(write.commit()?) } else { Ok(write.abort()?) }
    }

    /// Opens the database again after a failure: redb writes nothing more after one, and the last
    /// commit is whole. Claims of before are void, since what was relaxed is lost.
    fn reopen(&mut self, fault: &Fault) {
        tracing::error!(error = %fault, "the store failed and is opened again");
        // The file's locks go with the old handle, before the new one takes them.
        drop(self.slot.replace(Err(fault.clone())));
        let opened = database::open_writer(&self.folder).map(|(database, numbers)| {
            self.numbers = numbers;
            database
        });
        if let Err(error) = &opened {
            tracing::error!(%error, "the store could not be opened again");
        }
        // Without a database every job fails with the reason, and each failure tries again.
        drop(self.slot.replace(opened.map_err(Fault::not_reopened)));
    }
}

/// Runs jobs as they come: until the batch is full, or none waits and the commit is due.
fn fill(
    jobs: &Receiver<Box<dyn Job>>,
    first: &mut Option<Box<dyn Job>>,
    batch: &mut Batch,
    tables: &mut Transaction<'_>,
) -> Result<(), Fault> {
    let deadline = Instant::now() + LINGER;
    if let Some(job) = first.take() {
        batch.run(job, tables)?;
    }
    while !batch.is_full() {
        match jobs.try_recv() {
            Ok(job) => batch.run(job, tables)?,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) if !batch.written || !batch.waiting.is_empty() => break,
            Err(TryRecvError::Empty) => {
                let left = deadline.saturating_duration_since(Instant::now());
                match jobs.recv_timeout(left) {
                    Ok(job) => batch.run(job, tables)?,
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
        }
    }
    Ok(())
}
