//! The log as a list of pages without their events, for who looks for some events of many: the pages of all
//! shards, merged by the time they were accepted.

use eventyard_bus::{PageNumber, Sealed, StoreError};
use eventyard_event::Timestamp;

use super::item::Item;
use super::page_item::{self, Entry};
use super::walk::Walk;
use super::{DynamoStore, time, together};

/// A page of the log without its events.
#[derive(Debug, Clone)]
pub struct PageLine {
    /// Its number.
    pub number: PageNumber,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Whether it is not sealed yet.
    pub is_open: bool,
    /// What it names, in log order; void entries too.
    pub entries: Vec<Entry>,
    /// What was delivered before it was sealed.
    pub outcomes: Vec<Sealed>,
}

/// The pages since a time, the oldest first.
pub struct PageLines {
    store: DynamoStore,
    since: Timestamp,
    /// One for each shard; none before the first page was asked for.
    lanes: Option<Vec<Lane>>,
}

/// A walk over a shard, with the first page that was not taken yet.
struct Lane {
    first: Option<PageLine>,
    rest: Walk,
}

impl PageLines {
    /// The next page; none behind the last.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn next(&mut self) -> Result<Option<PageLine>, StoreError> {
        if self.lanes.is_none() {
            self.lanes = Some(self.store.lanes_since(self.since).await?);
        }
        let started = self.lanes.iter_mut().flatten().filter(|lane| lane.first.is_some());
        let place = |lane: &Lane| lane.first.as_ref().map(|page| (page.accepted_at, page.number));
        let Some(lane) = started.min_by_key(|lane| place(lane)) else { return Ok(None) };
        let next = step(&mut lane.rest, self.since).await?;
        Ok(std::mem::replace(&mut lane.first, next))
    }
}

impl DynamoStore {
    /// The pages that were accepted at or after a time, without their events.
    #[must_use]
    pub fn page_lines(&self, since: Timestamp) -> PageLines {
        PageLines { store: self.clone(), since, lanes: None }
    }

    /// One page without its events; none when there is none, or it was kept long enough.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn page_line(&self, page: PageNumber) -> Result<Option<PageLine>, StoreError> {
        let item = self.table().get(&self.keys().page(page)).await?;
        let Some(item) = item else { return Ok(None) };
        let is_over = time::is_expired(&item, Timestamp::now())?;
        if is_over { Ok(None) } else { line(&item).map(Some) }
    }

    async fn lanes_since(&self, since: Timestamp) -> Result<Vec<Lane>, StoreError> {
        let lanes = (0..self.settings().shards()).map(|shard| async move {
            let mut rest = self.shard_since(shard, since).await?;
            let first = step(&mut rest, since).await?;
            Ok(Lane { first, rest })
        });
        together::all(lanes).await
    }
}

/// The next page of a walk that is not too old.
async fn step(walk: &mut Walk, since: Timestamp) -> Result<Option<PageLine>, StoreError> {
    while let Some(item) = walk.next().await? {
        let page = line(&item)?;
        if page.accepted_at >= since && !time::is_expired(&item, Timestamp::now())? {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

fn line(item: &Item) -> Result<PageLine, StoreError> {
    let page = page_item::read(item)?;
    Ok(PageLine {
        number: page.number,
        accepted_at: page.opened_at,
        is_open: page.until.is_some(),
        entries: page_item::entries(item)?,
        outcomes: page_item::outcomes(item)?,
    })
}
