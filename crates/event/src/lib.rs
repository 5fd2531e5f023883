//! The event: CloudEvents 1.0, its JSON, its limits, its identity.
//!
//! Bytes come in, checked values go out. [`json`] reads text into a settled tree; [`Event`] is a
//! CloudEvents 1.0 event that keeps its document as it was sent; [`decode`] recognises the shapes
//! that arrive on queues, topics and buses and turns each into events, or says why it cannot.
//!
//! Nothing here awaits, reads a clock or the environment, or panics.
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

pub mod decode;
mod event;
mod ids;
pub mod json;
mod limits;

pub use event::{Data, Event, EventBuilder, EventError, EventErrorKind, Extension, Travel};
pub use ids::{DeliveryId, Digest, Identity, InvalidId, short_hash};
pub use jiff::Timestamp;
pub use limits::Limits;
