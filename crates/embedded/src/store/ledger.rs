//! The store as the ledger of the bus.

use std::sync::Arc;

use eventyard_bus::{
    Accept, Acceptance, Accepted, Lease, Ledger, OpenPage, PageClaim, Sealed, StoreError,
    StoredEvent,
};
use eventyard_event::{Identity, Timestamp};

use super::accept::{self, Taken};
use super::chunk::{Prepared, Stored};
use super::error::Fault;
use super::identities::{Candidate, Found};
use super::retention::Kept;
use super::transaction::Transaction;
use super::{Promise, Store, instant, log, seal};

impl Ledger for Store {
    const PAGE_EVENTS_MAX: usize = 1000;

    async fn accept(&self, batch: Vec<Accept>, lease: Lease) -> Result<Accepted, StoreError> {
        let (given, max) = (batch.len(), Self::PAGE_EVENTS_MAX);
        if given > max {
            return Err(StoreError::BatchTooLong { given, max });
        }
        let prepared = batch.iter().map(Prepared::new).collect::<Result<Vec<_>, _>>()?;
        let bytes = prepared.iter().map(Prepared::bytes).sum();
        let work = move |tables: &mut Transaction<'_>| accept::accept(tables, &prepared, lease);
        let taken = self.call(Promise::Durable, bytes, work).await?;
        Ok(accepted(batch, taken, lease.now))
    }

    async fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let claim = *claim;
        let outcomes = seal::outcomes(claim, outcomes, instant::number(now));
        let bytes = outcomes.delivered.len() * 24;
        let work = move |tables: &mut Transaction<'_>| seal::seal(tables, claim, &outcomes);
        match self.call(Promise::Relaxed, bytes, work).await? {
            true => Ok(()),
            false => Err(StoreError::Fenced { claim }),
        }
    }

    async fn take_over(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        let work = move |tables: &mut Transaction<'_>| seal::take_over(tables, lease);
        let Some(taken) = self.call(Promise::Relaxed, 0, work).await? else {
            return Ok(None);
        };
        let events = taken.events.iter().map(|bytes| read(bytes)).collect::<Result<_, _>>()?;
        Ok(Some(OpenPage { claim: taken.claim, events }))
    }

    async fn event(&self, identity: &Identity) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        let identity = *identity;
        let work = move |tables: &mut Transaction<'_>| find(tables, &identity);
        let found = self.call(Promise::Read, 0, work).await?;
        Ok(found.map(|bytes| read(&bytes)).transpose()?)
    }
}

/// Puts the page of a batch together from the events that were accepted.
fn accepted(batch: Vec<Accept>, taken: Taken, accepted_at: Timestamp) -> Accepted {
    let Taken { results, claim } = taken;
    let page = claim.map(|claim| {
        let new = batch.into_iter().zip(&results);
        let new = new.filter(|(_, result)| **result == Acceptance::Accepted);
        let events = new.map(|(Accept { event, plan, via, .. }, _)| {
            Arc::new(StoredEvent {
                event,
                plan,
                accepted_at,
                page: claim.page,
                via,
                replayed: None,
            })
        });
        OpenPage { claim, events: events.collect() }
    });
    Accepted { results, page }
}

/// The record of the event of this identity.
fn find(tables: &mut Transaction<'_>, identity: &Identity) -> Result<Option<Vec<u8>>, Fault> {
    let kept = Kept::at(&tables.meta, Timestamp::now())?;
    let found = tables.numbers.tail.find(&tables.identities, identity, |sequence| {
        let found = log::with_event_if_there(&tables.events, sequence, |stored| {
            let ours = stored.identity == *identity;
            Ok(match ours && kept.has_ended(instant::number(stored.accepted_at)) {
                true => Candidate::Ended,
                false => ours.then(|| stored.bytes.to_vec()).into(),
            })
        })?;
        Ok(found.unwrap_or(Candidate::Ended))
    })?;
    Ok(match found {
        Found::Taken(bytes) => Some(bytes),
        Found::Free(_) => None,
    })
}

fn read(bytes: &[u8]) -> Result<Arc<StoredEvent>, Fault> {
    Ok(Arc::new(Stored::read(bytes)?.stored_event()?))
}
