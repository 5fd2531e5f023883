//! Accepting a batch: its page is claimed first, then each event is stored in the name of that page.
//!
//! An event exists only after a page names it, so a crash between the two leaves void entries and no
//! event that nobody finishes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use eventyard_bus::{
    Accept, Acceptance, Accepted, Lease, Ledger as _, OpenPage, PageNumber, StoreError, StoredEvent,
};
use eventyard_event::{Digest, Identity};

use super::body::{self, BODY, Packed};
use super::calls::Write;
use super::expression::Condition;
use super::item::{Item, Key};
use super::page_item::Entry;
use super::{DynamoStore, event_item, time, together};
use crate::crash;

/// What is there of an event once it was stored.
enum Stored {
    /// It is ours.
    New,
    /// An event of this identity was there already, and holds this.
    Known(Digest),
}

impl DynamoStore {
    pub(super) async fn accept_batch(
        &self,
        batch: Vec<Accept>,
        lease: Lease,
    ) -> Result<Accepted, StoreError> {
        let (judge, fresh) = Judge::new(batch);
        let Some(order) = fresh.first().map(|first| first.order.clone()) else {
            return Ok(Accepted { results: Vec::new(), page: None });
        };
        let entries: Vec<_> = fresh.iter().map(|new| Entry::new(&new.event)).collect();
        let claim = self.claim_page(&entries, order.as_deref(), lease).await?;
        crash::point("page-claimed");
        let events = fresh.into_iter().map(|new| stored_event(new, claim.page, lease));
        let stored = together::all(events.map(|event| self.store(event, lease))).await?;
        crash::point("accepted");
        let results = judge.results(&stored);
        let new = stored.into_iter().filter(|(_, stored)| matches!(stored, Stored::New));
        let events: Vec<_> = new.map(|(event, _)| event).collect();
        if events.is_empty() {
            self.seal(&claim, &[], lease.now).await?;
            return Ok(Accepted { results, page: None });
        }
        Ok(Accepted { results, page: Some(OpenPage { claim, events }) })
    }

    /// Stores an event unless there is one of its identity.
    async fn store(
        &self,
        event: Arc<StoredEvent>,
        lease: Lease,
    ) -> Result<(Arc<StoredEvent>, Stored), StoreError> {
        let key = self.keys().event(&event.event.identity());
        let ttl = time::ttl(lease.now, self.settings().retention);
        let Packed { item, chunks } = event_item::write(&key, &event, ttl)?;
        let chunk_keys: Vec<Key> = chunks.iter().map(Item::key).collect::<Result<_, _>>()?;
        body::write(self.table(), chunks).await?;
        let head = (!chunk_keys.is_empty()).then(|| item.clone());
        let condition = Condition::absent_or_expired(lease.now.as_second());
        let there = match self.table().put_if(item, &condition).await? {
            Write::Done => {
                crash::point("event-stored");
                return Ok((event, Stored::New));
            }
            Write::Refused(Some(item)) => Some(item),
            Write::Refused(None) => self.table().get(&key).await?,
        };
        // Removed between the two calls: it had been kept long enough, and comes again.
        let there = there.ok_or_else(|| StoreError::unavailable("an event was just removed"))?;
        if let Some(head) = head.filter(|_| event_item::page(&there).ok() != Some(event.page)) {
            self.delete_orphans(&there, &head, chunk_keys).await?;
        }
        let stored = known(&there, &event)?;
        Ok((event, stored))
    }

    /// Deletes the chunks that were written for nothing, unless the event that is there names the same.
    async fn delete_orphans(
        &self,
        there: &Item,
        ours: &Item,
        chunks: Vec<Key>,
    ) -> Result<(), StoreError> {
        if BODY.same_chunks(there, ours)? {
            return Ok(());
        }
        body::delete(self.table(), &chunks).await
    }
}

/// An event that names our page was stored by this very call, in a try whose answer was lost.
fn known(there: &Item, event: &StoredEvent) -> Result<Stored, StoreError> {
    let ours = event_item::page(there)? == event.page;
    Ok(if ours { Stored::New } else { Stored::Known(event_item::digest(there)?) })
}

fn stored_event(new: Accept, page: PageNumber, lease: Lease) -> Arc<StoredEvent> {
    let Accept { event, plan, via, .. } = new;
    Arc::new(StoredEvent { event, plan, accepted_at: lease.now, page, via, replayed: None })
}

/// Says what became of each event of a batch, once it is known of the first of each identity.
struct Judge {
    events: Vec<(Identity, Digest)>,
}

impl Judge {
    /// The judge of a batch, and the first event of each identity, in their order.
    fn new(batch: Vec<Accept>) -> (Self, Vec<Accept>) {
        let identity = |new: &Accept| (new.event.identity(), new.event.digest());
        let events: Vec<_> = batch.iter().map(identity).collect();
        let mut seen = HashSet::new();
        let is_first: Vec<_> = events.iter().map(|(identity, _)| seen.insert(*identity)).collect();
        let fresh = batch.into_iter().zip(is_first).filter_map(|(new, first)| first.then_some(new));
        let fresh = fresh.collect();
        (Self { events }, fresh)
    }

    fn results(self, stored: &[(Arc<StoredEvent>, Stored)]) -> Vec<Acceptance> {
        let mut holds: HashMap<Identity, (Digest, bool)> = stored
            .iter()
            .map(|(event, stored)| match stored {
                Stored::New => (event.event.identity(), (event.event.digest(), true)),
                Stored::Known(digest) => (event.event.identity(), (*digest, false)),
            })
            .collect();
        let judge = |(identity, digest)| match holds.get_mut(&identity) {
            // The first of its identity; those after it are judged by it.
            Some((_, new @ true)) => {
                *new = false;
                Acceptance::Accepted
            }
            Some((there, _)) if *there == digest => Acceptance::Duplicate,
            _ => Acceptance::Conflict,
        };
        self.events.into_iter().map(judge).collect()
    }
}
