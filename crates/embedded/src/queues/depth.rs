//! How full a queue is.

use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use crate::store::Fault;

/// How many messages a queue has, by state, as exact as SQS's own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Depth {
    /// Messages that can be received (`ApproximateNumberOfMessages`). In a FIFO queue those behind
    /// one in flight count here too.
    pub visible: u64,
    /// Messages received and not deleted (`ApproximateNumberOfMessagesNotVisible`).
    pub in_flight: u64,
    /// Messages not to be received yet (`ApproximateNumberOfMessagesDelayed`).
    pub delayed: u64,
}

/// The depth of a queue: its length is a number that is kept, and only what is hidden is counted.
pub(crate) fn depth(
    ready: &impl ReadableTable<(u32, i64, u64), u32>,
    lengths: &impl ReadableTable<u32, u64>,
    queue: u32,
    now: i64,
) -> Result<Depth, Fault> {
    let length = lengths.get(queue)?.map_or(0, |found| found.value());
    let mut depth = Depth::default();
    for entry in ready.range((queue, now.saturating_add(1), 0)..=(queue, i64::MAX, u64::MAX))? {
        match entry?.1.value() {
            0 => depth.delayed += 1,
            in_flight => depth.in_flight += u64::from(in_flight),
        }
    }
    depth.visible = length.saturating_sub(depth.in_flight + depth.delayed);
    Ok(depth)
}
