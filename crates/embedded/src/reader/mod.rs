//! What happened, for people: events, traces, parked deliveries, queues, counts, the audit.
//!
//! A [`Reader`] reads a data folder while a bus writes to it, after the bus was stopped, and after
//! it was killed; or the store that is open in the same process. Whatever is long comes as an
//! iterator that reads in steps, each from its own snapshot: memory stays bounded, a slow reader
//! holds nothing up, and what is accepted meanwhile appears at the end.
//!
//! All of it blocks; async callers use a blocking thread.

mod audit;
mod counts;
mod events;
mod history;
mod parked;
mod queues;
mod rules;
mod source;
mod streams;
mod trace;

pub use counts::Counts;
pub use events::LoggedEvent;
pub use eventyard_bus::view::{
    EventFilter, ParkedDelivery, ParkedFilter, Trace, TracedDelivery, TracedEvent, TracedState,
};
pub use queues::{QueueLine, QueuedMessage};

use std::path::Path;
use std::sync::Arc;

use eventyard_bus::audit::Report;
use eventyard_bus::{Direction, StoreError, StoredRules, StreamEvent, StreamName, Undecodable};
use eventyard_event::Timestamp;
use eventyard_rules::Version;

use crate::queues::QueueName;
use crate::store::{Folder, OpenError, Store, database};
use source::{Source, Stepped};

/// Reads a store; a clone reads the same one.
#[derive(Clone)]
pub struct Reader {
    source: Source,
}

impl Store {
    /// A reader of this store. It sees what is committed: all that was answered durably, the rest
    /// a few milliseconds later or after a [`flush`](Self::flush).
    pub fn reader(&self) -> Reader {
        Reader { source: Source::Store(Arc::clone(self.slot())) }
    }
}

impl Reader {
    /// Opens the folder `dir` to read, whether or not a bus writes to it. After a bus was killed
    /// the first reader recovers the store, for which it needs the right to write.
    ///
    /// # Errors
    /// [`OpenError::Missing`] when there is no store; nothing is made then.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        let database = database::open_reader(&Folder::new(dir.as_ref()))?;
        Ok(Self { source: Source::File(Arc::new(database)) })
    }

    /// Accepted events that fit the filter, in the order they were accepted, sealed or not.
    pub fn events(
        &self,
        filter: EventFilter,
    ) -> impl Iterator<Item = Result<LoggedEvent, StoreError>> + Send + use<> {
        let limit = filter.limit.unwrap_or(usize::MAX);
        Stepped::new(self.source.clone(), events::EventSteps::new(filter)).take(limit)
    }

    /// The events of a stream from a version on, in this direction; none when there is no such stream.
    pub fn stream(
        &self,
        stream: StreamName,
        from: u64,
        direction: Direction,
    ) -> impl Iterator<Item = Result<StreamEvent, StoreError>> + Send + use<> {
        Stepped::new(self.source.clone(), streams::StreamSteps::new(stream, from, direction))
    }

    /// The story of every event of this id, or of the one that `source` calls so.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn trace(&self, id: &str, source: Option<&str>) -> Result<Trace, StoreError> {
        Ok(self.source.begin().and_then(|read| trace::trace(&read, id, source))?)
    }

    /// The rule set of this version, as texts; none when no bus on this store ever had it.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn rules(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        Ok(self.source.begin().and_then(|read| rules::rules(&read, version))?)
    }

    /// Parked deliveries that fit the filter, the longest parked first, each with the document of
    /// its event.
    pub fn parked(
        &self,
        filter: ParkedFilter,
    ) -> impl Iterator<Item = Result<ParkedDelivery, StoreError>> + Send + use<> {
        let limit = filter.limit.unwrap_or(usize::MAX);
        Stepped::new(self.source.clone(), parked::ParkedSteps::new(filter)).take(limit)
    }

    /// What could not be decoded, by input and message id.
    pub fn undecodable(
        &self,
    ) -> impl Iterator<Item = Result<Undecodable, StoreError>> + Send + use<> {
        Stepped::new(self.source.clone(), parked::UndecodableSteps::default())
    }

    /// The queues by name, with their depth at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn queues(&self, now: Timestamp) -> Result<Vec<QueueLine>, StoreError> {
        Ok(self.source.begin().and_then(|read| queues::queues(&read, now))?)
    }

    /// The messages of a queue in the order they were sent, whatever their state; receives nothing.
    /// None when there is no such queue.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn messages(
        &self,
        queue: &QueueName,
    ) -> Result<
        Option<impl Iterator<Item = Result<QueuedMessage, StoreError>> + Send + use<>>,
        StoreError,
    > {
        let queue = self.source.begin().and_then(|read| queues::find(&read, queue))?;
        Ok(queue.map(|id| Stepped::new(self.source.clone(), queues::MessageSteps::new(id))))
    }

    /// How much of everything there is.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        Ok(self.source.begin().and_then(|read| counts::counts(&read))?)
    }

    /// Judges the promise over the whole log, in one snapshot. Memory: a small record for each
    /// planned delivery.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn audit(&self) -> Result<Report, StoreError> {
        Ok(self.source.begin().and_then(|read| audit::audit(&read))?)
    }
}
