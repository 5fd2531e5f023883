//! One transaction of the writer: every table, open, and the numbers that go with them.

use redb::{Table, WriteTransaction};

use super::error::Fault;
use super::format::{self, DeliveryBytes};
use super::numbers::Numbers;

type Bytes = &'static [u8];
type Text = &'static str;

/// What a job works on. A job reads and decides first and writes then, so that what it refuses
/// leaves no trace; a [`Fault`] ends the transaction for every job in it.
pub(crate) struct Transaction<'t> {
    pub numbers: &'t mut Numbers,
    pub meta: Table<'t, Text, u64>,
    pub events: Table<'t, u64, Bytes>,
    pub identities: Table<'t, u64, u64>,
    pub pages: Table<'t, u64, Bytes>,
    pub open_pages: Table<'t, u64, Bytes>,
    pub outcomes: Table<'t, u64, Bytes>,
    pub deliveries: Table<'t, DeliveryBytes, Bytes>,
    pub work: Table<'t, (Text, i64, u64, u64, DeliveryBytes), ()>,
    pub work_groups: Table<'t, (Text, Text, u64, u64, DeliveryBytes), i64>,
    pub parked: Table<'t, (i64, DeliveryBytes), ()>,
    pub undecodable: Table<'t, (Text, Text), Bytes>,
    pub rule_sets: Table<'t, Text, Bytes>,
    pub checkpoints: Table<'t, Text, Bytes>,
    pub queues: Table<'t, Text, Bytes>,
    pub messages: Table<'t, (u32, u64), Bytes>,
    pub receipts: Table<'t, (u32, u64), (u32, i64, i64)>,
    pub ready: Table<'t, (u32, i64, u64), u32>,
    pub groups: Table<'t, (u32, Text), (i64, u64)>,
    pub group_messages: Table<'t, (u32, Text, u64), ()>,
    pub deduplication: Table<'t, (u32, Text), (u64, i64)>,
    pub deduplication_ends: Table<'t, (i64, u32, Text), ()>,
    pub queue_lengths: Table<'t, u32, u64>,
    pub stream_events: Table<'t, (Text, u64), Bytes>,
    pub streams: Table<'t, Text, (u64, u64)>,
    pub unlisted: Table<'t, Text, ()>,
    pub snapshots: Table<'t, (Text, u64), Bytes>,
}

impl<'t> Transaction<'t> {
    /// Opens every table, making those that are not there yet.
    pub fn open(write: &'t WriteTransaction, numbers: &'t mut Numbers) -> Result<Self, Fault> {
        Ok(Self {
            numbers,
            meta: write.open_table(format::META)?,
            events: write.open_table(format::EVENTS)?,
            identities: write.open_table(format::IDENTITIES)?,
            pages: write.open_table(format::PAGES)?,
            open_pages: write.open_table(format::OPEN_PAGES)?,
            outcomes: write.open_table(format::OUTCOMES)?,
            deliveries: write.open_table(format::DELIVERIES)?,
            work: write.open_table(format::WORK)?,
            work_groups: write.open_table(format::WORK_GROUPS)?,
            parked: write.open_table(format::PARKED)?,
            undecodable: write.open_table(format::UNDECODABLE)?,
            rule_sets: write.open_table(format::RULE_SETS)?,
            checkpoints: write.open_table(format::CHECKPOINTS)?,
            queues: write.open_table(format::QUEUES)?,
            messages: write.open_table(format::MESSAGES)?,
            receipts: write.open_table(format::RECEIPTS)?,
            ready: write.open_table(format::READY)?,
            groups: write.open_table(format::GROUPS)?,
            group_messages: write.open_table(format::GROUP_MESSAGES)?,
            deduplication: write.open_table(format::DEDUPLICATION)?,
            deduplication_ends: write.open_table(format::DEDUPLICATION_ENDS)?,
            queue_lengths: write.open_table(format::QUEUE_LENGTHS)?,
            stream_events: write.open_table(format::STREAM_EVENTS)?,
            streams: write.open_table(format::STREAMS)?,
            unlisted: write.open_table(format::UNLISTED)?,
            snapshots: write.open_table(format::SNAPSHOTS)?,
        })
    }

    /// Writes what waits in memory, before the transaction commits.
    pub fn finish(&mut self) -> Result<(), Fault> {
        self.numbers.tail.settle(&mut self.identities, self.numbers.next_page)?;
        self.numbers.save(&mut self.meta)
    }
}
