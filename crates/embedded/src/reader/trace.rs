//! One event's story: stored, matched, each delivery and attempt.

use eventyard_bus::view::{Trace, TracedDelivery, TracedEvent};
use eventyard_bus::{Delivery, Sealed};
use eventyard_event::{Event, Identity, short_hash};
use redb::ReadTransaction;

use crate::store::page::{Outcomes, Page};
use crate::store::retention::first_kept_now;
use crate::store::{Fault, format, instant, log, work};

/// Reads the story of every event of an id.
pub(super) fn trace(
    read: &ReadTransaction,
    id: &str,
    source: Option<&str>,
) -> Result<Trace, Fault> {
    let events = read.open_table(format::EVENTS)?;
    let mut found = Vec::new();
    for sequence in candidates(read, id, source)? {
        let traced = log::with_event(&events, sequence, |stored| {
            let event = stored.event()?;
            let ours = event.id() == id && source.is_none_or(|source| event.source() == source);
            ours.then(|| traced(read, stored, event)).transpose()
        })?;
        found.extend(traced);
    }
    Ok(Trace { id: id.to_owned(), events: found })
}

/// The events whose page entries may be of this id and source.
fn candidates(read: &ReadTransaction, id: &str, source: Option<&str>) -> Result<Vec<u64>, Fault> {
    let (id, source) = (short_hash(id), source.map(short_hash));
    let mut found = Vec::new();
    for entry in read.open_table(format::PAGES)?.range(first_kept_now(read)?..)? {
        let page = Page::read(entry?.1.value())?;
        let entries = page.entries.iter().zip(page.first..);
        let fitting = entries.filter(|(entry, _)| {
            entry.id == id && source.is_none_or(|source| entry.source == source)
        });
        found.extend(fitting.map(|(_, sequence)| sequence));
    }
    Ok(found)
}

fn traced(
    read: &ReadTransaction,
    stored: crate::store::Stored<'_>,
    event: Event,
) -> Result<TracedEvent, Fault> {
    let plan = stored.plan()?;
    let outcomes = read.open_table(format::OUTCOMES)?;
    let outcomes = outcomes.get(stored.page)?.map(|found| Outcomes::read(found.value()));
    let outcomes = outcomes.transpose()?.map(sealed);
    let items = items(read, &stored.identity)?;
    let deliveries = TracedDelivery::all(plan.deliveries, items, outcomes.as_deref());
    Ok(TracedEvent {
        event,
        accepted_at: stored.accepted_at,
        via: stored.via.to_owned(),
        page: stored.page,
        sealed: outcomes.is_some(),
        rules: plan.rules,
        matched: plan.matched,
        deliveries,
    })
}

/// The delivery items of one event.
fn items(read: &ReadTransaction, identity: &Identity) -> Result<Vec<Delivery>, Fault> {
    let (first, last) = work::keys_of(identity);
    let table = read.open_table(format::DELIVERIES)?;
    let range = table.range(first..=last)?;
    range.map(|entry| Ok(serde_json::from_slice(entry?.1.value())?)).collect()
}

fn sealed(outcomes: Outcomes) -> Vec<Sealed> {
    let delivered = outcomes.delivered.into_iter();
    delivered.map(|(delivery, at)| Sealed { delivery, at: instant::time(at) }).collect()
}
