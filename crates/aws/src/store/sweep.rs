//! Finding and taking over the pages that nobody finishes.
//!
//! Each shard has a mark: all pages up to it are sealed. A look at a shard reads from its mark on,
//! consistently, and moves the mark over what is sealed since. What a look found is used up before
//! the next one, and an answer "there is none" always follows a look of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use eventyard_bus::{Lease, OpenPage, PageClaim, PageNumber, StoreError, StoredEvent};
use eventyard_event::Timestamp;

use super::expression::{Change, Condition};
use super::item::Item;
use super::keys::{Place, twenty};
use super::page_item::{self, Page};
use super::query::Range;
use super::{DynamoStore, event_item, time, together};

/// Sealed pages behind the mark before it is worth a write to move it: reading as many costs about as
/// much.
const MARK_AFTER: u64 = 20;

/// The marks of the shards as this instance last knew them.
pub(super) type Marks = BTreeMap<u16, u64>;

/// The pages that the last look found, oldest first, each with the attempt that lost it.
pub(super) type Found = BTreeMap<(Timestamp, PageNumber), u32>;

impl DynamoStore {
    pub(super) async fn take_over_oldest(
        &self,
        lease: Lease,
    ) -> Result<Option<OpenPage>, StoreError> {
        if let Some(page) = self.take_over_found(lease).await? {
            return Ok(Some(page));
        }
        let lost = |page: Page| {
            let lost = page.until.is_some_and(|until| until <= lease.now);
            lost.then_some(((page.opened_at, page.number), page.attempt))
        };
        let found = self.open_pages().await?.into_iter().filter_map(lost).collect();
        *self.found() = found;
        self.take_over_found(lease).await
    }

    /// The accepting time of the oldest page that is not sealed, and so how far the bus lags behind.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn oldest_open_page(&self) -> Result<Option<Timestamp>, StoreError> {
        let open = self.open_pages().await?;
        Ok(open.iter().map(|page| page.opened_at).min())
    }

    /// Takes over the first of the pages that were found and are still there to be had.
    async fn take_over_found(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        loop {
            // Taken out of the lock before anything is awaited.
            let next = self.found().pop_first();
            let Some(((_, page), attempt)) = next else { return Ok(None) };
            if let Some(page) = self.take_over_page(page, attempt, lease).await? {
                return Ok(Some(page));
            }
        }
    }

    /// Takes over a page if nobody did since; one without events is sealed and is none.
    async fn take_over_page(
        &self,
        page: PageNumber,
        lost: u32,
        lease: Lease,
    ) -> Result<Option<OpenPage>, StoreError> {
        let claim = PageClaim { page, attempt: lost.saturating_add(1) };
        let change = Change::new("SET a = :next, u = :until")
            .with(":next", claim.attempt)
            .with(":until", time::number(lease.until));
        let lost = Condition::that("a = :lost AND attribute_exists(u) AND u <= :now")
            .with(":lost", lost)
            .with(":now", time::number(lease.now));
        let taken = self.table().update_if(&self.keys().page(page), change, &lost).await?;
        let Some(item) = taken else { return Ok(None) };
        let events = self.events_of(&item).await?;
        if events.is_empty() {
            let seal = page_item::seal(&[], lease.now);
            self.table()
                .update_if(&self.keys().page(page), seal, &page_item::is_held(&claim))
                .await?;
            return Ok(None);
        }
        Ok(Some(OpenPage { claim, events }))
    }

    /// The events of a page in log order, without the void entries.
    pub(super) async fn events_of(&self, page: &Item) -> Result<Vec<Arc<StoredEvent>>, StoreError> {
        let number = page_item::number(page)?;
        let keys: Vec<_> = page_item::entries(page)?
            .iter()
            .map(|entry| self.keys().event(&entry.identity))
            .collect();
        let mut items = self.table().get_all(keys.iter().cloned()).await?;
        let mut ours = Vec::new();
        for item in keys.iter().filter_map(|key| items.remove(key)) {
            if event_item::page(&item)? == number {
                ours.push(item);
            }
        }
        together::all(ours.iter().map(|item| event_item::read(self.table(), item))).await
    }

    /// Every open page, by a look at every shard.
    async fn open_pages(&self) -> Result<Vec<Page>, StoreError> {
        let looks = (0..self.settings().shards()).map(|shard| self.look(shard));
        let open = together::all(looks).await?;
        Ok(open.into_iter().flatten().collect())
    }

    /// The open pages of a shard.
    async fn look(&self, shard: u16) -> Result<Vec<Page>, StoreError> {
        // A mark that others moved on since only makes the walk longer.
        let known = self.marks().get(&shard).copied();
        let mut mark = match known {
            Some(mark) => mark,
            None => self.mark(shard).await?,
        };
        let query = self.table().query(&self.keys().shard(shard), Range::After(twenty(mark)));
        let mut pages = query.walk();
        let (mut open, mut sealed) = (Vec::new(), mark);
        while let Some(item) = pages.next().await? {
            let page = page_item::read(&item)?;
            if page.until.is_some() {
                open.push(page);
            } else if open.is_empty() {
                sealed = Place::of(page.number).n;
            }
        }
        if sealed.saturating_sub(mark) >= MARK_AFTER {
            self.move_mark(shard, sealed).await?;
            mark = sealed;
        }
        self.marks().insert(shard, mark);
        Ok(open)
    }

    /// The number up to which all pages of a shard are sealed.
    pub(super) async fn mark(&self, shard: u16) -> Result<u64, StoreError> {
        let item = self.table().get(&self.keys().mark(shard)).await?;
        Ok(item.map(|item| item.number("n")).transpose()?.unwrap_or(0))
    }

    /// Moves the mark forwards; another sweeper may have moved it further.
    async fn move_mark(&self, shard: u16, to: u64) -> Result<(), StoreError> {
        let change = Change::new("SET n = :to").with(":to", to);
        let forwards = Condition::that("attribute_not_exists(n) OR n < :to");
        self.table().update_if(&self.keys().mark(shard), change, &forwards).await?;
        Ok(())
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
