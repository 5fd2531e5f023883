#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::unreachable,
        clippy::as_conversions
    )
)]
#![forbid(unsafe_code)]
//! The pipeline of the bus over small ports: accept, deliver, retry, park, seal.
//!
//! Comes in: checked [`Event`](eventyard_event::Event)s. Goes out: deliveries at targets, and for
//! every accepted event a page of the log that says what became of it. The promise it keeps:
//! every accepted event is stored with its plan before it is delivered; each planned delivery
//! happens at least once, or is parked with its reason, or is visibly in flight
//! (`accepted = delivered ∪ parked ∪ in flight`, computed by [`audit`]).
//!
//! It knows no AWS, no disk, no runtime and no clock: those are [`ports`], and [`memory`] has one
//! adapter of each. An adapter is right when it passes the suites of [`contract`].

// Values.
mod cause;
mod delivery;
mod page;
pub mod replay;
mod settings;
mod stage;
mod time;

// Ports.
pub mod ports;

// Decisions, pure.
pub mod breaker;
pub mod journal;
pub mod rate;
pub mod retry;

// The pipeline.
mod pipeline;

// What people read.
pub mod view;

// Judges and stand-ins.
pub mod audit;
pub mod contract;
pub mod memory;

pub use cause::Cause;
pub use delivery::{
    Attempt, Budget, Delivery, DeliveryKey, DeliveryState, LogPosition, Outcome, Settlement,
    Undecodable,
};
pub use page::{
    Accept, Acceptance, Accepted, Lease, OpenPage, PageClaim, PageNumber, Sealed, StoredEvent,
};
pub use pipeline::{
    Bus, Next, PageReport, RecoverError, ReplayCounts, ReplayReport, ReplayedEvent, Unsealed,
};
pub use ports::{
    AppendError, Appended, Breakers, Checkpoint, CheckpointName, Checkpoints, Clock, Cursor,
    Deliveries, Direction, Expected, Hints, History, Journal, KeptBreaker, Ledger, Loaded,
    LoggedEvent, LoggedPage, Observer, Parcel, ParkedCursor, ParkedPage, ParkedQuery, Place, Ports,
    Route, RuleSets, RulesFile, Sent, Snapshot, SnapshotError, StoreError, StoredRules,
    StreamEvent, StreamName, Streams, Targets,
};
pub use replay::{ReplayName, Replayed};
pub use settings::{BreakerSettings, RetrySettings, Settings};
pub use stage::{DeliveryRef, EventRef, Stage, WaitReason, What};
