//! The log in memory, read again: one shard.

use super::MemoryStore;
use super::store::{Page, PageState};
use crate::ports::{Cursor, Hints, History, LoggedEvent, LoggedPage, Place};
use crate::{StoreError, StoredEvent};
use jiff::Timestamp;
use std::sync::Arc;

impl History for MemoryStore {
    fn shards(&self) -> u16 {
        1
    }

    async fn since(&self, time: Timestamp) -> Result<Cursor, StoreError> {
        let state = self.state();
        let accepted_at = |page: &Page| page.events.first().map(|event| event.accepted_at);
        let first = state.pages.iter().find(|(_, page)| accepted_at(page) >= Some(time));
        let last = state.pages.last_key_value().map_or(0, |(number, _)| number.0);
        let page = first.map_or(last.saturating_add(1), |(number, _)| number.0);
        Ok(Cursor { places: vec![Place::page(page)] })
    }

    async fn pages(
        &self,
        shard: u16,
        from: u64,
        limit: usize,
        hints: &Hints,
    ) -> Result<Vec<LoggedPage>, StoreError> {
        let state = self.state();
        let pages = state.pages.values().filter(|page| shard == 0 && page.claim.page.0 >= from);
        let now = Timestamp::now();
        let shown = |event: &StoredEvent| hints.take(&event.event) && !state.is_expired(event, now);
        Ok(pages.take(limit).map(|page| logged(page, &shown)).collect())
    }
}

fn logged(page: &Page, shown: &dyn Fn(&StoredEvent) -> bool) -> LoggedPage {
    let number = page.claim.page;
    let events = (0..).zip(&page.events).filter(|(_, event)| shown(event));
    let events = events.map(|(entry, event)| LoggedEvent { entry, event: Arc::clone(event) });
    let (is_sealed, outcomes) = match &page.stands {
        PageState::Open { .. } => (false, Vec::new()),
        PageState::Sealed { outcomes } => (true, outcomes.clone()),
    };
    LoggedPage {
        number,
        n: number.0,
        accepted_at: page.events.first().map(|event| event.accepted_at).unwrap_or_default(),
        is_sealed,
        events: events.collect(),
        outcomes,
    }
}
