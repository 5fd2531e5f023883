//! The factory: sensors say what they measure, the bus decides by content who hears of it.
//!
//! | module | what |
//! |---|---|
//! | [`monitoring`] | the service behind the queue `monitoring.fifo`: one row per machine, in the order of its readings |
//! | [`hall`] | the bus, the service and an alert desk in one process, for the story and its test |

pub mod hall;
pub mod monitoring;
