//! Events in: planned under the rules in force, accepted into a page.

use super::Bus;
use crate::time::after;
use crate::{
    Accept, Acceptance, Accepted, EventRef, Lease, Ledger, Ports, StoreError, StoredEvent, What,
};
use eventyard_event::Event;
use std::sync::Arc;

impl<P: Ports> Bus<P> {
    /// Plans a batch under the rules in force. Pure computing, so that it can overlap with the
    /// [`accept`](Self::accept) of the batch before.
    #[must_use]
    pub fn plan(&self, batch: Vec<Event>, via: &str) -> Vec<Accept> {
        self.plan_ordered(batch, via, None)
    }

    /// [`plan`](Self::plan) for a batch of one group of a source that keeps the order of groups.
    #[must_use]
    pub fn plan_ordered(
        &self,
        batch: Vec<Event>,
        via: &str,
        order: Option<Arc<str>>,
    ) -> Vec<Accept> {
        let rules = self.rules();
        let via: Arc<str> = via.into();
        let plan = |event: Event| {
            let plan = rules.plan(&event);
            Accept { event, plan, via: Arc::clone(&via), order: order.clone() }
        };
        batch.into_iter().map(plan).collect()
    }

    /// Accepts a planned batch: when it returns, each new event is durable together with its plan, and
    /// the bus owns it. Hand the page to [`deliver`](Self::deliver).
    ///
    /// A caller that may be cut off (a connection that closes) spawns this call: a page whose acceptance
    /// nobody waited for is only delivered when its lease is over.
    ///
    /// # Errors
    /// What [`Ledger::accept`] says; after [`Unavailable`](StoreError::Unavailable) the same batch may be given
    /// again.
    pub async fn accept(&self, batch: Vec<Accept>) -> Result<Accepted, StoreError> {
        let refs: Vec<_> = batch.iter().map(|new| EventRef::from(&new.event)).collect();
        let via = batch.first().map(|new| Arc::clone(&new.via)).unwrap_or_else(|| "".into());
        let accepted = self.ports.ledger().accept(batch, self.page_lease()).await?;
        self.tell(refs, &accepted, &via);
        Ok(accepted)
    }

    /// Plans and accepts a batch of at most [`Ledger::PAGE_EVENTS_MAX`] events; `via` is the input they
    /// came by.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub async fn ingest(&self, batch: Vec<Event>, via: &str) -> Result<Accepted, StoreError> {
        self.accept(self.plan(batch, via)).await
    }

    pub(super) fn page_lease(&self) -> Lease {
        let now = self.now();
        Lease { now, until: after(now, self.settings.page_lease) }
    }

    fn tell(&self, refs: Vec<EventRef>, accepted: &Accepted, via: &str) {
        let mut events = accepted.page.iter().flat_map(|page| &page.events);
        for (event, result) in refs.into_iter().zip(&accepted.results) {
            let via = via.to_owned();
            match result {
                Acceptance::Duplicate => self.observe(What::Duplicate { event, via }),
                Acceptance::Conflict => self.observe(What::Conflict { event, via }),
                Acceptance::Accepted => {
                    if let Some(stored) = events.next() {
                        self.tell_accepted(event, stored, via);
                    }
                }
            }
        }
    }

    fn tell_accepted(&self, event: EventRef, stored: &StoredEvent, via: String) {
        self.observe(What::Accepted { event: event.clone(), page: stored.page, via });
        let (rules, version) = (stored.plan.matched.clone(), stored.plan.rules.clone());
        self.observe(if rules.is_empty() {
            What::Unmatched { event, version }
        } else {
            What::Matched { event, rules, version }
        });
    }
}
