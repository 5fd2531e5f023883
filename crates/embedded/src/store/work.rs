//! Delivery items and the indexes that find them: due, by group, parked.
//!
//! An item is loaded, changed by a transition of [`Delivery`] and written again, in one job; the
//! indexes follow from the item alone.
//!
//! `// INVARIANT (work)`: every unfinished item without a group is in `work`, and of every group
//! at a target exactly the head, by its place in the log, is.

use eventyard_bus::{Delivery, DeliveryKey, DeliveryState, LogPosition, ParkedCursor};
use eventyard_event::{DeliveryId, Identity, Timestamp};
use redb::ReadableTable;

use super::error::Fault;
use super::format::DeliveryBytes;
use super::instant;
use super::transaction::Transaction;

/// A delivery's key as it stands in tables.
pub(crate) fn bytes(key: &DeliveryKey) -> DeliveryBytes {
    let mut bytes = [0; 32];
    let (identity, id) = bytes.split_at_mut(16);
    identity.copy_from_slice(key.identity.as_bytes());
    id.copy_from_slice(key.id.as_bytes());
    bytes
}

/// The key that stands in a table.
pub(crate) fn key(bytes: DeliveryBytes) -> DeliveryKey {
    let (mut identity, mut id) = ([0; 16], [0; 16]);
    identity.copy_from_slice(&bytes[..16]);
    id.copy_from_slice(&bytes[16..]);
    DeliveryKey { identity: Identity::from_bytes(identity), id: DeliveryId::from_bytes(id) }
}

/// The first and the last key that the deliveries of one event can have.
pub(crate) fn keys_of(identity: &Identity) -> (DeliveryBytes, DeliveryBytes) {
    let first = DeliveryKey { identity: *identity, id: DeliveryId::from_bytes([0; 16]) };
    let last = DeliveryKey { identity: *identity, id: DeliveryId::from_bytes([u8::MAX; 16]) };
    (bytes(&first), bytes(&last))
}

/// The item under a key.
pub(crate) fn load(
    items: &impl ReadableTable<DeliveryBytes, &'static [u8]>,
    key: &DeliveryKey,
) -> Result<Option<Delivery>, Fault> {
    let json = items.get(bytes(key))?;
    Ok(json.map(|json| serde_json::from_slice(json.value())).transpose()?)
}

/// Adds an item; one that is there already stays as it is.
pub(crate) fn add(tables: &mut Transaction<'_>, item: &Delivery) -> Result<(), Fault> {
    match load(&tables.deliveries, &item.key)? {
        Some(_) => Ok(()),
        None => write(tables, None, item),
    }
}

/// Changes the item under a key, unless `change` says that it may not; answers what `change` said
/// and the item as it then is.
pub(crate) fn change(
    tables: &mut Transaction<'_>,
    key: &DeliveryKey,
    change: impl FnOnce(&mut Delivery) -> bool,
) -> Result<Option<Delivery>, Fault> {
    let Some(before) = load(&tables.deliveries, key)? else {
        return Ok(None);
    };
    let mut after = before.clone();
    if !change(&mut after) {
        return Ok(None);
    }
    write(tables, Some(&before), &after)?;
    Ok(Some(after))
}

/// Writes an item and moves it in the indexes.
fn write(
    tables: &mut Transaction<'_>,
    before: Option<&Delivery>,
    after: &Delivery,
) -> Result<(), Fault> {
    let key = bytes(&after.key);
    if let Some(parked) = before.and_then(parked_at) {
        tables.parked.remove((parked, key))?;
    }
    if let Some(parked) = parked_at(after) {
        tables.parked.insert((parked, key), ())?;
    }
    match &after.group {
        None => reindex(tables, before, after)?,
        Some(group) => regroup(tables, group, after)?,
    }
    tables.deliveries.insert(key, &*serde_json::to_vec(after)?)?;
    Ok(())
}

/// When an item was parked, if it is.
pub(crate) fn parked_at(item: &Delivery) -> Option<i64> {
    match item.state {
        DeliveryState::Parked { at } => Some(instant::number(at)),
        _ => None,
    }
}

/// When an item needs attention, if it is unfinished.
fn due(item: &Delivery) -> Option<i64> {
    item.next_due().map(instant::number)
}

/// Moves an item that has no group.
fn reindex(
    tables: &mut Transaction<'_>,
    before: Option<&Delivery>,
    after: &Delivery,
) -> Result<(), Fault> {
    let (page, entry) = place(&after.position);
    let (target, key) = (after.target.as_str(), bytes(&after.key));
    if let Some(due) = before.and_then(due) {
        tables.work.remove((target, due, page, entry, key))?;
    }
    if let Some(due) = due(after) {
        tables.work.insert((target, due, page, entry, key), ())?;
    }
    Ok(())
}

/// A place in the log as two numbers of the same order.
fn place(position: &LogPosition) -> (u64, u64) {
    let entry = u64::from(position.entry) << 32 | u64::from(position.delivery);
    (position.page.0, entry)
}

/// Moves an item within its group, and the group's head in `work`.
fn regroup(tables: &mut Transaction<'_>, group: &str, after: &Delivery) -> Result<(), Fault> {
    let target = after.target.as_str();
    let (page, entry) = place(&after.position);
    let place = (target, group, page, entry, bytes(&after.key));
    if let Some(Head { due, page, entry, key }) = head(tables, target, group)? {
        tables.work.remove((target, due, page, entry, key))?;
    }
    match due(after) {
        Some(due) => tables.work_groups.insert(place, due)?,
        None => tables.work_groups.remove(place)?,
    };
    if let Some(Head { due, page, entry, key }) = head(tables, target, group)? {
        tables.work.insert((target, due, page, entry, key), ())?;
    }
    Ok(())
}

/// The first unfinished item of a group.
struct Head {
    due: i64,
    page: u64,
    entry: u64,
    key: DeliveryBytes,
}

fn head(tables: &Transaction<'_>, target: &str, group: &str) -> Result<Option<Head>, Fault> {
    let from = (target, group, 0, 0, [0; 32]);
    let to = (target, group, u64::MAX, u64::MAX, [u8::MAX; 32]);
    let first = tables.work_groups.range(from..=to)?.next().transpose()?;
    Ok(first.map(|(place, due)| {
        let (_, _, page, entry, key) = place.value();
        Head { due: due.value(), page, entry, key }
    }))
}

/// Whether a group at a target has an unfinished item.
pub(crate) fn holds(tables: &Transaction<'_>, target: &str, group: &str) -> Result<bool, Fault> {
    Ok(head(tables, target, group)?.is_some())
}

/// The items of a target that are due at `now`, the longest due first.
pub(crate) fn due_items(
    tables: &Transaction<'_>,
    target: &str,
    now: i64,
    limit: usize,
) -> Result<Vec<Delivery>, Fault> {
    let to = (target, now, u64::MAX, u64::MAX, [u8::MAX; 32]);
    let mut items = Vec::new();
    for entry in tables.work.range(first_of(target)..=to)?.take(limit) {
        let (.., key_bytes) = entry?.0.value();
        items.extend(load(&tables.deliveries, &key(key_bytes))?);
    }
    Ok(items)
}

/// Whether an event has a delivery that is neither done nor parked.
pub(crate) fn is_busy(tables: &Transaction<'_>, identity: &Identity) -> Result<bool, Fault> {
    Ok(of_event(tables, identity)?.iter().any(|item| due(item).is_some()))
}

/// Deletes the deliveries of an event that are done or parked.
pub(crate) fn forget(tables: &mut Transaction<'_>, identity: &Identity) -> Result<(), Fault> {
    let items = of_event(tables, identity)?;
    for item in items.iter().filter(|item| due(item).is_none()) {
        let key = bytes(&item.key);
        if let Some(parked) = parked_at(item) {
            tables.parked.remove((parked, key))?;
        }
        tables.deliveries.remove(key)?;
    }
    Ok(())
}

fn of_event(tables: &Transaction<'_>, identity: &Identity) -> Result<Vec<Delivery>, Fault> {
    let (first, last) = keys_of(identity);
    let range = tables.deliveries.range(first..=last)?;
    range.map(|entry| Ok(serde_json::from_slice(entry?.1.value())?)).collect()
}

/// Ends the leases of all attempts in flight; answers how many. One look at each unfinished item.
pub(crate) fn release(tables: &mut Transaction<'_>, now: Timestamp) -> Result<usize, Fault> {
    let mut unfinished = Vec::new();
    for entry in tables.work.iter()? {
        let (.., key_bytes) = entry?.0.value();
        unfinished.push(key(key_bytes));
    }
    let mut released = 0;
    for key in &unfinished {
        released += usize::from(change(tables, key, |item| item.release(now))?.is_some());
    }
    Ok(released)
}

/// When the next item of a target is due.
pub(crate) fn next_due(tables: &Transaction<'_>, target: &str) -> Result<Option<i64>, Fault> {
    let all = first_of(target)..=last_of(target);
    let first = tables.work.range(all)?.next().transpose()?;
    Ok(first.map(|(place, _)| place.value().1))
}

/// The targets with unfinished items, by name: one look for each.
pub(crate) fn targets(tables: &Transaction<'_>) -> Result<Vec<String>, Fault> {
    let mut targets: Vec<String> = Vec::new();
    loop {
        let after = targets.last().map_or("", String::as_str);
        let next = tables.work.range(last_of(after)..)?.next().transpose()?;
        match next.map(|(place, _)| place.value().0.to_owned()) {
            Some(target) => targets.push(target),
            None => return Ok(targets),
        }
    }
}

type WorkKey<'a> = (&'a str, i64, u64, u64, DeliveryBytes);

fn first_of(target: &str) -> WorkKey<'_> {
    (target, i64::MIN, 0, 0, [0; 32])
}

fn last_of(target: &str) -> WorkKey<'_> {
    (target, i64::MAX, u64::MAX, u64::MAX, [u8::MAX; 32])
}

/// The place of a parked item in the order of parking.
pub(crate) fn cursor(at: i64, bytes: DeliveryBytes) -> ParkedCursor {
    ParkedCursor { at: instant::time(at), key: key(bytes) }
}
