//! Stream mode: events of one stream under consecutive versions, appended if the stream is as expected.
//!
//! An event exists with its version or not at all; versions begin at 1 and have no gap. What is appended
//! is routed by whoever reads the table's stream: [`listed`](DynamoStore::listed) says how far that
//! is, so that nothing is left out when records come late or twice.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use eventyard_bus::StoreError;
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

/// The name of a stream: 1 to 512 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

/// A text that is no name of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stream's name has 1 to 512 bytes and no control characters")]
pub struct InvalidStreamName;

/// The longest name of a stream, in bytes.
const NAME_BYTES_MAX: usize = 512;

impl StreamName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StreamName {
    type Err = InvalidStreamName;

    fn from_str(text: &str) -> Result<Self, InvalidStreamName> {
        let fits = (1..=NAME_BYTES_MAX).contains(&text.len());
        let is_name = fits && !text.chars().any(char::is_control);
        is_name.then(|| Self(text.into())).ok_or(InvalidStreamName)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What an append expects of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: behind whatever is there.
    Any,
    /// That there is no such stream yet.
    None,
    /// That this is its last version.
    Exact(u64),
}

/// The versions that an append gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// That of its first event.
    pub first: u64,
    /// That of its last event, now the stream's last version.
    pub last: u64,
}

/// Why nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The stream is not as expected.
    #[error("the stream is at version {actual}, which is not what was expected")]
    Conflict {
        /// What was expected.
        expected: Expected,
        /// The stream's last version; 0 when there is no such stream.
        actual: u64,
    },
    /// An append takes one event at least, and not more than one transaction does.
    #[error("an append takes 1 to {max} events, not {given}")]
    Length {
        /// Events given.
        given: usize,
        /// Events at most.
        max: usize,
    },
    /// The store failed. Whether it was appended is not known; the same append again is safe.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEvent {
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The event, its document unchanged.
    pub event: Event,
    /// When it was appended.
    pub appended_at: Timestamp,
}

impl DynamoStore {
    /// The stream that an item with this partition key is of; none when it is of no stream of this bus.
    #[must_use]
    pub fn stream_of(&self, pk: &str) -> Option<StreamName> {
        pk.strip_prefix(&self.keys().stream(""))?.parse().ok()
    }

    /// The events of a stream from a version on, in order, at most `limit`; fewer only at its end.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn read(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<StreamEvent>, StoreError> {
        // Nothing of a stream sorts behind its versions.
        let range = Range::From(version_key(from));
        let query = self.table().query(&self.keys().stream(stream.as_str()), range);
        let mut walk = query.by(limit.clamp(1, 1_000)).walk();
        let mut events = Vec::new();
        while events.len() < limit {
            let Some(item) = walk.next().await? else { break };
            events.push(self.stream_event(&item).await?);
        }
        Ok(events)
    }

    /// The last version of a stream; 0 when there is no such stream.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn last_version(&self, stream: &StreamName) -> Result<u64, StoreError> {
        self.version_at(&self.stream_key(stream, "HEAD")).await
    }

    /// The version up to which a stream's events were routed; 0 at first.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn listed(&self, stream: &StreamName) -> Result<u64, StoreError> {
        self.version_at(&self.stream_key(stream, "LISTED")).await
    }

    /// Notes that a stream's events were routed up to `to`, if it was `from` until now; false, and nothing
    /// is written, when another reader was quicker.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; [`listed`](Self::listed) says.
    pub async fn advance_listed(
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
