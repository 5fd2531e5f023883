//! Streams: events of one thing under consecutive versions, appended if the stream is as expected.

mod decision;
mod error;
mod name;

pub use decision::{Decision, Mark, decide};
pub use error::{AppendError, InvalidExpected, SnapshotError};
pub use name::{InvalidStreamName, StreamName};

use super::StoreError;
use eventyard_event::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::str::FromStr;

/// The most events of one append: with the stream's last version they are the hundred actions of one
/// transaction of DynamoDB, so that what fits on one machine fits on AWS.
pub const APPEND_EVENTS_MAX: usize = 99;

/// The most bytes of a snapshot.
pub const SNAPSHOT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Events that [`Streams::load`] asks for at once.
const LOAD_EVENTS: usize = 500;

/// Keeps events of streams, each under its version: 1, 2, 3, without a gap.
///
/// What is appended is routed by the rules like any other event, in the order of its stream, by whoever
/// runs the bus: [`listed`](Self::listed) says how far that is.
pub trait Streams: Send + Sync {
    /// The most events of one append: [`APPEND_EVENTS_MAX`], or fewer where the store takes fewer.
    fn append_events_max(&self) -> usize;

    /// Appends events, all of them under consecutive versions or none; durable when it returns.
    ///
    /// The same append again is answered as the first was and changes nothing: events are the same by
    /// source, id and contents. With [`Expected::Any`] that holds while nothing was appended behind it.
    ///
    /// # Errors
    /// [`AppendError`]; only after [`Store`](AppendError::Store) it may have been appended.
    fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
        now: Timestamp,
    ) -> impl Future<Output = Result<Appended, AppendError>> + Send;

    /// At most `limit` events from the version `from` on, in this direction; fewer only at the stream's
    /// end, or its beginning. Strongly consistent: what was appended before the call is there.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn read(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StreamEvent>, StoreError>> + Send;

    /// The last version of a stream; 0 when there is no such stream.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn last_version(
        &self,
        stream: &StreamName,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Keeps what a stream's events up to a version amount to, in place of what was kept for that version.
    ///
    /// # Errors
    /// [`SnapshotError`]; only after [`Store`](SnapshotError::Store) it may have been kept.
    fn put_snapshot(
        &self,
        stream: &StreamName,
        version: u64,
        state: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), SnapshotError>> + Send;

    /// The snapshot of the highest version; none when there is none.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn snapshot(
        &self,
        stream: &StreamName,
    ) -> impl Future<Output = Result<Option<Snapshot>, StoreError>> + Send;

    /// The version up to which a stream's events were routed; 0 at first.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn listed(&self, stream: &StreamName) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Notes that a stream's events were routed up to `to`, if it was `from` until now; false, and nothing
    /// is written, when another reader was quicker.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; [`listed`](Self::listed) says.
    fn advance_listed(
        &self,
        stream: &StreamName,
        from: u64,
        to: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The newest snapshot and every event behind it: what a stream is folded from. Memory: all of these.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn load(&self, stream: &StreamName) -> impl Future<Output = Result<Loaded, StoreError>> + Send {
        async move {
            let snapshot = self.snapshot(stream).await?;
            let mut loaded = Loaded { snapshot, events: Vec::new() };
            loop {
                let from = loaded.version().saturating_add(1);
                let some = self.read(stream, from, Direction::Forwards, LOAD_EVENTS).await?;
                let is_last = some.len() < LOAD_EVENTS;
                loaded.events.extend(some);
                if is_last {
                    return Ok(loaded);
                }
            }
        }
    }
}

/// What an append expects of its stream. As text: `any`, `none`, or a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: behind whatever is there.
    Any,
    /// That there is no such stream yet.
    None,
    /// That this is its last version.
    Exact(u64),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.pad("any"),
            Self::None => f.pad("none"),
            Self::Exact(version) => version.fmt(f),
        }
    }
}

impl FromStr for Expected {
    type Err = InvalidExpected;

    fn from_str(text: &str) -> Result<Self, InvalidExpected> {
        match text {
            "any" => Ok(Self::Any),
            "none" => Ok(Self::None),
            version => version.parse().map(Self::Exact).map_err(|_| InvalidExpected),
        }
    }
}

/// Which way a stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To later versions.
    #[default]
    Forwards,
    /// To earlier versions.
    Backwards,
}

impl Direction {
    /// The version that a whole stream is read from in this direction.
    #[must_use]
    pub fn start(self) -> u64 {
        match self {
            Self::Forwards => 1,
            Self::Backwards => u64::MAX,
        }
    }
}

/// The versions that an append gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// That of its first event.
    pub first: u64,
    /// That of its last event, the stream's last version then.
    pub last: u64,
}

impl Appended {
    /// The versions of so many events behind the version `after`.
    #[must_use]
    pub fn behind(after: u64, events: usize) -> Self {
        let count = u64::try_from(events).unwrap_or(u64::MAX);
        Self { first: after.saturating_add(1), last: after.saturating_add(count) }
    }
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

impl StreamEvent {
    /// The event with its place, as one line of JSON: `version`, `appended_at`, `event`.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { version, appended_at, event } = self;
        let event = event.line();
        format!(r#"{{"version":{version},"appended_at":"{appended_at}","event":{event}}}"#)
    }
}

/// What a stream's events up to a version amount to, in the words of whoever took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version of the last event in it.
    pub version: u64,
    /// The bytes that were put.
    pub state: Vec<u8>,
    /// When it was taken.
    pub taken_at: Timestamp,
}

/// What a stream is folded from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Where to begin; at nothing when there is none.
    pub snapshot: Option<Snapshot>,
    /// Every event behind it, in order.
    pub events: Vec<StreamEvent>,
}

impl Loaded {
    /// The stream's last version as far as it was read: what the next append expects.
    #[must_use]
    pub fn version(&self) -> u64 {
        let snapshot = self.snapshot.as_ref().map(|snapshot| snapshot.version);
        self.events.last().map(|event| event.version).or(snapshot).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, StreamEvent, StreamName};
    use crate::contract::fixture::{at, event};

    #[test]
    fn a_name_of_a_stream_is_short_and_printable() {
        let long = "a".repeat(513);
        for text in ["", "a\n", &long] {
            assert!(text.parse::<StreamName>().is_err(), "{text:?}");
        }
        assert_eq!("Bestellung 1".parse::<StreamName>().expect("a name").as_str(), "Bestellung 1");
    }

    #[test]
    fn what_is_expected_is_read_as_it_was_written_and_nothing_else_is() {
        for expected in [Expected::Any, Expected::None, Expected::Exact(7)] {
            assert_eq!(expected.to_string().parse(), Ok(expected));
        }
        for text in ["", "some", "-1", "1.0", "ANY"] {
            assert!(text.parse::<Expected>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_is_json_with_the_event_in_it() {
        let event = StreamEvent { version: 3, event: event("1", "a"), appended_at: at(0) };
        let line: serde_json::Value = serde_json::from_str(&event.line()).expect("JSON");
        assert_eq!((&line["version"], &line["event"]["id"]), (&3.into(), &"1".into()));
        assert_eq!(line["appended_at"], "2026-01-01T00:00:00Z");
    }
}
