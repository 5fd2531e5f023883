//! A page of the log as an item: what it names, whose it is, what became of it.

use eventyard_bus::{Lease, PageClaim, PageNumber, Sealed, StoreError};
use eventyard_event::{DeliveryId, Event, Identity, Timestamp, short_hash};

use super::codec::{Damaged, Decode, Encode};
use super::expression::{Change, Condition};
use super::item::{Item, Key};
use super::keys::Place;
use super::time;

pub(super) const ATTEMPT: &str = "a";
/// Until when it belongs to who works on it; an open page has it, and a sealed one has not.
pub(super) const UNTIL: &str = "u";
const OPENED: &str = "t";
const WRITER: &str = "k";
const ENTRIES: &str = "e";
const OUTCOMES: &str = "r";

/// One event that a page names: hashes to find it by, 32 bytes. It may be void: not there, or of
/// another page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The event.
    pub identity: Identity,
    /// The short hash of its id.
    pub id: u32,
    /// The short hash of its type.
    pub event_type: u32,
    /// The short hash of its subject, 0 when it has none.
    pub subject: u32,
    /// The short hash of its correlation, 0 when it has none.
    pub correlation: u32,
}

impl Entry {
    /// The entry of an event.
    #[must_use]
    pub fn new(event: &Event) -> Self {
        Self {
            identity: event.identity(),
            id: short_hash(event.id()),
            event_type: short_hash(event.event_type()),
            subject: event.subject().map_or(0, short_hash),
            correlation: event.correlation().map_or(0, short_hash),
        }
    }
}

/// A page as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub number: PageNumber,
    pub attempt: u32,
    /// The end of its lease; none when it is sealed.
    pub until: Option<Timestamp>,
    pub opened_at: Timestamp,
    /// Who claimed it first.
    pub writer: u64,
}

/// A page that is about to be claimed by who calls.
pub(super) fn write(key: &Key, entries: &[Entry], lease: Lease, writer: u64) -> Item {
    Item::new(key)
        .with_number(ATTEMPT, 1)
        .with_number(UNTIL, time::number(lease.until))
        .with_number(OPENED, time::number(lease.now))
        .with_number(WRITER, writer)
        .with_bytes(ENTRIES, write_entries(entries))
}

/// The change that seals a page. Its outcomes are dated backwards from the sealing, which most happened
/// just before.
pub(super) fn seal(outcomes: &[Sealed], now: Timestamp) -> Change<'static> {
    // Not every DynamoDB takes empty bytes.
    let change = match outcomes.is_empty() {
        true => Change::new("SET s = :s REMOVE u"),
        false => Change::new("SET s = :s, r = :r REMOVE u")
            .with_bytes(":r", write_outcomes(outcomes, now)),
    };
    change.with(":s", time::number(now))
}

/// What holds for an open page under this claim.
pub(super) fn is_held(claim: &PageClaim) -> Condition {
    Condition::that("a = :a AND attribute_exists(u)").with(":a", claim.attempt)
}

/// Reads a page; its number is told by its key.
pub(super) fn read(item: &Item) -> Result<Page, StoreError> {
    Ok(Page {
        number: number(item)?,
        attempt: item.number(ATTEMPT)?,
        until: time::optional(item, UNTIL)?,
        opened_at: time::time(item, OPENED)?,
        writer: item.number(WRITER)?,
    })
}

/// The number of the page that an item is.
pub(super) fn number(item: &Item) -> Result<PageNumber, StoreError> {
    let Key { pk, sk } = item.key()?;
    let shard = pk.rsplit_once("#L#").and_then(|(_, shard)| shard.parse().ok());
    let (shard, n) = (shard.ok_or_else(|| item.corrupt("pk"))?, sk.parse().ok());
    Ok(Place { shard, n: n.ok_or_else(|| item.corrupt("sk"))? }.page())
}

/// What the page that an item is names, in log order.
pub(super) fn entries(item: &Item) -> Result<Vec<Entry>, StoreError> {
    read_entries(item.bytes(ENTRIES)?).map_err(item.damaged(ENTRIES))
}

/// What was delivered before the page that an item is was sealed.
pub(super) fn outcomes(item: &Item) -> Result<Vec<Sealed>, StoreError> {
    let Some(sealed_at) = time::optional(item, "s")? else { return Ok(Vec::new()) };
    let outcomes = item.optional_bytes(OUTCOMES)?.unwrap_or_default();
    read_outcomes(outcomes, sealed_at).map_err(item.damaged(OUTCOMES))
}

fn write_entries(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 32);
    for entry in entries {
        out.put(entry.identity.as_bytes());
        let hashes = [entry.id, entry.event_type, entry.subject, entry.correlation];
        hashes.iter().for_each(|hash| out.put(&hash.to_be_bytes()));
    }
    out
}

fn read_entries(bytes: &[u8]) -> Result<Vec<Entry>, Damaged> {
    let mut decode = Decode::new(bytes);
    let mut entries = Vec::with_capacity(bytes.len() / 32);
    while !decode.is_empty() {
        let identity = Identity::from_bytes(decode.array()?);
        let mut hash = || decode.array().map(u32::from_be_bytes);
        let (id, event_type, subject, correlation) = (hash()?, hash()?, hash()?, hash()?);
        entries.push(Entry { identity, id, event_type, subject, correlation });
    }
    Ok(entries)
}

/// 16 bytes for each delivery, and two or three for its time: microseconds before the sealing.
fn write_outcomes(outcomes: &[Sealed], sealed_at: Timestamp) -> Vec<u8> {
    let mut out = Vec::with_capacity(outcomes.len() * 19);
    for sealed in outcomes {
        out.put(sealed.delivery.as_bytes());
        out.put_signed(sealed_at.as_microsecond() - sealed.at.as_microsecond());
    }
    out
}

fn read_outcomes(bytes: &[u8], sealed_at: Timestamp) -> Result<Vec<Sealed>, Damaged> {
    let mut decode = Decode::new(bytes);
    let mut outcomes = Vec::with_capacity(bytes.len() / 17);
    while !decode.is_empty() {
        let delivery = DeliveryId::from_bytes(decode.array()?);
        let at = sealed_at.as_microsecond().checked_sub(decode.signed()?).ok_or(Damaged)?;
        outcomes
            .push(Sealed { delivery, at: Timestamp::from_microsecond(at).map_err(|_| Damaged)? });
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventyard_bus::contract::fixture::{at, event};

    #[test]
    fn entries_and_outcomes_are_read_as_they_were_written() {
        let entries = [Entry::new(&event("1", "a")), Entry::new(&event("2", "b"))];
        assert_eq!(read_entries(&write_entries(&entries)).as_deref(), Ok(&entries[..]));
        let delivery = DeliveryId::from_bytes([7; 16]);
        let outcomes = [Sealed { delivery, at: at(1) }, Sealed { delivery, at: at(9) }];
        let bytes = write_outcomes(&outcomes, at(3));
        assert_eq!(read_outcomes(&bytes, at(3)).as_deref(), Ok(&outcomes[..]));
        assert_eq!(read_outcomes(&bytes[..10], at(3)), Err(Damaged));
        assert_eq!(read_entries(&[0; 31]), Err(Damaged));
    }
}
