//! Events of the log in one order over all shards, from any place on.
//!
//! The order is that of the pages' times; within a shard it is that of acceptance, always. Two readers of
//! the same log see the same order. A page that comes while one reads, in a shard that is read already up to a
//! later time, comes at once: nothing is skipped.

use std::collections::VecDeque;
use std::time::Duration;

use eventyard_bus::{
    Cursor, Hints, History, LoggedEvent, LoggedPage, PageNumber, Place, StoreError, StoredEvent,
};
use eventyard_filter::Condition;
use jiff::Timestamp;

/// Pages of one shard that are read together.
const PAGES: usize = 20;

/// How far the clocks of writers may be apart: a shard may have a page of an earlier time this much behind
/// one of a later time.
const SKEW: Duration = Duration::from_secs(60);

/// Which events; the default is all of them.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The attributes that they must have.
    pub hints: Hints,
    /// What they must fulfil beside that.
    pub when: Option<Condition>,
    /// Only those accepted at this time or later.
    pub since: Option<Timestamp>,
    /// Only those accepted before this time.
    pub until: Option<Timestamp>,
    /// Goes on from here instead of the beginning.
    pub from: Option<Cursor>,
    /// Only what stands before the first open page of each shard, so that later pages of a writer that is
    /// slow are not missed.
    pub sealed_only: bool,
}

impl Ask {
    /// Whether an event is asked for.
    #[must_use]
    pub fn takes(&self, stored: &StoredEvent) -> bool {
        self.since.is_none_or(|since| stored.accepted_at >= since)
            && self.until.is_none_or(|until| stored.accepted_at < until)
            && self.hints.take(&stored.event)
            && self.when.as_ref().is_none_or(|when| when.matches(&stored.event.root()))
    }
}

/// Why a log could not be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// The cursor is one of another log.
    #[error("the cursor is of a log of {given} shards, and this one has {shards}")]
    CursorOfOther {
        /// Its shards.
        given: usize,
        /// Those of the log.
        shards: u16,
    },
    /// The store failed; ask again from the last cursor.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The events that fit of one page.
#[derive(Debug, Clone)]
pub struct ListedPage {
    /// The page's number among all pages.
    pub number: PageNumber,
    /// Its shard.
    pub shard: u16,
    /// Its number in its shard.
    pub n: u64,
    /// Whether it is sealed.
    pub is_sealed: bool,
    /// The events, in log order.
    pub events: Vec<LoggedEvent>,
}

/// The events that are asked for, piece by piece.
///
/// Memory: some pages of each shard.
pub struct Listing<'h, H> {
    history: &'h H,
    ask: Ask,
    lanes: Vec<Lane>,
    cursor: Cursor,
}

/// One shard.
struct Lane {
    shard: u16,
    /// The number of the page to read next.
    next: u64,
    ready: VecDeque<LoggedPage>,
    /// Nothing more is read of it.
    is_over: bool,
}

impl<'h, H: History> Listing<'h, H> {
    /// Begins.
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn start(history: &'h H, ask: Ask) -> Result<Self, ListError> {
        let shards = history.shards();
        let cursor = match &ask.from {
            Some(cursor) if cursor.places.len() != usize::from(shards) => {
                return Err(ListError::CursorOfOther { given: cursor.places.len(), shards });
            }
            Some(cursor) => cursor.clone(),
            None => history.since(ask.since.unwrap_or(Timestamp::MIN)).await?,
        };
        let lanes = (0..shards).zip(&cursor.places).map(|(shard, place)| Lane {
            shard,
            next: place.page,
            ready: VecDeque::new(),
            is_over: false,
        });
        Ok(Self { history, lanes: lanes.collect(), ask, cursor })
    }

    /// Where reading goes on behind what was answered so far.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The events that fit of the next page, which may be none; nothing behind the last page.
    ///
    /// # Errors
    /// [`StoreError`]; the cursor stands before the page, and the same call again goes on with it.
    pub async fn next(&mut self) -> Result<Option<ListedPage>, StoreError> {
        for lane in &mut self.lanes {
            lane.fill(self.history, &self.ask).await?;
        }
        let first =
            |lane: &&mut Lane| lane.ready.front().map(|page| (page.accepted_at, page.number));
        let lanes = self.lanes.iter_mut().filter(|lane| !lane.ready.is_empty());
        let Some(lane) = lanes.min_by_key(first) else { return Ok(None) };
        let (shard, page) = (lane.shard, lane.ready.pop_front());
        Ok(page.map(|page| self.listed(shard, page)))
    }

    /// The cursor with which reading goes on behind an event of a page.
    #[must_use]
    pub fn cursor_behind(&self, page: &ListedPage, event: &LoggedEvent) -> Cursor {
        let mut cursor = self.cursor.clone();
        if let Some(place) = cursor.places.get_mut(usize::from(page.shard)) {
            *place = Place { page: page.n, entry: event.entry.saturating_add(1) };
        }
        cursor
    }

    fn listed(&mut self, shard: u16, page: LoggedPage) -> ListedPage {
        let LoggedPage { number, n, is_sealed, mut events, .. } = page;
        if let Some(place) = self.cursor.places.get_mut(usize::from(shard)) {
            let skip = if place.page == n { place.entry } else { 0 };
            events.retain(|logged| logged.entry >= skip && self.ask.takes(&logged.event));
            *place = Place::page(n.saturating_add(1));
        }
        ListedPage { number, shard, n, is_sealed, events }
    }
}

impl Lane {
    /// Reads on when nothing is ready.
    async fn fill(&mut self, history: &impl History, ask: &Ask) -> Result<(), StoreError> {
        if self.is_over || !self.ready.is_empty() {
            return Ok(());
        }
        let pages = history.pages(self.shard, self.next, PAGES, &ask.hints).await?;
        self.is_over = pages.len() < PAGES;
        for page in pages {
            let late = |until: Timestamp| until.checked_add(SKEW).unwrap_or(Timestamp::MAX);
            let is_late = ask.until.is_some_and(|until| page.accepted_at >= late(until));
            if is_late || (ask.sealed_only && !page.is_sealed) {
                self.is_over = true;
                break;
            }
            self.next = page.n.saturating_add(1);
            self.ready.push_back(page);
        }
        Ok(())
    }
}
