//! The log, to be read again: page by page, shard by shard, as often as anybody likes.

use crate::{PageNumber, Sealed, StoreError, StoredEvent};
use eventyard_event::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::Arc;

/// Reads pages of the log in the order they lie in.
///
/// Pages of one shard are numbered without gaps from 1; the order within a shard is that of acceptance, and
/// all events of one stream, or of one ordered group, are in one shard. Between shards only the times of
/// the pages tell an order. What retention has ended is not read any more, whether or not the store has
/// deleted it: its pages come without it, or do not come.
pub trait History: Send + Sync {
    /// The number of shards; it never changes.
    fn shards(&self) -> u16;

    /// For each shard the first page accepted at `time` or later, or the page to come where there is
    /// none. Costs a logarithm of reads for each shard.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn since(&self, time: Timestamp) -> impl Future<Output = Result<Cursor, StoreError>> + Send;

    /// At most `limit` pages of a shard from the page `from` on, in their order, strongly consistent: a
    /// page that was accepted before the call is there. Fewer come only at the end of the shard.
    ///
    /// Events that cannot fit `hints` may be left out, so that a store need not read them; whoever asks
    /// still looks at those that come.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn pages(
        &self,
        shard: u16,
        from: u64,
        limit: usize,
        hints: &Hints,
    ) -> impl Future<Output = Result<Vec<LoggedPage>, StoreError>> + Send;
}

/// A page of the log, as it is read again.
#[derive(Debug, Clone)]
pub struct LoggedPage {
    /// Its number among all pages, which traces show.
    pub number: PageNumber,
    /// Its number in its shard, from 1.
    pub n: u64,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Whether every delivery of it is done or has an item. An open page may still turn out to have fewer
    /// events: its writer may be stopped between the page and an event.
    pub is_sealed: bool,
    /// Its events in log order.
    pub events: Vec<LoggedEvent>,
    /// What was delivered before it was sealed.
    pub outcomes: Vec<Sealed>,
}

/// An event at its place in a page.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// Its place in the page, from 0; a place stays the same, whatever else of the page is there.
    pub entry: u32,
    /// The event with all that is known of its acceptance.
    pub event: Arc<StoredEvent>,
}

/// Attributes that events must have; the default is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hints {
    /// The type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The extension attribute `correlationid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
}

impl Hints {
    /// Whether an event has all of these attributes.
    #[must_use]
    pub fn take(&self, event: &Event) -> bool {
        let is = |wanted: &Option<String>, has: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == has
        };
        is(&self.event_type, Some(event.event_type()))
            && is(&self.source, Some(event.source()))
            && is(&self.subject, event.subject())
            && is(&self.correlation, event.correlation())
    }
}

/// How far a reader has come in each shard of a log.
///
/// As text it is opaque and fits into a URL, a shell and a file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cursor {
    /// For each shard the next event to read.
    pub places: Vec<Place>,
}

/// A place in one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The number of the page in its shard, from 1.
    pub page: u64,
    /// The first entry of it that was not read yet, from 0.
    pub entry: u32,
}

impl Place {
    /// The beginning of a page.
    #[must_use]
    pub fn page(page: u64) -> Self {
        Self { page, entry: 0 }
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor: a cursor is what an earlier answer gave, unchanged")]
pub struct InvalidCursor;

impl std::fmt::Display for Cursor {
    /// `PAGE` or `PAGE+ENTRY` for each shard, in their order, with `.` in between.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (shard, place) in self.places.iter().enumerate() {
            let dot = if shard == 0 { "" } else { "." };
            match place.entry {
                0 => write!(f, "{dot}{}", place.page)?,
                entry => write!(f, "{dot}{}+{entry}", place.page)?,
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let place = |text: &str| {
            let (page, entry) = text.split_once('+').unwrap_or((text, "0"));
            let (page, entry) = (page.parse().ok()?, entry.parse().ok()?);
            (page > 0).then_some(Place { page, entry })
        };
        let places: Option<Vec<Place>> = text.split('.').map(place).collect();
        places.map(|places| Self { places }).ok_or(InvalidCursor)
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl TryFrom<String> for Cursor {
    type Error = InvalidCursor;

    fn try_from(text: String) -> Result<Self, InvalidCursor> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Place};

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        let places = vec![Place { page: 7, entry: 3 }, Place::page(1), Place::page(u64::MAX)];
        let cursor = Cursor { places };
        assert_eq!(cursor.to_string(), "7+3.1.18446744073709551615");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "0", "1.", "1+", "-1", "1+2+3", "x"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
