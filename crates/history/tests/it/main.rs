//! The log read again, on memory.

mod lists;
mod replays;
mod world;
