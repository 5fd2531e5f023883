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
//! The log read again, over the ports of the bus: what happened, what is delivered again, what other rules
//! would have done.

pub mod chain;
pub mod diff;
pub mod list;
pub mod query;
mod record;
pub mod replay;
pub mod subscription;
