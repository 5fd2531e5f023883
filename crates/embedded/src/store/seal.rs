//! The end of a page's work: sealed by who holds it, or taken over from who lost it.

use eventyard_bus::{Lease as BusLease, PageClaim, PageNumber, Sealed};
use redb::ReadableTable;

use super::error::Fault;
use super::page::{Lease, Outcomes, Page};
use super::transaction::Transaction;
use super::{instant, log};

/// Seals a page; false, and nothing is written, when the claim is not the page's.
pub(crate) fn seal(
    tables: &mut Transaction<'_>,
    claim: PageClaim,
    outcomes: &Outcomes,
) -> Result<bool, Fault> {
    let page = claim.page.0;
    let Some(lease) = lease(tables, page)? else {
        return sealed_by(tables, claim);
    };
    if lease.generation != tables.numbers.generation || lease.attempt != claim.attempt {
        return Ok(false);
    }
    tables.open_pages.remove(page)?;
    tables.outcomes.insert(page, &*outcomes.write())?;
    Ok(true)
}

/// What is stored of a page's deliveries.
pub(crate) fn outcomes(claim: PageClaim, sealed: &[Sealed], sealed_at: i64) -> Outcomes {
    let delivered = sealed.iter().map(|sealed| (sealed.delivery, instant::number(sealed.at)));
    Outcomes { sealed_at, attempt: claim.attempt, delivered: delivered.collect() }
}

/// Whether a page that is not open was sealed under this very claim.
fn sealed_by(tables: &Transaction<'_>, claim: PageClaim) -> Result<bool, Fault> {
    let outcomes = tables.outcomes.get(claim.page.0)?;
    let attempt = outcomes.map(|found| Outcomes::read(found.value())).transpose()?;
    Ok(attempt.is_some_and(|outcomes| outcomes.attempt == claim.attempt))
}

fn lease(tables: &Transaction<'_>, page: u64) -> Result<Option<Lease>, Fault> {
    let lease = tables.open_pages.get(page)?;
    Ok(lease.map(|found| Lease::read(found.value())).transpose()?)
}

/// A page that was taken over, its events still as they lie in the log.
pub(crate) struct TakenOver {
    pub claim: PageClaim,
    pub events: Vec<Vec<u8>>,
}

/// Takes over the oldest page that nobody holds any more.
pub(crate) fn take_over(
    tables: &mut Transaction<'_>,
    lease: BusLease,
) -> Result<Option<TakenOver>, Fault> {
    let Some((page, lost)) = oldest_lost(tables, instant::number(lease.now))? else {
        return Ok(None);
    };
    let held = Lease {
        generation: tables.numbers.generation,
        attempt: lost.attempt.saturating_add(1),
        until: instant::number(lease.until),
    };
    let events = events_of(tables, page)?;
    tables.open_pages.insert(page, &*held.write())?;
    let claim = PageClaim { page: PageNumber(page), attempt: held.attempt };
    Ok(Some(TakenOver { claim, events }))
}

/// The oldest open page whose lease is over, or was given before the store was opened.
fn oldest_lost(tables: &Transaction<'_>, now: i64) -> Result<Option<(u64, Lease)>, Fault> {
    for entry in tables.open_pages.iter()? {
        let (page, lease) = entry?;
        let lease = Lease::read(lease.value())?;
        if lease.generation != tables.numbers.generation || lease.until <= now {
            return Ok(Some((page.value(), lease)));
        }
    }
    Ok(None)
}

/// The events of a page as their records lie in the log.
fn events_of(tables: &Transaction<'_>, page: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let record = tables.pages.get(page)?.ok_or(super::codec::Damaged)?;
    let page = Page::read(record.value())?;
    let mut events = Vec::with_capacity(page.entries.len());
    log::scan(&tables.events, page.first..=page.end() - 1, |_, stored| {
        events.push(stored.bytes.to_vec());
        Ok(true)
    })?;
    Ok(events)
}
