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
//! How events come over HTTP, the same behind every door: what a request's body holds, and how its
//! events are answered (CloudEvents HTTP binding 1.0.2, NDJSON, JSON).
//!
//! ```text
//! headers ─▶ kind ─▶ Documents ─▶ Frames ─▶ Batch ─▶ events, accepted by the bus ─▶ Results ─▶ status, JSON
//!                 └▶ Binary ───▶ binary ──▶
//! ```
//!
//! It knows no server, no runtime and no store: who listens reads the body and accepts the events.

// The body.
mod array;
mod binary;
mod frames;
mod kind;

// Its events.
mod batch;

// The answer.
mod refusal;
mod results;

pub use batch::Batch;
pub use binary::binary;
pub use frames::{Frame, Frames, Framing};
pub use kind::{BodyKind, kind};
pub use refusal::Refusal;
pub use results::{EventRefusal, EventResult, Results};
