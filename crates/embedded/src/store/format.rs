//! The tables of the database, and the version of their layout.

use redb::TableDefinition;

/// The layout that this version writes and reads; any other is refused by name.
pub(crate) const FORMAT: u64 = 1;

/// A 32-byte key: an event's identity, then a delivery's id.
pub(crate) type DeliveryBytes = [u8; 32];

/// Numbers of the store by name: its format, the next sequence numbers.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// The log: the sequence number of a chunk's first event, then up to 64 KiB of events.
pub(crate) const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");

/// The first eight bytes of an identity (the next free number where taken), then the event's
/// sequence number. The newest events are not in it yet: see `identities`.
pub(crate) const IDENTITIES: TableDefinition<'_, u64, u64> = TableDefinition::new("identities");

/// Page number, then what the page names.
pub(crate) const PAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pages");

/// Pages that are not sealed, then who works on them.
pub(crate) const OPEN_PAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("open-pages");

/// Pages that are sealed, then which deliveries were made, and when.
pub(crate) const OUTCOMES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("outcomes");

/// Delivery items, as JSON.
pub(crate) const DELIVERIES: TableDefinition<'_, DeliveryBytes, &[u8]> =
    TableDefinition::new("deliveries");

/// What counts as due: unfinished deliveries by target, by the time they need attention, then by
/// their place in the log (page; entry and delivery). Of a group only its head is here.
pub(crate) const WORK: TableDefinition<'_, (&str, i64, u64, u64, DeliveryBytes), ()> =
    TableDefinition::new("work");

/// Unfinished deliveries of groups: by target, group and place in the log, then the time they need
/// attention.
pub(crate) const WORK_GROUPS: TableDefinition<'_, (&str, &str, u64, u64, DeliveryBytes), i64> =
    TableDefinition::new("work-groups");

/// Parked deliveries by the time they were parked.
pub(crate) const PARKED: TableDefinition<'_, (i64, DeliveryBytes), ()> =
    TableDefinition::new("parked");

/// What could not be decoded, as JSON, by input and message id.
pub(crate) const UNDECODABLE: TableDefinition<'_, (&str, &str), &[u8]> =
    TableDefinition::new("undecodable");

/// Rule sets by version, as JSON; under `active/` and the version of a deployment the version in force.
pub(crate) const RULE_SETS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("rule-sets");

/// How far readers of the log have come, by name.
pub(crate) const CHECKPOINTS: TableDefinition<'_, &str, &[u8]> =
    TableDefinition::new("checkpoints");

/// Queues by name, as JSON.
pub(crate) const QUEUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("queues");

/// Messages by queue and sequence number.
pub(crate) const MESSAGES: TableDefinition<'_, (u32, u64), &[u8]> =
    TableDefinition::new("messages");

/// What changes about a message: how often it was received, when first, when it is visible again.
pub(crate) const RECEIPTS: TableDefinition<'_, (u32, u64), (u32, i64, i64)> =
    TableDefinition::new("receipts");

/// What can be received by queue and by the time it can, then how many messages are in flight
/// there. A group of a FIFO queue has one entry, at its first message; any other message its own.
pub(crate) const READY: TableDefinition<'_, (u32, i64, u64), u32> = TableDefinition::new("ready");

/// The entry of a group in `ready`.
pub(crate) const GROUPS: TableDefinition<'_, (u32, &str), (i64, u64)> =
    TableDefinition::new("groups");

/// The messages of a group, in their order.
pub(crate) const GROUP_MESSAGES: TableDefinition<'_, (u32, &str, u64), ()> =
    TableDefinition::new("group-messages");

/// Deduplication ids of FIFO queues, then the message that had it and the end of the window.
pub(crate) const DEDUPLICATION: TableDefinition<'_, (u32, &str), (u64, i64)> =
    TableDefinition::new("deduplication");

/// Deduplication ids by the end of their window.
pub(crate) const DEDUPLICATION_ENDS: TableDefinition<'_, (i64, u32, &str), ()> =
    TableDefinition::new("deduplication-ends");

/// The number of messages of a queue, in any state.
pub(crate) const QUEUE_LENGTHS: TableDefinition<'_, u32, u64> =
    TableDefinition::new("queue-lengths");

/// Events of streams by stream and version: identity, digest, time, document.
pub(crate) const STREAM_EVENTS: TableDefinition<'_, (&str, u64), &[u8]> =
    TableDefinition::new("stream-events");

/// Streams by name, then their last version and the one up to which they were routed.
pub(crate) const STREAMS: TableDefinition<'_, &str, (u64, u64)> = TableDefinition::new("streams");

/// Streams with events that were not routed.
pub(crate) const UNLISTED: TableDefinition<'_, &str, ()> = TableDefinition::new("unlisted");

/// Snapshots of streams by stream and version: time, state.
pub(crate) const SNAPSHOTS: TableDefinition<'_, (&str, u64), &[u8]> =
    TableDefinition::new("snapshots");
