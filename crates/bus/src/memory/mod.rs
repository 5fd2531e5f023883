//! One adapter in memory for every port: the stand-ins of every test, in this crate and others.
//!
//! They keep the ports' promises to the letter (the contract suites run on them), and forget all
//! when the last clone is gone. A clone shares its state, so a test that "crashes" a bus starts another one
//! on clones of the same stores.

mod breakers;
mod checkpoints;
mod clock;
mod deliveries;
mod history;
mod journal;
mod ledger;
mod observer;
mod ports;
mod rule_sets;
mod store;
mod streams;
mod targets;

pub use breakers::MemoryBreakers;
pub use clock::ManualClock;
pub use journal::MemoryJournal;
pub use observer::RecordingObserver;
pub use ports::MemoryPorts;
pub use store::MemoryStore;
pub use targets::{RecordingTargets, Shipment};
