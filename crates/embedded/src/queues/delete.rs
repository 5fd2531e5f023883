//! The end of messages: deleted by receipt, purged, or too old.

use redb::ReadableTable;

use super::receipt::Receipt;
use super::record::Record;
use super::settings::Queue;
use super::{QueueError, fifo, length};
use crate::store::Fault;
use crate::store::transaction::Transaction;

/// Messages that one step of a purge deletes, so that others get their turn.
const PURGED: usize = 1000;

/// Deletes the message of a receipt. One that is gone already, or was received again since, is no
/// error (SQS, `DeleteMessage`); in a FIFO queue a message that is visible again is.
pub(crate) fn delete(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    receipt: Receipt,
    now: i64,
) -> Result<Result<(), QueueError>, Fault> {
    let place = (queue.id, receipt.sequence);
    let received = tables.receipts.get(place)?.map(|found| found.value());
    let Some((receive_count, _, visible_at)) = received else {
        return Ok(Ok(()));
    };
    if queue.settings.fifo && (visible_at <= now || receive_count != receipt.receive_count) {
        return Ok(Err(QueueError::ReceiptExpired));
    }
    if receive_count != receipt.receive_count {
        return Ok(Ok(()));
    }
    let record = tables.messages.get(place)?.map(|found| Record::read(found.value()));
    if let Some(record) = record.transpose()? {
        remove(tables, queue, receipt.sequence, &record, now)?;
    }
    Ok(Ok(()))
}

/// Takes a message out of every table.
pub(crate) fn remove(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    sequence: u64,
    record: &Record,
    now: i64,
) -> Result<(), Fault> {
    let place = (queue.id, sequence);
    tables.messages.remove(place)?;
    let receipt = tables.receipts.remove(place)?.map(|found| found.value());
    match record.group.as_deref().filter(|_| queue.settings.fifo) {
        Some(group) => {
            tables.group_messages.remove((queue.id, group, sequence))?;
            fifo::settle(tables, queue.id, group, now)?;
        }
        None => {
            let at = receipt.map_or(record.visible_at, |(_, _, visible_at)| visible_at);
            tables.ready.remove((queue.id, at, sequence))?;
        }
    }
    length::subtract(tables, queue.id, 1)
}

/// Deletes some of the messages before `end`; whether there may be more.
pub(crate) fn purge(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    end: u64,
    now: i64,
) -> Result<bool, Fault> {
    let mut some = Vec::new();
    for entry in tables.messages.range((queue.id, 0)..(queue.id, end))?.take(PURGED) {
        let (place, record) = entry?;
        some.push((place.value().1, Record::read(record.value())?));
    }
    for (sequence, record) in &some {
        remove(tables, queue, *sequence, record, now)?;
    }
    Ok(some.len() == PURGED)
}
