//! Reading the log: pages since a time with what became of them, shard after shard.

use std::sync::Arc;

use eventyard_bus::audit::{Audit, Report};
use eventyard_bus::{Delivery, PageNumber, Sealed, StoreError, StoredEvent};
use eventyard_event::{Identity, Timestamp};

use super::delivery_item::Loaded;
use super::item::Item;
use super::keys::{Place, twenty};
use super::page_item::{self, Entry};
use super::query::Range;
use super::walk::Walk;
use super::{DynamoStore, time, together};

/// A page of the log.
#[derive(Debug, Clone)]
pub struct LoggedPage {
    /// Its number.
    pub number: PageNumber,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Whether it is not sealed yet.
    pub is_open: bool,
    /// What it names, in log order; void entries too.
    pub entries: Vec<Entry>,
    /// Its events in log order, without the void entries.
    pub events: Vec<Arc<StoredEvent>>,
    /// What was delivered before it was sealed.
    pub outcomes: Vec<Sealed>,
}

/// The pages since a time, shard after shard, in each by number.
pub struct PagesSince {
    store: DynamoStore,
    since: Timestamp,
    next_shard: u16,
    walk: Option<Walk>,
}

impl PagesSince {
    /// The next page; none behind the last.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn next(&mut self) -> Result<Option<LoggedPage>, StoreError> {
        loop {
            if let Some(walk) = &mut self.walk
                && let Some(item) = walk.next().await?
            {
                let is_over = time::is_expired(&item, Timestamp::now())?;
                if !is_over && page_item::read(&item)?.opened_at >= self.since {
                    return self.store.logged(&item).await.map(Some);
                }
                continue;
            }
            if self.next_shard >= self.store.settings().shards() {
                return Ok(None);
            }
            self.walk = Some(self.store.shard_since(self.next_shard, self.since).await?);
            self.next_shard += 1;
        }
    }
}

impl DynamoStore {
    /// The pages that were accepted at or after a time and are kept.
    #[must_use]
    pub fn pages_since(&self, since: Timestamp) -> PagesSince {
        PagesSince { store: self.clone(), since, next_shard: 0, walk: None }
    }

    /// Every delivery item of an event.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn items_of(&self, identity: &Identity) -> Result<Vec<Delivery>, StoreError> {
        let pk = self.keys().event(identity).pk;
        let mut walk = self.table().query(&pk, Range::Prefix("D#".to_owned())).walk();
        let mut items = Vec::new();
        while let Some(item) = walk.next().await? {
            items.push(Loaded::read(self.table(), item).await?.complete(self.table()).await?);
        }
        Ok(items)
    }

    /// Whether the bus's promise holds for the pages since a time.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn audit_since(&self, since: Timestamp) -> Result<Report, StoreError> {
        let (mut audit, mut pages) = (Audit::default(), self.pages_since(since));
        while let Some(page) = pages.next().await? {
            let identities = page.events.iter().map(|stored| stored.event.identity());
            let items = identities.map(|identity| async move { self.items_of(&identity).await });
            let items = together::all(items).await?;
            for stored in &page.events {
                audit.event(stored.event.identity(), &stored.plan, page.is_open);
            }
            audit.outcomes(&page.outcomes);
            items.iter().flatten().for_each(|item| audit.item(item));
        }
        Ok(audit.report())
    }

    async fn logged(&self, item: &Item) -> Result<LoggedPage, StoreError> {
        let page = page_item::read(item)?;
        Ok(LoggedPage {
            number: page.number,
            accepted_at: page.opened_at,
            is_open: page.until.is_some(),
            entries: page_item::entries(item)?,
            events: self.events_of(item).await?,
            outcomes: page_item::outcomes(item)?,
        })
    }

    /// A walk over a shard that begins shortly before a time: the time of pages grows with their number, so
    /// halving finds the place. Where the clocks of writers differ, pages may be out of order by as much;
    /// the walk begins that much earlier.
    pub(super) async fn shard_since(
        &self,
        shard: u16,
        since: Timestamp,
    ) -> Result<Walk, StoreError> {
        let range = Range::From(twenty(self.number_since(shard, since).await?));
        Ok(self.table().query(&self.keys().shard(shard), range).walk())
    }

    /// The page with which such a walk begins.
    pub(super) async fn number_since(
        &self,
        shard: u16,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        const SKEW: std::time::Duration = std::time::Duration::from_secs(60);
        let since = since.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
        let (mut before, mut from) = (0, self.last_number(shard).await?.saturating_add(1));
        while before + 1 < from {
            let middle = before + (from - before) / 2;
            match self.opened_at(shard, middle).await? {
                Some(at) if at >= since => from = middle,
                _ => before = middle,
            }
        }
        Ok(from)
    }

    /// When a page was accepted; none when it was kept long enough.
    async fn opened_at(&self, shard: u16, n: u64) -> Result<Option<Timestamp>, StoreError> {
        let page = self.table().get(&self.keys().page(Place { shard, n }.page())).await?;
        page.map(|page| Ok(page_item::read(&page)?.opened_at)).transpose()
    }
}
