//! Accepted events, the oldest first.

use eventyard_bus::view::EventFilter;
use eventyard_bus::{Ledger as _, StoreError};
use eventyard_event::{Timestamp, short_hash};

use super::{StackReader, all};
use crate::store::{DynamoStore, Entry, PageLine, PageLines};

/// An accepted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The CloudEvents object, on one line.
    pub line: String,
}

/// The events that a filter takes.
pub struct EventList {
    store: DynamoStore,
    pages: PageLines,
    filter: EventFilter,
    left: usize,
}

impl StackReader {
    /// Accepted events that fit the filter, in the order of their pages' times, sealed or not.
    /// [`EventFilter::after`] is not for tables.
    #[must_use]
    pub fn events(&self, filter: EventFilter) -> EventList {
        let pages = self.store.page_lines(filter.since.unwrap_or(Timestamp::MIN));
        let left = filter.limit.unwrap_or(usize::MAX);
        EventList { store: self.store.clone(), pages, filter, left }
    }
}

impl EventList {
    /// Some more events, those of one page; none behind the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(page) = self.pages.next().await? else { return Ok(None) };
        let fitting = page.entries.iter().filter(|entry| may_fit(&self.filter, entry));
        let events = all(fitting.map(|entry| self.event(&page, entry))).await?;
        let mut events: Vec<_> = events.into_iter().flatten().collect();
        events.truncate(self.left);
        self.left -= events.len();
        Ok(Some(events))
    }

    /// The event of an entry, if the filter takes it; none where the entry is void.
    async fn event(
        &self,
        page: &PageLine,
        entry: &Entry,
    ) -> Result<Option<LoggedEvent>, StoreError> {
        let stored = self.store.event(&entry.identity).await?;
        let stored = stored.filter(|stored| stored.page == page.number);
        let stored = stored.filter(|stored| self.filter.takes(&stored.event));
        Ok(stored.map(|stored| LoggedEvent {
            accepted_at: stored.accepted_at,
            line: stored.event.line().into_owned(),
        }))
    }
}

/// What the hashes of an entry say before the event is read; an entry has none of the source.
fn may_fit(filter: &EventFilter, entry: &Entry) -> bool {
    let is = |text: &Option<String>, hash: u32| {
        text.as_deref().is_none_or(|text| short_hash(text) == hash)
    };
    is(&filter.event_type, entry.event_type) && is(&filter.subject, entry.subject)
}
