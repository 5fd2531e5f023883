//! Where a reader reads: the file of a folder, or a store that is open in this process.

use std::sync::Arc;

use redb::{ReadOnlyDatabase, ReadTransaction, ReadableDatabase};

use crate::store::Fault;
use crate::store::database::Slot;

/// A database to read; every read is a snapshot of its own.
#[derive(Clone)]
pub(super) enum Source {
    File(Arc<ReadOnlyDatabase>),
    Store(Arc<Slot>),
}

impl Source {
    /// The state of the last commit. It pins what the writer would reuse, so it is held for one
    /// step only.
    pub fn begin(&self) -> Result<ReadTransaction, Fault> {
        match self {
            Self::File(database) => Ok(database.begin_read()?),
            Self::Store(slot) => slot.with(|database| Ok(database.begin_read()?)),
        }
    }
}

/// The steps of a long read: each reads some items and the place to go on from.
pub(super) trait Steps {
    type Item;

    /// Reads some items, at least one unless there are none left.
    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<Self::Item>, Fault>;
}

/// An iterator over the items of all steps, in bounded memory.
pub(super) struct Stepped<S: Steps> {
    source: Source,
    steps: S,
    ready: std::vec::IntoIter<S::Item>,
    done: bool,
}

impl<S: Steps> Stepped<S> {
    pub fn new(source: Source, steps: S) -> Self {
        Self { source, steps, ready: Vec::new().into_iter(), done: false }
    }

    fn fill(&mut self) -> Result<(), Fault> {
        let read = self.source.begin()?;
        let items = self.steps.step(&read)?;
        self.done = items.is_empty();
        self.ready = items.into_iter();
        Ok(())
    }
}

impl<S: Steps> Iterator for Stepped<S> {
    type Item = Result<S::Item, eventyard_bus::StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.len() == 0
            && !self.done
            && let Err(fault) = self.fill()
        {
            self.done = true;
            return Some(Err(fault.into()));
        }
        self.ready.next().map(Ok)
    }
}
