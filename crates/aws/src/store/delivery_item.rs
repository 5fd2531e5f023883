//! A delivery as an item: its JSON, a revision to write by, and its place in the index.
//!
//! An edit of more than a kilobyte stands in chunks of its own, which attempts leave as they are.

use std::time::Duration;

use eventyard_bus::{Delivery, DeliveryState, ParkedCursor, StoreError};
use eventyard_event::Timestamp;

use super::body::{BODY, EDIT, INLINE_MAX, Packed};
use super::calls::Table;
use super::item::Item;
use super::keys::{self, Keys};
use super::time;

/// Counts the writes of an item.
pub(super) const REVISION: &str = "v";
/// Who wrote last: tells a write of ours whose answer was lost from another's.
pub(super) const WRITER: &str = "k";
/// The token of the group pointer that was written for this item.
pub(super) const POINTER: &str = "g";

/// The longest edit that stands in the item itself.
const EDIT_INLINE_MAX: usize = 1024;
/// How much later than in the index a delivery may be due before it moves there: a move costs two
/// units, and looking at it too early a fifth of one each minute.
const INDEX_LAG: Duration = Duration::from_secs(60);

/// A delivery as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    /// Without an edit that stands in chunks; see [`complete`](Self::complete).
    pub delivery: Delivery,
    pub item: Item,
}

/// Who writes an item, and which write of it that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub revision: u64,
    pub writer: u64,
    pub pointer: Option<u64>,
}

impl Loaded {
    pub async fn read(table: &Table, item: Item) -> Result<Self, StoreError> {
        let body = BODY.unpack(table, &item).await?.ok_or_else(|| item.corrupt("b"))?;
        let delivery = serde_json::from_slice(&body).map_err(|_| item.corrupt("b"))?;
        Ok(Self { delivery, item })
    }

    /// The delivery with all of it.
    pub async fn complete(mut self, table: &Table) -> Result<Delivery, StoreError> {
        if let Some(edit) = EDIT.unpack(table, &self.item).await? {
            let edit = String::from_utf8(edit).map_err(|_| self.item.corrupt("xh"))?;
            self.delivery.edit = Some(edit);
        }
        Ok(self.delivery)
    }

    pub fn revision(&self) -> Result<u64, StoreError> {
        self.item.number(REVISION)
    }

    pub fn pointer(&self) -> Result<Option<u64>, StoreError> {
        self.item.optional_number(POINTER)
    }
}

/// A delivery as it is written; `before` is its item, if it has one.
pub(super) fn write(
    keys: &Keys,
    delivery: &Delivery,
    before: Option<&Item>,
    stamp: Stamp,
    retention: Option<Duration>,
) -> Result<Packed, StoreError> {
    let mut item = Item::new(&keys.delivery(&delivery.key))
        .with_number(REVISION, stamp.revision)
        .with_number(WRITER, stamp.writer)
        .with_optional(POINTER, stamp.pointer)
        .with_optional("ttl", ttl(delivery, retention));
    if let Some((wpk, wsk)) = place(keys, delivery, before)? {
        item = item.with_text("wpk", wpk).with_text("wsk", wsk);
    }
    let mut body = delivery.clone();
    let (mut item, mut chunks) = match (body.edit.take(), before) {
        (Some(edit), _) if edit.len() > EDIT_INLINE_MAX => {
            let packed = EDIT.pack(item, edit.into_bytes(), 0)?;
            (packed.item, packed.chunks)
        }
        (None, Some(before)) => (EDIT.carry(before, item)?, Vec::new()),
        (edit, _) => {
            body.edit = edit;
            (item, Vec::new())
        }
    };
    let unwritable = |_| item.corrupt("b");
    let json = serde_json::to_vec(&body).map_err(unwritable)?;
    let packed = BODY.pack(item, json, INLINE_MAX)?;
    item = packed.item;
    chunks.extend(packed.chunks);
    Ok(Packed { item, chunks })
}

/// Only what is done is forgotten some day.
fn ttl(delivery: &Delivery, retention: Option<Duration>) -> Option<i64> {
    match &delivery.state {
        DeliveryState::Delivered { at } | DeliveryState::Dropped { at, .. } => {
            time::ttl(*at, retention)
        }
        _ => None,
    }
}

/// Where a delivery stands in the index, if it does. It stays where it was while that is near enough.
fn place(
    keys: &Keys,
    delivery: &Delivery,
    before: Option<&Item>,
) -> Result<Option<(String, String)>, StoreError> {
    if let DeliveryState::Parked { at } = delivery.state {
        let cursor = ParkedCursor { at, key: delivery.key };
        return Ok(Some((keys.parked(&delivery.target), keys::parked_place(&cursor))));
    }
    let Some(due) = delivery.next_due() else { return Ok(None) };
    let wpk = keys.due(&delivery.target);
    if let Some(wsk) = before.map(|before| due_before(before, &wpk)).transpose()?.flatten() {
        let is_attempt = matches!(delivery.state, DeliveryState::InFlight { .. });
        if keys::read_due_place(wsk).is_some_and(|(was, _)| stays(was, due, is_attempt)) {
            return Ok(Some((wpk, wsk.to_owned())));
        }
    }
    Ok(Some((wpk, keys::due_place(due, &delivery.position, &delivery.key))))
}

/// Where an item stands among the due ones of its target.
fn due_before<'i>(item: &'i Item, wpk: &str) -> Result<Option<&'i str>, StoreError> {
    match item.optional_text("wpk")? {
        Some(before) if before == wpk => item.optional_text("wsk"),
        _ => Ok(None),
    }
}

/// INVARIANT (due): never later in the index than it is due.
fn stays(was: Timestamp, due: Timestamp, is_attempt: bool) -> bool {
    let near = was.checked_add(INDEX_LAG).is_ok_and(|near| due < near);
    was <= due && (is_attempt || near)
}
