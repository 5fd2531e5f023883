//! The ledger in memory.

use super::MemoryStore;
use super::store::{Page, PageState, State};
use crate::{
    Accept, Acceptance, Accepted, Lease, Ledger, OpenPage, PageClaim, PageNumber, Sealed,
    StoreError, StoredEvent,
};
use eventyard_event::Identity;
use jiff::Timestamp;
use std::sync::Arc;

impl Ledger for MemoryStore {
    const PAGE_EVENTS_MAX: usize = 1_000;

    async fn accept(&self, batch: Vec<Accept>, lease: Lease) -> Result<Accepted, StoreError> {
        let (given, max) = (batch.len(), Self::PAGE_EVENTS_MAX);
        if given > max {
            return Err(StoreError::BatchTooLong { given, max });
        }
        let mut state = self.state();
        let page = state.next_page();
        let mut events = Vec::new();
        let results =
            batch.into_iter().map(|new| state.accept(new, page, lease.now, &mut events)).collect();
        Ok(Accepted { results, page: state.open(page, events, lease) })
    }

    async fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        match state.pages.get_mut(&claim.page).filter(|page| page.claim == *claim) {
            None => Err(StoreError::Fenced { claim: *claim }),
            Some(page) => {
                if matches!(page.stands, PageState::Open { .. }) {
                    page.stands = PageState::Sealed { outcomes: outcomes.to_vec() };
                }
                Ok(())
            }
        }
    }

    async fn take_over(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        let mut state = self.state();
        let over = |page: &&mut Page| match page.stands {
            PageState::Open { until } => until <= lease.now,
            PageState::Sealed { .. } => false,
        };
        Ok(state.pages.values_mut().find(over).map(|page| {
            page.claim.attempt = page.claim.attempt.saturating_add(1);
            page.stands = PageState::Open { until: lease.until };
            OpenPage { claim: page.claim, events: page.events.clone() }
        }))
    }

    async fn renew(&self, claim: &PageClaim, lease: Lease) -> Result<(), StoreError> {
        let mut state = self.state();
        match state.pages.get_mut(&claim.page).filter(|page| page.claim == *claim) {
            Some(Page { stands: PageState::Open { until }, .. }) => {
                *until = lease.until;
                Ok(())
            }
            _ => Err(StoreError::Fenced { claim: *claim }),
        }
    }

    async fn is_open(&self, identity: &Identity) -> Result<bool, StoreError> {
        let state = self.state();
        let page = state.events.get(identity).and_then(|event| state.pages.get(&event.page));
        Ok(page.is_some_and(|page| matches!(page.stands, PageState::Open { .. })))
    }

    async fn event(&self, identity: &Identity) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        let (state, now) = (self.state(), Timestamp::now());
        Ok(state.events.get(identity).filter(|event| !state.is_expired(event, now)).cloned())
    }
}

impl State {
    fn next_page(&self) -> PageNumber {
        let last = self.pages.last_key_value().map_or(0, |(page, _)| page.0);
        PageNumber(last.saturating_add(1))
    }

    fn accept(
        &mut self,
        new: Accept,
        page: PageNumber,
        accepted_at: Timestamp,
        events: &mut Vec<Arc<StoredEvent>>,
    ) -> Acceptance {
        let identity = new.event.identity();
        let known = self.events.get(&identity);
        if let Some(known) = known.filter(|known| !self.is_expired(known, accepted_at)) {
            let same = known.event.digest() == new.event.digest();
            return if same { Acceptance::Duplicate } else { Acceptance::Conflict };
        }
        let Accept { event, plan, via, .. } = new;
        let stored = Arc::new(StoredEvent { event, plan, accepted_at, page, via, replayed: None });
        self.events.insert(identity, Arc::clone(&stored));
        events.push(stored);
        Acceptance::Accepted
    }

    fn open(
        &mut self,
        number: PageNumber,
        events: Vec<Arc<StoredEvent>>,
        lease: Lease,
    ) -> Option<OpenPage> {
        if events.is_empty() {
            return None;
        }
        let claim = PageClaim { page: number, attempt: 1 };
        let stands = PageState::Open { until: lease.until };
        self.pages.insert(number, Page { claim, events: events.clone(), stands });
        Some(OpenPage { claim, events })
    }
}
