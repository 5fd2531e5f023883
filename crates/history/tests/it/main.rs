//! The log read again, on memory.

mod chains;
mod diffs;
mod lists;
mod replays;
mod subscriptions;
mod world;
