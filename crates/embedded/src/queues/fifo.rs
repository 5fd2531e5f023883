//! Groups of FIFO queues: a group is one entry in line, at its first message.
//!
//! While a message of a group is in flight the group's entry lies in the future, so that no other
//! message of it is found. One receive may take several messages of one group, in their order.

use redb::ReadableTable;

use super::record::Record;
use super::settings::RECEIVE_MAX;
use crate::store::Fault;
use crate::store::codec::Damaged;
use crate::store::transaction::Transaction;

/// Puts a new message at the end of its group, and the group in line when it is the only one.
pub(crate) fn join(
    tables: &mut Transaction<'_>,
    queue: u32,
    group: &str,
    sequence: u64,
    visible_at: i64,
) -> Result<(), Fault> {
    tables.group_messages.insert((queue, group, sequence), ())?;
    if tables.groups.get((queue, group))?.is_none() {
        enter(tables, queue, group, Entry { at: visible_at, head: sequence, in_flight: 0 })?;
    }
    Ok(())
}

/// The place of a group in line.
struct Entry {
    at: i64,
    head: u64,
    in_flight: u32,
}

fn enter(tables: &mut Transaction<'_>, queue: u32, group: &str, to: Entry) -> Result<(), Fault> {
    tables.groups.insert((queue, group), (to.at, to.head))?;
    tables.ready.insert((queue, to.at, to.head), to.in_flight)?;
    Ok(())
}

/// Puts a group where it belongs after its messages or their visibility changed: at the time when
/// none of it is in flight any more, or out of line when it has none left.
pub(crate) fn settle(
    tables: &mut Transaction<'_>,
    queue: u32,
    group: &str,
    now: i64,
) -> Result<(), Fault> {
    let before = tables.groups.get((queue, group))?.map(|found| found.value());
    if let Some((at, head)) = before {
        tables.ready.remove((queue, at, head))?;
    }
    match entry(tables, queue, group, now)? {
        Some(entry) => enter(tables, queue, group, entry)?,
        None => {
            tables.groups.remove((queue, group))?;
        }
    }
    Ok(())
}

/// Where a group belongs. What is in flight is among its first messages: a receive takes from the
/// front, at most ten, and nothing of the group until all of those are back or gone.
fn entry(
    tables: &Transaction<'_>,
    queue: u32,
    group: &str,
    now: i64,
) -> Result<Option<Entry>, Fault> {
    let mut entry: Option<Entry> = None;
    for sequence in first(tables, queue, group, RECEIVE_MAX)? {
        let receipt = tables.receipts.get((queue, sequence))?.map(|found| found.value().2);
        let flying = receipt.filter(|visible_at| *visible_at > now);
        match (&mut entry, flying) {
            (None, None) => {
                let at = receipt.map_or_else(|| visible_at(tables, queue, sequence), Ok)?;
                entry = Some(Entry { at, head: sequence, in_flight: 0 });
            }
            (None, Some(at)) => entry = Some(Entry { at, head: sequence, in_flight: 1 }),
            (Some(entry), Some(at)) => {
                entry.at = entry.at.max(at);
                entry.in_flight += 1;
            }
            (Some(_), None) => {}
        }
    }
    Ok(entry)
}

/// The first messages of a group.
pub(crate) fn first(
    tables: &Transaction<'_>,
    queue: u32,
    group: &str,
    limit: usize,
) -> Result<Vec<u64>, Fault> {
    let all = (queue, group, 0)..=(queue, group, u64::MAX);
    let range = tables.group_messages.range(all)?.take(limit);
    range.map(|entry| Ok(entry?.0.value().2)).collect()
}

/// When a message that was never received can be.
fn visible_at(tables: &Transaction<'_>, queue: u32, sequence: u64) -> Result<i64, Fault> {
    let record = tables.messages.get((queue, sequence))?.ok_or(Damaged)?;
    Ok(Record::read(record.value())?.visible_at)
}
