//! The log read again, on memory.

mod diffs;
mod lists;
mod replays;
mod world;
