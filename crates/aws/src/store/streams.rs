//! Stream mode: events of one stream under consecutive versions, appended if the stream is as expected.
//!
//! An event exists with its version or not at all; versions begin at 1 and have no gap. What is appended
//! is routed by whoever reads the table's stream: [`listed`](Streams::listed) says how far that
//! is, so that nothing is left out when records come late or twice.

use eventyard_bus::ports::APPEND_EVENTS_MAX;
use eventyard_bus::{
    AppendError, Appended, Direction, Expected, Snapshot, SnapshotError, StoreError, StreamEvent,
    StreamName, Streams,
};
use eventyard_event::{Event, Timestamp};

use super::body::BODY;
use super::expression::{Change, Condition};
use super::item::{Item, Key};
use super::keys::twenty;
use super::query::Range;
use super::{DynamoStore, event_item, random, time};

/// The attribute of a stream's last version, and of the last one that was routed.
pub(super) const VERSION: &str = "n";
pub(super) const APPENDED: &str = "t";
pub(super) const IDENTITY: &str = "i";

/// Events that one call asks for at most.
const QUERY_EVENTS: usize = 1_000;

impl Streams for DynamoStore {
    /// All actions of a transaction but one, which is the stream's last version.
    fn append_events_max(&self) -> usize {
        (self.settings().transaction_actions_max.max(2) - 1).min(APPEND_EVENTS_MAX)
    }

    /// Costs two units per event and kilobyte, and two for the stream's last version.
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Appended, AppendError> {
        self.append_to(stream, expected, events, now).await
    }

    async fn read(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StreamEvent>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let pk = self.keys().stream(stream.as_str());
        let query = match direction {
            // Nothing of a stream sorts behind its versions.
            Direction::Forwards => self.table().query(&pk, Range::From(version_key(from))),
            Direction::Backwards => {
                let range = Range::Between(version_key(0), version_key(from));
                self.table().query(&pk, range).backwards()
            }
        };
        let mut walk = query.by(limit.min(QUERY_EVENTS)).walk();
        let mut events = Vec::new();
        while events.len() < limit {
            let Some(item) = walk.next().await? else { break };
            events.push(self.stream_event(&item).await?);
        }
        Ok(events)
    }

    async fn last_version(&self, stream: &StreamName) -> Result<u64, StoreError> {
        self.version_at(&self.stream_key(stream, "HEAD")).await
    }

    async fn put_snapshot(
        &self,
        stream: &StreamName,
        version: u64,
        state: &[u8],
        now: Timestamp,
    ) -> Result<(), SnapshotError> {
        self.keep_snapshot(stream, version, state, now).await
    }

    async fn snapshot(&self, stream: &StreamName) -> Result<Option<Snapshot>, StoreError> {
        self.newest_snapshot(stream).await
    }

    async fn listed(&self, stream: &StreamName) -> Result<u64, StoreError> {
        self.version_at(&self.stream_key(stream, "LISTED")).await
    }

    async fn advance_listed(
        &self,
        stream: &StreamName,
        from: u64,
        to: u64,
    ) -> Result<bool, StoreError> {
        let writer = random();
        let change = Change::new("SET n = :to, k = :k").with(":to", to).with(":k", writer);
        let listed = self.stream_key(stream, "LISTED");
        if self.table().update_if(&listed, change, &is_at(from)).await?.is_some() {
            return Ok(true);
        }
        // Refused, or written in a try whose answer was lost.
        let there = self.table().get(&listed).await?;
        Ok(there.is_some_and(|there| there.number("k").ok() == Some(writer)))
    }
}

impl DynamoStore {
    /// The stream that an item with this partition key is of; none when it is of no stream of this bus.
    #[must_use]
    pub fn stream_of(&self, pk: &str) -> Option<StreamName> {
        pk.strip_prefix(&self.keys().stream(""))?.parse().ok()
    }

    pub(super) fn stream_key(&self, stream: &StreamName, sk: &str) -> Key {
        Key::new(self.keys().stream(stream.as_str()), sk)
    }

    async fn version_at(&self, key: &Key) -> Result<u64, StoreError> {
        let item = self.table().get(key).await?;
        Ok(item.map(|item| item.number(VERSION)).transpose()?.unwrap_or(0))
    }

    async fn stream_event(&self, item: &Item) -> Result<StreamEvent, StoreError> {
        let body = BODY.unpack(self.table(), item).await?.ok_or_else(|| item.corrupt("b"))?;
        Ok(StreamEvent {
            version: version_of(item)?,
            event: event_item::read_document(&body).map_err(item.damaged("b"))?,
            appended_at: time::time(item, APPENDED)?,
        })
    }
}

/// The sort key of a version.
pub(super) fn version_key(version: u64) -> String {
    format!("V#{}", twenty(version))
}

/// The version that an item is of.
pub(super) fn version_of(item: &Item) -> Result<u64, StoreError> {
    let version = item.text("sk")?.strip_prefix("V#").and_then(|digits| digits.parse().ok());
    version.ok_or_else(|| item.corrupt("sk"))
}

/// What holds for a stream, or for what was routed of it, at this version.
pub(super) fn is_at(version: u64) -> Condition {
    match version {
        0 => Condition::that("attribute_not_exists(n)"),
        _ => Condition::that("n = :n").with(":n", version),
    }
}
