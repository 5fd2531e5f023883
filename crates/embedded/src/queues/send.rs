//! Sending: checks, deduplication, and the message's first place.

use eventyard_event::Identity;
use redb::ReadableTable;

use super::message::{Body, Enqueued, NewMessage};
use super::record::{Record, StoredBody};
use super::settings::{BODY_BYTES_MAX, DEDUPLICATION_WINDOW, DELAY_MAX, Queue};
use super::{QueueError, fifo};
use crate::store::Fault;
use crate::store::transaction::Transaction;
use crate::store::{log, numbers};

/// Deduplication ids whose window is over that one send clears away.
const CLEARED: usize = 32;

/// The result of one message: the failure of the database is that of all.
pub(crate) type Each = Result<Enqueued, QueueError>;

/// Sends messages in their order; each is taken or refused on its own.
pub(crate) fn send(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    messages: Vec<NewMessage>,
    now: i64,
) -> Result<Vec<Each>, Fault> {
    if queue.settings.fifo {
        clear_deduplication(tables, now)?;
    }
    let mut results = Vec::with_capacity(messages.len());
    let mut taken = 0;
    for message in messages {
        let result = one(tables, queue, message, now)?;
        taken += u64::from(result.as_ref().is_ok_and(|message| !message.duplicate));
        results.push(result);
    }
    super::length::add(tables, queue.id, taken)?;
    Ok(results)
}

/// Sends one message.
fn one(
    tables: &mut Transaction<'_>,
    queue: &Queue,
    message: NewMessage,
    now: i64,
) -> Result<Each, Fault> {
    let message = match check(queue, message) {
        Ok(message) => message,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let body = match stored_body(tables, message.body)? {
        Ok(body) => body,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // Only messages of FIFO queues have one by now.
    if let Some(id) = message.deduplication.as_deref()
        && let Some(earlier) = earlier(tables, queue.id, id, now)?
    {
        return Ok(Ok(earlier));
    }
    let delay = nanos(message.delay.unwrap_or(queue.settings.delay));
    let record = Record {
        sent_at: now,
        visible_at: now.saturating_add(delay),
        group: message.group,
        deduplication: message.deduplication,
        attributes: message.attributes,
        body,
    };
    put(tables, queue, &record).map(Ok)
}

/// Checks a message against its queue, and gives it its deduplication id.
fn check(queue: &Queue, mut message: NewMessage) -> Result<NewMessage, QueueError> {
    if let Body::Text(text) = &message.body {
        match text.len() {
            0 => return Err(QueueError::BodyEmpty),
            1..=BODY_BYTES_MAX => {}
            len => return Err(QueueError::BodyTooLong(len)),
        }
    }
    if let Some(delay) = message.delay.filter(|delay| *delay > DELAY_MAX) {
        return Err(QueueError::DelayOutOfRange(delay.as_secs()));
    }
    if !queue.settings.fifo {
        return match message.deduplication {
            Some(_) => Err(QueueError::DeduplicationNotPossible),
            None => Ok(message),
        };
    }
    if message.group.is_none() {
        return Err(QueueError::GroupMissing);
    }
    if message.delay.is_some_and(|delay| !delay.is_zero()) {
        return Err(QueueError::DelayNotPossible);
    }
    message.delay = None;
    if message.deduplication.is_none() {
        if !queue.settings.content_based_deduplication {
            return Err(QueueError::DeduplicationMissing);
        }
        message.deduplication = Some(content_hash(&message.body));
    }
    Ok(message)
}

/// What stands for the content of a message when its sender gave no deduplication id.
fn content_hash(body: &Body) -> String {
    match body {
        Body::Text(text) => blake3::hash(text.as_bytes()).to_hex().to_string(),
        Body::Event { identity, .. } => identity.to_string(),
    }
}

/// Resolves the reference to an event, which must be in the log.
fn stored_body(
    tables: &Transaction<'_>,
    body: Body,
) -> Result<Result<StoredBody, QueueError>, Fault> {
    Ok(match body {
        Body::Text(text) => Ok(StoredBody::Text(text)),
        Body::Event { identity, hops, delivery, self_contained } => {
            let sequence = sequence(tables, &identity)?.ok_or(QueueError::EventUnknown);
            sequence.map(|sequence| StoredBody::Event { sequence, hops, delivery, self_contained })
        }
    })
}

fn sequence(tables: &Transaction<'_>, identity: &Identity) -> Result<Option<u64>, Fault> {
    use crate::store::Found;
    let found = tables.numbers.tail.find(&tables.identities, identity, |sequence| {
        // One that was kept long enough and is not deleted yet is still delivered.
        let found = log::with_event_if_there(&tables.events, sequence, |stored| {
            Ok((stored.identity == *identity).then_some(sequence))
        })?;
        Ok(found.flatten().into())
    })?;
    Ok(match found {
        Found::Taken(sequence) => Some(sequence),
        Found::Free(_) => None,
    })
}

/// The message that had this deduplication id within the window.
fn earlier(
    tables: &Transaction<'_>,
    queue: u32,
    id: &str,
    now: i64,
) -> Result<Option<Enqueued>, Fault> {
    let Some(found) = tables.deduplication.get((queue, id))? else {
        return Ok(None);
    };
    let (sequence, end) = found.value();
    let sent_at = end.saturating_sub(nanos(DEDUPLICATION_WINDOW));
    let message_id = Record::message_id(sent_at, sequence);
    Ok((end > now).then_some(Enqueued { message_id, sequence, duplicate: true }))
}

/// Forgets deduplication ids whose window is over.
fn clear_deduplication(tables: &mut Transaction<'_>, now: i64) -> Result<(), Fault> {
    for _ in 0..CLEARED {
        let first = tables.deduplication_ends.first()?.map(|(key, _)| {
            let (end, queue, id) = key.value();
            (end, queue, id.to_owned())
        });
        let Some((end, queue, id)) = first.filter(|(end, ..)| *end <= now) else {
            break;
        };
        tables.deduplication_ends.remove((end, queue, &*id))?;
        let current = tables.deduplication.get((queue, &*id))?.map(|found| found.value().1);
        if current == Some(end) {
            tables.deduplication.remove((queue, &*id))?;
        }
    }
    Ok(())
}

/// Writes a message and puts it in line.
fn put(tables: &mut Transaction<'_>, queue: &Queue, record: &Record) -> Result<Enqueued, Fault> {
    let sequence = numbers::take(&mut tables.numbers.next_message);
    tables.messages.insert((queue.id, sequence), &*record.write()?)?;
    match record.group.as_deref().filter(|_| queue.settings.fifo) {
        Some(group) => fifo::join(tables, queue.id, group, sequence, record.visible_at)?,
        None => {
            tables.ready.insert((queue.id, record.visible_at, sequence), 0)?;
        }
    }
    if let Some(id) = record.deduplication.as_deref() {
        let end = record.sent_at.saturating_add(nanos(DEDUPLICATION_WINDOW));
        tables.deduplication.insert((queue.id, id), (sequence, end))?;
        tables.deduplication_ends.insert((end, queue.id, id), ())?;
    }
    let message_id = Record::message_id(record.sent_at, sequence);
    Ok(Enqueued { message_id, sequence, duplicate: false })
}

/// A duration in the store's nanoseconds.
pub(crate) fn nanos(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
