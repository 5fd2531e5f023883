//! How many messages a queue has: a number that is kept, not counted.

use redb::ReadableTable;

use crate::store::Fault;
use crate::store::transaction::Transaction;

/// Counts messages in.
pub(crate) fn add(tables: &mut Transaction<'_>, queue: u32, count: u64) -> Result<(), Fault> {
    change(tables, queue, count, u64::saturating_add)
}

/// Counts messages out.
pub(crate) fn subtract(tables: &mut Transaction<'_>, queue: u32, count: u64) -> Result<(), Fault> {
    change(tables, queue, count, u64::saturating_sub)
}

fn change(
    tables: &mut Transaction<'_>,
    queue: u32,
    count: u64,
    by: impl FnOnce(u64, u64) -> u64,
) -> Result<(), Fault> {
    if count > 0 {
        let before = tables.queue_lengths.get(queue)?.map_or(0, |found| found.value());
        tables.queue_lengths.insert(queue, by(before, count))?;
    }
    Ok(())
}
