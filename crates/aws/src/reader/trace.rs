//! One event's story. A table is not sorted by id: what has this id is found by the hashes in the pages
//! since a time, or at once where the source is known.

use std::sync::Arc;

use eventyard_bus::view::{Trace, TracedDelivery, TracedEvent};
use eventyard_bus::{Ledger as _, StoreError, StoredEvent};
use eventyard_event::{Identity, Timestamp, short_hash};

use super::StackReader;
use crate::store::PageLine;

impl StackReader {
    /// The story of the event that `source` calls so; without a source, of every event of this id in the
    /// pages since a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn trace(
        &self,
        id: &str,
        source: Option<&str>,
        since: Timestamp,
    ) -> Result<Trace, StoreError> {
        let events = match source {
            Some(source) => self.trace_one(&Identity::new(source, id)).await?.into_iter().collect(),
            None => self.trace_since(id, since).await?,
        };
        Ok(Trace { id: id.to_owned(), events })
    }

    async fn trace_one(&self, identity: &Identity) -> Result<Option<TracedEvent>, StoreError> {
        let Some(stored) = self.store.event(identity).await? else { return Ok(None) };
        let Some(page) = self.store.page_line(stored.page).await? else { return Ok(None) };
        self.traced(&stored, &page).await.map(Some)
    }

    async fn trace_since(
        &self,
        id: &str,
        since: Timestamp,
    ) -> Result<Vec<TracedEvent>, StoreError> {
        let (hash, mut pages) = (short_hash(id), self.store.page_lines(since));
        let mut found = Vec::new();
        while let Some(page) = pages.next().await? {
            for entry in page.entries.iter().filter(|entry| entry.id == hash) {
                let stored = self.store.event(&entry.identity).await?;
                let ours = |stored: &Arc<StoredEvent>| {
                    stored.page == page.number && stored.event.id() == id
                };
                if let Some(stored) = stored.filter(ours) {
                    found.push(self.traced(&stored, &page).await?);
                }
            }
        }
        Ok(found)
    }

    async fn traced(
        &self,
        stored: &StoredEvent,
        page: &PageLine,
    ) -> Result<TracedEvent, StoreError> {
        let items = self.store.items_of(&stored.event.identity()).await?;
        let outcomes = (!page.is_open).then_some(&*page.outcomes);
        let plan = stored.plan.clone();
        let deliveries = TracedDelivery::all(plan.deliveries, items, outcomes);
        Ok(TracedEvent {
            event: stored.event.clone(),
            accepted_at: stored.accepted_at,
            via: stored.via.to_string(),
            page: stored.page.0,
            sealed: !page.is_open,
            deliveries,
            rules: plan.rules,
            matched: plan.matched,
        })
    }
}
