//! Services on the journals that need no AWS.
#![allow(clippy::unwrap_used, missing_docs)]

mod batches;
mod crashes;
mod fates;
mod journal;
mod kit;
mod payloads;
