//! The items of a journal: keys, records, outboxes, parked work and rows.
//!
//! `#` stands between the parts of a key; within a part it is escaped, so that no two keys meet.

use super::item::{Item, Key};
use eventyard_bus::ports::{Claim, Done, JournalError, Outbox, ParkedWork, Row, RowKey, Work};
use eventyard_bus::{Lease, StoreError};
use eventyard_event::{Digest, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The partitions that outboxes of one service are spread over.
pub(super) const OUTBOX_SHARDS: u8 = 8;
/// The states of a record.
pub(super) const BEGUN: u8 = 0;
pub(super) const DONE: u8 = 1;
pub(super) const PARKED: u8 = 2;
/// How long a finished record stays behind its expiry: DynamoDB deletes late, and never early.
const TTL_MARGIN_S: i64 = 60;
/// The most bytes of a JSON text in an item: DynamoDB takes 400 KB, names and all.
const TEXT_MAX: usize = 380 * 1024;

pub(super) fn record_key(work: &Work) -> Key {
    let (service, handler) = (part(&work.service), part(&work.handler));
    Key::new(format!("{service}#J#{handler}#{}", work.delivery), "J")
}

pub(super) fn parked_list(service: &str) -> String {
    format!("{}#P", part(service))
}

pub(super) fn parked_key(work: &Work) -> Key {
    Key::new(parked_list(&work.service), place(work))
}

pub(super) fn outbox_list(service: &str, shard: u8) -> String {
    format!("{}#O#{shard}", part(service))
}

pub(super) fn outbox_key(work: &Work) -> Key {
    let [first, ..] = *work.delivery.as_bytes();
    Key::new(outbox_list(&work.service, first % OUTBOX_SHARDS), place(work))
}

pub(super) fn row_key(service: &str, row: &RowKey) -> Key {
    Key::new(format!("{}#T#{}#{}", part(service), part(&row.table), row.key), "T")
}

fn place(work: &Work) -> String {
    format!("{}#{}", part(&work.handler), work.delivery)
}

/// A name as a part of a key.
fn part(name: &str) -> String {
    name.replace('%', "%25").replace('#', "%23")
}

/// Milliseconds since 1970: what a record's times are kept as.
pub(super) fn ms(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The first moment of the millisecond; a time that is none is the end of time.
pub(super) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// A record under an attempt.
pub(super) fn begun(claim: &Claim, digest: &Digest, lease: Lease) -> Item {
    record(claim, BEGUN)
        .with_bytes("d", digest.as_bytes().as_slice())
        .with_number("u", ms(lease.until))
        .with_number("r", u8::from(claim.reopened))
}

/// The record of done work. The digest is not known to who commits: it is carried by the update.
pub(super) fn record(claim: &Claim, state: u8) -> Item {
    Item::new(&record_key(&claim.work)).with_number("s", state).with_number("n", claim.attempt)
}

/// When a record is deleted, in seconds since 1970.
pub(super) fn ttl(done: &Done) -> (i64, i64) {
    let expires = done.at.checked_add(done.keep).unwrap_or(Timestamp::MAX);
    (ms(expires), expires.as_second().saturating_add(TTL_MARGIN_S))
}

pub(super) fn outbox(claim: &Claim, done: &Done) -> Result<Item, JournalError> {
    let outbox = Outbox { work: claim.work.clone(), events: done.events.clone(), at: done.at };
    let text = written(&outbox, "the outbox")?;
    Ok(Item::new(&outbox_key(&claim.work)).with_text("v", text).with_number("t", ms(done.at)))
}

pub(super) fn parked(parked: &ParkedWork) -> Result<Item, JournalError> {
    let text = written(parked, "the parked payload")?;
    Ok(Item::new(&parked_key(&parked.work)).with_text("v", text))
}

/// A JSON text that fits into an item.
pub(super) fn fitting(text: String, what: &'static str) -> Result<String, JournalError> {
    match text.len() {
        bytes if bytes > TEXT_MAX => Err(JournalError::TooLarge { what, bytes, max: TEXT_MAX }),
        _ => Ok(text),
    }
}

fn written<T: Serialize>(value: &T, what: &'static str) -> Result<String, JournalError> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|error| StoreError::Corrupt { reason: error.to_string() })?;
    fitting(text, what)
}

/// The value of an item of a list.
pub(super) fn read<T: DeserializeOwned>(item: &Item) -> Result<T, StoreError> {
    serde_json::from_str(item.text("v")?).map_err(|_| item.corrupt("v"))
}

pub(super) fn row(item: &Item) -> Result<Row, StoreError> {
    Ok(Row { value: item.text("v")?.to_owned(), revision: item.number("n")? })
}
