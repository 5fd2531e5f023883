//! What the pipeline needs of the world, as small traits.
//!
//! | port | needs | memory adapter |
//! |---|---|---|
//! | [`Ledger`] | accepted events with their plans, pages of the log | [`crate::memory::MemoryStore`] |
//! | [`Deliveries`] | items of deliveries that are not done | the same |
//! | [`RuleSets`] | rule sets by version, for events accepted under older rules | the same |
//! | [`Targets`] | sending | [`crate::memory::RecordingTargets`] |
//! | [`Breakers`] | what is known of failing targets, shared by all workers | [`crate::memory::MemoryBreakers`] |
//! | [`History`] | the log, to be read again | [`crate::memory::MemoryStore`] |
//! | [`Checkpoints`] | how far readers of the log have come | the same |
//! | [`Streams`] | events of one thing under consecutive versions | the same |
//! | [`Journal`] | what a service did with each delivery | [`crate::memory::MemoryJournal`] |
//! | [`Clock`] | the time | [`crate::memory::ManualClock`] |
//! | [`Observer`] | somebody to tell | [`crate::memory::RecordingObserver`] |
//!
//! **Durability.** [`Ledger::accept`] is durable when it returns, and so are [`RuleSets::put`],
//! [`Deliveries::redrive`], [`Deliveries::drop`] and [`Deliveries::park_undecodable`]. Every other
//! write may become durable later, but never before a write that returned earlier: a crash then
//! forgets the end of what was written, the page is open again, and its stored plan runs again.
//!
//! **Dropped futures.** The pipeline may drop any future at any await (a crash looks the same). A
//! port call then has happened wholly or not at all.

mod breakers;
mod checkpoints;
mod deliveries;
mod error;
mod history;
mod journal;
mod ledger;
mod observer;
mod parcel;
mod rule_sets;
mod streams;
mod targets;

pub use breakers::{Breakers, KeptBreaker};
pub use checkpoints::{Checkpoint, CheckpointName, Checkpoints, InvalidCheckpointName};
pub use deliveries::{Deliveries, ParkedCursor, ParkedPage, ParkedQuery};
pub use error::StoreError;
pub use history::{Cursor, Hints, History, InvalidCursor, LoggedEvent, LoggedPage, Place};
pub use journal::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowExpected, RowKey, Work,
    Write,
};
pub use ledger::Ledger;
pub use observer::Observer;
pub use parcel::Parcel;
pub use rule_sets::{RuleSets, RulesFile, StoredRules};
pub use streams::{
    APPEND_EVENTS_MAX, AppendError, Appended, Decision, Direction, Expected, InvalidExpected,
    InvalidStreamName, Loaded, Mark, SNAPSHOT_BYTES_MAX, Snapshot, SnapshotError, StreamEvent,
    StreamName, Streams, decide,
};
pub use targets::{Route, Sent, Targets};

use jiff::Timestamp;

/// The time, as a port, so that tests decide it.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The adapters of one bus, put together by who starts it.
pub trait Ports: Send + Sync + 'static {
    /// Accepted events and the log.
    type Ledger: Ledger;
    /// Delivery items.
    type Deliveries: Deliveries;
    /// Stored rule sets.
    type RuleSets: RuleSets;
    /// Breakers of targets.
    type Breakers: Breakers;
    /// Sending.
    type Targets: Targets;
    /// The time.
    type Clock: Clock;
    /// Somebody to tell.
    type Observer: Observer;

    /// Accepted events and the log.
    fn ledger(&self) -> &Self::Ledger;
    /// Delivery items.
    fn deliveries(&self) -> &Self::Deliveries;
    /// Stored rule sets.
    fn rule_sets(&self) -> &Self::RuleSets;
    /// Breakers of targets.
    fn breakers(&self) -> &Self::Breakers;
    /// Sending.
    fn targets(&self) -> &Self::Targets;
    /// The time.
    fn clock(&self) -> &Self::Clock;
    /// Somebody to tell.
    fn observer(&self) -> &Self::Observer;
}
