//! Receiving: what is visible, the longest visible first, and hidden from then on.

use redb::ReadableTable;

use super::receipt::Receipt;
use super::record::Record;
use super::settings::Queue;
use super::{delete, fifo, send};
use crate::store::Fault;
use crate::store::codec::Damaged;
use crate::store::transaction::Transaction;

/// Messages too old to be kept that one receive clears away.
const CLEARED: usize = 100;

/// A message that was received, its text still a reference.
pub(crate) struct Taken {
    pub receipt: Receipt,
    pub record: Record,
    pub first_received_at: i64,
}

/// Receives at most `max` messages and hides them until `until`.
pub(crate) fn receive(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    max: usize,
    now: i64,
    until: i64,
) -> Result<Vec<Taken>, Fault> {
    forget_old(tables, queue, now)?;
    let mut taken = Vec::new();
    for (at, sequence) in visible(tables, queue.id, now, max)? {
        let record = record(tables, queue.id, sequence)?;
        match record.group.clone().filter(|_| queue.settings.fifo) {
            Some(group) => {
                take_group(tables, queue.id, &group, Span { now, until }, max, &mut taken)?
            }
            None => {
                tables.ready.remove((queue.id, at, sequence))?;
                tables.ready.insert((queue.id, until, sequence), 1)?;
                taken.push(take(tables, queue.id, sequence, record, Span { now, until })?);
            }
        }
        if taken.len() >= max {
            break;
        }
    }
    Ok(taken)
}

/// From when until when a message is in flight.
#[derive(Clone, Copy)]
struct Span {
    now: i64,
    until: i64,
}

/// Takes messages of one group in their order, as many as there is room for.
fn take_group(
    tables: &mut Transaction<'_>,
    queue: u32,
    group: &str,
    span: Span,
    max: usize,
    taken: &mut Vec<Taken>,
) -> Result<(), Fault> {
    for sequence in fifo::first(tables, queue, group, max - taken.len())? {
        let record = record(tables, queue, sequence)?;
        if record.visible_at > span.now {
            break;
        }
        taken.push(take(tables, queue, sequence, record, span)?);
    }
    fifo::settle(tables, queue, group, span.now)
}

/// What is visible, the longest visible first.
fn visible(
    tables: &Transaction<'_>,
    queue: u32,
    now: i64,
    max: usize,
) -> Result<Vec<(i64, u64)>, Fault> {
    let range = tables.ready.range((queue, i64::MIN, 0)..=(queue, now, u64::MAX))?;
    let places = range.take(max).map(|entry| {
        let (_, at, sequence) = entry?.0.value();
        Ok((at, sequence))
    });
    places.collect()
}

fn record(tables: &Transaction<'_>, queue: u32, sequence: u64) -> Result<Record, Fault> {
    let record = tables.messages.get((queue, sequence))?.ok_or(Damaged)?;
    Ok(Record::read(record.value())?)
}

/// Notes one more receive of a message.
fn take(
    tables: &mut Transaction<'_>,
    queue: u32,
    sequence: u64,
    record: Record,
    span: Span,
) -> Result<Taken, Fault> {
    let before = tables.receipts.get((queue, sequence))?.map(|found| found.value());
    let (count, first_received_at, _) = before.unwrap_or((0, span.now, 0));
    let receive_count = count.saturating_add(1);
    tables.receipts.insert((queue, sequence), (receive_count, first_received_at, span.until))?;
    let receipt = Receipt { queue, sequence, receive_count };
    Ok(Taken { receipt, record, first_received_at })
}

/// Deletes messages that are older than the queue keeps them, some at a time; whether there may be more.
pub(crate) fn forget_old(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    now: i64,
) -> Result<bool, Fault> {
    let oldest = now.saturating_sub(send::nanos(queue.settings.retention));
    for _ in 0..CLEARED {
        let all = (queue.id, 0)..=(queue.id, u64::MAX);
        let first = match tables.messages.range(all)?.next().transpose()? {
            Some((key, record)) => (key.value().1, Record::read(record.value())?),
            None => return Ok(false),
        };
        let (sequence, record) = first;
        if record.sent_at > oldest {
            return Ok(false);
        }
        delete::remove(tables, queue, sequence, &record, now)?;
    }
    Ok(true)
}
