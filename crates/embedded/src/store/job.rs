//! What callers give the writer: a piece of work on the tables, and the way back.

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::error::Fault;
use super::transaction::Transaction;

/// When a job is answered and committed; the writer's table says how they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promise {
    /// It only reads, what jobs before it wrote included.
    Read,
    /// It may be lost in a crash, together with everything after it.
    Relaxed,
    /// It is on the disk when it is answered.
    Durable,
    /// It writes nothing, but what jobs before it wrote is on the disk when it is answered.
    Flush,
}

/// A piece of work on the tables.
pub(crate) trait Job: Send {
    fn promise(&self) -> Promise;

    /// About how many bytes it writes.
    fn weight(&self) -> u64;

    /// Does the work and keeps the result.
    fn run(&mut self, tables: &mut Transaction<'_>) -> Result<(), Fault>;

    /// Sends the result back, or the failure that undid it.
    fn answer(self: Box<Self>, outcome: Result<(), Fault>);
}

/// The job of running one closure.
pub(crate) struct Call<W, T> {
    promise: Promise,
    weight: u64,
    work: Option<W>,
    result: Option<T>,
    back: oneshot::Sender<Result<T, Fault>>,
    /// The caller's share of the memory for waiting jobs, given back with the answer.
    _share: OwnedSemaphorePermit,
}

impl<W, T> Call<W, T>
where
    W: FnOnce(&mut Transaction<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    pub fn new(
        promise: Promise,
        weight: u64,
        share: OwnedSemaphorePermit,
        work: W,
    ) -> (Self, oneshot::Receiver<Result<T, Fault>>) {
        let (back, answer) = oneshot::channel();
        let work = Some(work);
        (Self { promise, weight, work, result: None, back, _share: share }, answer)
    }
}

impl<W, T> Job for Call<W, T>
where
    W: FnOnce(&mut Transaction<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    fn promise(&self) -> Promise {
        self.promise
    }

    fn weight(&self) -> u64 {
        self.weight
    }

    fn run(&mut self, tables: &mut Transaction<'_>) -> Result<(), Fault> {
        if let Some(work) = self.work.take() {
            self.result = Some(work(tables)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Fault>) {
        let Self { result, back, .. } = *self;
        let answer = outcome.and_then(|()| result.ok_or_else(Fault::closed));
        // A caller that went away has no use for the answer.
        drop(back.send(answer));
    }
}
