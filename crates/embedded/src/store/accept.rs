//! Accepting a batch: names its new events in a page and writes them to the log.

use std::collections::HashMap;

use eventyard_bus::{Acceptance, Lease as BusLease, PageClaim, PageNumber};
use eventyard_event::{Digest, Identity};

use super::chunk::{self, Prepared};
use super::error::Fault;
use super::identities::{Candidate, Found};
use super::page::{Entry, Lease, Page};
use super::retention::Kept;
use super::transaction::Transaction;
use super::{instant, log, numbers, work};

/// What became of a batch: one result per event, and the claim of the page that names the new ones.
pub(crate) struct Taken {
    pub results: Vec<Acceptance>,
    pub claim: Option<PageClaim>,
}

/// Accepts a batch. All of it is durable when the transaction is.
pub(crate) fn accept(
    tables: &mut Transaction<'_>,
    batch: &[Prepared],
    lease: BusLease,
) -> Result<Taken, Fault> {
    let first = tables.numbers.next_event;
    let kept = Kept::at(&tables.meta, lease.now)?;
    let mut fresh = Fresh::default();
    let mut results = Vec::with_capacity(batch.len());
    for event in batch {
        results.push(fresh.judge(tables, event, first, kept)?);
    }
    let claim = match fresh.events.is_empty() {
        true => None,
        false => Some(write(tables, fresh, lease)?),
    };
    Ok(Taken { results, claim })
}

/// The events of a batch that are new, with the keys the identity index has them under.
#[derive(Default)]
struct Fresh<'a> {
    events: Vec<&'a Prepared>,
    slots: Vec<u64>,
    digests: HashMap<Identity, Digest>,
}

impl<'a> Fresh<'a> {
    /// Says what an event is, and takes it up when it is new; `first` is the batch's first number.
    fn judge(
        &mut self,
        tables: &mut Transaction<'_>,
        event: &'a Prepared,
        first: u64,
        kept: Kept,
    ) -> Result<Acceptance, Fault> {
        if let Some(digest) = self.digests.get(&event.identity) {
            return Ok(known(*digest == event.digest));
        }
        let mut comes_again = false;
        let Transaction { numbers, identities, events, .. } = &*tables;
        let found = numbers.tail.find(identities, &event.identity, |sequence| {
            if sequence >= first {
                // An event of this batch, and another one than ours, or `digests` had it.
                return Ok(Candidate::Other);
            }
            let found = log::with_event_if_there(events, sequence, |stored| {
                let ours = stored.identity == event.identity;
                Ok(match ours && kept.has_ended(instant::number(stored.accepted_at)) {
                    true => Candidate::Ended,
                    false => ours.then_some(stored.digest).into(),
                })
            })?;
            comes_again |= matches!(found, Some(Candidate::Ended));
            Ok(found.unwrap_or(Candidate::Ended))
        })?;
        if comes_again {
            // What became of it before says nothing of what becomes of it now.
            work::forget(tables, &event.identity)?;
        }
        let numbers = &mut *tables.numbers;
        match found {
            Found::Taken(digest) => Ok(known(digest == event.digest)),
            Found::Free(slot) => {
                numbers.tail.insert(slot, numbers::take(&mut numbers.next_event));
                self.events.push(event);
                self.slots.push(slot);
                self.digests.insert(event.identity, event.digest);
                Ok(Acceptance::Accepted)
            }
        }
    }
}

fn known(equal: bool) -> Acceptance {
    if equal { Acceptance::Duplicate } else { Acceptance::Conflict }
}

/// Writes the page, its lease and its events.
fn write(
    tables: &mut Transaction<'_>,
    fresh: Fresh<'_>,
    lease: BusLease,
) -> Result<PageClaim, Fault> {
    let numbers = &mut *tables.numbers;
    let page = numbers::take(&mut numbers.next_page);
    let now = instant::number(lease.now);
    numbers.page_at = numbers.page_at.max(now);
    let entries = fresh.slots.iter().zip(&fresh.events);
    let record = Page {
        at: numbers.page_at,
        first: numbers.next_event - u64::from(chunk::count(&fresh.events)),
        entries: entries.map(|(slot, event)| Entry { slot: *slot, ..event.entry }).collect(),
    };
    let claim = PageClaim { page: PageNumber(page), attempt: 1 };
    let until = instant::number(lease.until);
    let held = Lease { generation: numbers.generation, attempt: claim.attempt, until };
    tables.pages.insert(page, &*record.write())?;
    tables.open_pages.insert(page, &*held.write())?;
    append(tables, record.first, &fresh.events, now, page)?;
    Ok(claim)
}

/// Writes the events in chunks; the database gives the place and they are encoded into it.
fn append(
    tables: &mut Transaction<'_>,
    mut sequence: u64,
    mut events: &[&Prepared],
    accepted_at: i64,
    page: u64,
) -> Result<(), Fault> {
    while !events.is_empty() {
        let (now, later) = events.split_at(chunk::take(events));
        let mut place = tables.events.insert_reserve(sequence, chunk::size(now))?;
        chunk::write(now, accepted_at, page, place.as_mut());
        sequence += u64::from(chunk::count(now));
        events = later;
    }
    Ok(())
}
