//! Lists of events as people and programs ask for them, and as JSON lines.

use eventyard_bus::{Cursor, Hints, History, LoggedEvent};
use eventyard_filter::Condition;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::list::{Ask, ListError, ListedPage, Listing};

/// Which events, as the parameters of a URL say it; the default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    /// Only those of this type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Only those of this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Only those with this subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Only those with this `correlationid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// Only those accepted at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only those accepted before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only those for which this condition holds, as in a rule's `when`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Goes on from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Each line is `{"cursor":…,"event":…}`: where to go on behind the event, and the event.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cursors: bool,
}

/// A condition that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`when` is no condition: {0}")]
pub struct WhenError(String);

impl ListQuery {
    /// What is asked of the log.
    ///
    /// # Errors
    /// [`WhenError`].
    pub fn ask(&self) -> Result<Ask, WhenError> {
        let when = self.when.as_deref().map(Condition::parse).transpose();
        Ok(Ask {
            hints: Hints {
                event_type: self.event_type.clone(),
                source: self.source.clone(),
                subject: self.subject.clone(),
                correlation: self.correlation.clone(),
            },
            when: when.map_err(|error| WhenError(error.to_string()))?,
            since: self.since,
            until: self.until,
            from: self.cursor.clone(),
            sealed_only: false,
        })
    }
}

/// The events that are asked for, as JSON lines, piece by piece.
pub struct EventLines<'h, H> {
    listing: Listing<'h, H>,
    left: usize,
    cursors: bool,
}

impl<'h, H: History> EventLines<'h, H> {
    /// Begins; `ask` is that of the query.
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn start(history: &'h H, query: &ListQuery, ask: Ask) -> Result<Self, ListError> {
        let listing = Listing::start(history, ask).await?;
        let left = query.limit.unwrap_or(usize::MAX);
        Ok(Self { listing, left, cursors: query.cursors })
    }

    /// The lines of the next page, which may be none; nothing behind the last, or when there are as many as
    /// were asked for.
    ///
    /// # Errors
    /// The store failed.
    pub async fn next(&mut self) -> Result<Option<Vec<String>>, ListError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(page) = self.listing.next().await? else { return Ok(None) };
        let some = page.events.iter().take(self.left);
        let lines: Vec<String> = some.map(|logged| self.line(&page, logged)).collect();
        self.left = self.left.saturating_sub(lines.len());
        Ok(Some(lines))
    }

    fn line(&self, page: &ListedPage, logged: &LoggedEvent) -> String {
        let line = logged.event.event.line();
        if !self.cursors {
            return line.into_owned();
        }
        // A cursor has no character that JSON would escape.
        let cursor = self.listing.cursor_behind(page, logged);
        format!(r#"{{"cursor":"{cursor}","event":{line}}}"#)
    }
}
