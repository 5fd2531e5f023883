//! The log, read again: pages of a shard with their events.

use eventyard_bus::{Cursor, Hints, History, LoggedEvent, LoggedPage, Place, StoreError};
use eventyard_event::{Timestamp, short_hash};

use super::item::Item;
use super::keys::{self, twenty};
use super::page_item::{self, Entry};
use super::query::Range;
use super::{DynamoStore, event_item, time, together};

impl History for DynamoStore {
    fn shards(&self) -> u16 {
        self.settings().shards()
    }

    async fn since(&self, time: Timestamp) -> Result<Cursor, StoreError> {
        let shards = 0..self.settings().shards();
        let places = shards.map(|shard| async move { self.first_since(shard, time).await });
        Ok(Cursor { places: together::all(places).await? })
    }

    async fn pages(
        &self,
        shard: u16,
        from: u64,
        limit: usize,
        hints: &Hints,
    ) -> Result<Vec<LoggedPage>, StoreError> {
        let range = Range::From(twenty(from));
        let query = self.table().query(&self.keys().shard(shard), range).by(limit.min(1_000));
        let items = query.walk().take(limit).await?;
        let pages = items.iter().map(|item| self.page_of(item, hints));
        together::all(pages).await
    }
}

impl DynamoStore {
    /// The first page of a shard that was accepted at a time or later.
    async fn first_since(&self, shard: u16, time: Timestamp) -> Result<Place, StoreError> {
        let mut next = self.number_since(shard, time).await?;
        let range = Range::From(twenty(next));
        let mut walk = self.table().query(&self.keys().shard(shard), range).walk();
        while let Some(item) = walk.next().await? {
            let page = page_item::read(&item)?;
            let n = keys::Place::of(page.number).n;
            if page.opened_at >= time {
                return Ok(Place::page(n));
            }
            next = n.saturating_add(1);
        }
        Ok(Place::page(next))
    }

    async fn page_of(&self, item: &Item, hints: &Hints) -> Result<LoggedPage, StoreError> {
        let page = page_item::read(item)?;
        let wanted: Vec<_> = (0..)
            .zip(page_item::entries(item)?)
            .filter(|(_, entry)| may_fit(hints, entry))
            .collect();
        let keys = wanted.iter().map(|(_, entry)| self.keys().event(&entry.identity));
        let found = self.table().get_all(keys).await?;
        let now = Timestamp::now();
        let mut ours = Vec::with_capacity(found.len());
        for (place, entry) in wanted {
            let event = found.get(&self.keys().event(&entry.identity));
            // Void: never written, of another page, or kept long enough.
            let Some(event) = event else { continue };
            if event_item::page(event)? == page.number && !time::is_expired(event, now)? {
                ours.push((place, event));
            }
        }
        let read = ours.iter().map(|(entry, item)| async move {
            let event = event_item::read(self.table(), item).await?;
            Ok(LoggedEvent { entry: *entry, event })
        });
        Ok(LoggedPage {
            number: page.number,
            n: keys::Place::of(page.number).n,
            accepted_at: page.opened_at,
            is_sealed: page.until.is_none(),
            events: together::all(read).await?,
            outcomes: page_item::outcomes(item)?,
        })
    }
}

/// What the hashes of an entry say before the event is read; an entry has none of the source.
fn may_fit(hints: &Hints, entry: &Entry) -> bool {
    let is = |text: &Option<String>, hash: u32| {
        text.as_deref().is_none_or(|text| short_hash(text) == hash)
    };
    is(&hints.event_type, entry.event_type)
        && is(&hints.subject, entry.subject)
        && is(&hints.correlation, entry.correlation)
}
