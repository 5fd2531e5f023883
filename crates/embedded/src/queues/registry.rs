//! Which queues there are.

use eventyard_event::Timestamp;
use redb::ReadableTable;

use super::{Queue, QueueName, QueueSettings};
use crate::store::codec::Damaged;
use crate::store::transaction::Transaction;
use crate::store::{Fault, instant, numbers};

/// The queue of this name.
pub(crate) fn find(
    queues: &impl ReadableTable<&'static str, &'static [u8]>,
    name: &QueueName,
) -> Result<Option<Queue>, Fault> {
    let json = queues.get(name.as_str())?;
    Ok(json.map(|json| serde_json::from_slice(json.value())).transpose()?)
}

/// The queue of this name, made with these settings when it is not there.
pub(crate) fn create(
    tables: &mut Transaction<'_>,
    name: &QueueName,
    settings: QueueSettings,
    now: Timestamp,
) -> Result<Queue, Fault> {
    if let Some(queue) = find(&tables.queues, name)? {
        return Ok(queue);
    }
    let id = numbers::take(&mut tables.numbers.next_queue);
    let id = u32::try_from(id).map_err(|_| Damaged)?;
    let queue = Queue { id, created_at: instant::number(now), settings };
    tables.queues.insert(name.as_str(), &*serde_json::to_vec(&queue)?)?;
    Ok(queue)
}

/// The names of the queues that begin with `prefix`.
pub(crate) fn names(
    queues: &impl ReadableTable<&'static str, &'static [u8]>,
    prefix: &str,
) -> Result<Vec<QueueName>, Fault> {
    let mut names = Vec::new();
    for entry in queues.range(prefix..)? {
        match entry?.0.value() {
            name if name.starts_with(prefix) => names.extend(name.parse::<QueueName>()),
            _ => break,
        }
    }
    Ok(names)
}
