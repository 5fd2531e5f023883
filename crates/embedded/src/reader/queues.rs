//! Queues and their messages, without receiving any.

use eventyard_event::Timestamp;
use redb::{ReadTransaction, ReadableTable};
use serde::{Deserialize, Serialize};

use super::source::Steps;
use crate::queues::{self, Attributes, Depth, Queue, QueueName, QueueSettings, Record};
use crate::store::{Fault, format, instant, log};

/// Messages that one step reads; each may be a megabyte, so few.
const STEP: usize = 20;

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLine {
    /// Its name.
    pub queue: QueueName,
    /// How many messages it has, by state.
    #[serde(flatten)]
    pub depth: Depth,
    /// When it was made.
    pub created_at: Timestamp,
    /// How it behaves.
    pub settings: QueueSettings,
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedMessage {
    /// The message's id.
    pub message_id: String,
    /// Its number in the store.
    pub sequence: u64,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From when on it can be received, as far as it itself is concerned.
    pub visible_at: Timestamp,
    /// How often it was received.
    pub receive_count: u32,
    /// Its group, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its attributes.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// What it says.
    pub body: String,
}

pub(super) fn queues(read: &ReadTransaction, now: Timestamp) -> Result<Vec<QueueLine>, Fault> {
    let ready = read.open_table(format::READY)?;
    let lengths = read.open_table(format::QUEUE_LENGTHS)?;
    let now = instant::number(now);
    let mut lines = Vec::new();
    for entry in read.open_table(format::QUEUES)?.iter()? {
        let (name, json) = entry?;
        let queue: Queue = serde_json::from_slice(json.value())?;
        let Ok(name) = name.value().parse() else { continue };
        lines.push(QueueLine {
            queue: name,
            depth: queues::depth(&ready, &lengths, queue.id, now)?,
            created_at: instant::time(queue.created_at),
            settings: queue.settings,
        });
    }
    Ok(lines)
}

/// The number of a queue.
pub(super) fn find(read: &ReadTransaction, name: &QueueName) -> Result<Option<u32>, Fault> {
    let queue = queues::find(&read.open_table(format::QUEUES)?, name)?;
    Ok(queue.map(|queue| queue.id))
}

pub(super) struct MessageSteps {
    queue: u32,
    next: u64,
}

impl MessageSteps {
    pub fn new(queue: u32) -> Self {
        Self { queue, next: 0 }
    }
}

impl Steps for MessageSteps {
    type Item = QueuedMessage;

    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<QueuedMessage>, Fault> {
        let messages = read.open_table(format::MESSAGES)?;
        let receipts = read.open_table(format::RECEIPTS)?;
        let events = read.open_table(format::EVENTS)?;
        let all = (self.queue, self.next)..=(self.queue, u64::MAX);
        let mut found = Vec::new();
        for entry in messages.range(all)?.take(STEP) {
            let (place, record) = entry?;
            let sequence = place.value().1;
            let mut record = Record::read(record.value())?;
            let receipt = receipts.get(place.value())?.map(|found| found.value());
            let event = |sequence| log::with_event(&events, sequence, |stored| stored.event());
            let (receive_count, _, visible_at) = receipt.unwrap_or((0, 0, record.visible_at));
            found.push(QueuedMessage {
                message_id: Record::message_id(record.sent_at, sequence),
                sequence,
                sent_at: instant::time(record.sent_at),
                visible_at: instant::time(visible_at),
                receive_count,
                group: record.group,
                body: record.body.materialise(&mut record.attributes, event)?,
                attributes: record.attributes,
            });
            self.next = sequence + 1;
        }
        Ok(found)
    }
}
