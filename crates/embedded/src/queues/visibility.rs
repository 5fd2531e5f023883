//! Changing when a message in flight is visible again.

use redb::ReadableTable;

use super::receipt::Receipt;
use super::record::Record;
use super::settings::Queue;
use super::{QueueError, fifo};
use crate::store::Fault;
use crate::store::codec::Damaged;
use crate::store::transaction::Transaction;

/// Makes the message of a receipt visible again at `until`, which may be now.
pub(crate) fn change(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    receipt: Receipt,
    now: i64,
    until: i64,
) -> Result<Result<(), QueueError>, Fault> {
    let place = (queue.id, receipt.sequence);
    let received = tables.receipts.get(place)?.map(|found| found.value());
    let Some((receive_count, first, visible_at)) = received else {
        return Ok(Err(QueueError::NotInFlight));
    };
    if receive_count != receipt.receive_count || visible_at <= now {
        return Ok(Err(QueueError::NotInFlight));
    }
    tables.receipts.insert(place, (receive_count, first, until))?;
    match group(tables, queue, receipt.sequence)? {
        Some(group) => fifo::settle(tables, queue.id, &group, now)?,
        None => {
            tables.ready.remove((queue.id, visible_at, receipt.sequence))?;
            tables.ready.insert((queue.id, until, receipt.sequence), 1)?;
        }
    }
    Ok(Ok(()))
}

/// The group of a message of a FIFO queue.
fn group(tables: &Transaction<'_>, queue: &Queue, sequence: u64) -> Result<Option<String>, Fault> {
    if !queue.settings.fifo {
        return Ok(None);
    }
    let record = tables.messages.get((queue.id, sequence))?.ok_or(Damaged)?;
    Ok(Record::read(record.value())?.group)
}
