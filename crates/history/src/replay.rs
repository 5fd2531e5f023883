//! A replay from beginning to end: what is chosen of the log, page by page, with a checkpoint behind each.
//!
//! The record of a replay is a checkpoint, `replay/NAME`: what was asked for, how far it is, what it came to.
//! A worker that dies leaves it as it was behind the last page; whoever goes on repeats at most one page, under
//! the same delivery ids. Of two workers one is refused at its next checkpoint.

mod ask;
mod record;
mod work;

pub use ask::{ReplayAsk, ReplayError, ReplayPlan};
pub use record::{ReplayRecord, ReplayState, list, pause, read, resume};
pub use work::{DryRun, Replaying, Route, Step, dry_run, start};
