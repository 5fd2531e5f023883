//! An accepted event as an item: what is asked of it in attributes, plan and document in its body.

use std::sync::Arc;

use eventyard_bus::{PageNumber, StoreError, StoredEvent};
use eventyard_event::{Digest, Event, Limits};

use super::body::{BODY, INLINE_MAX, Packed};
use super::calls::Table;
use super::codec::{Damaged, Decode, Encode};
use super::item::{Item, Key};
use super::{plan, time};

/// The page that names it.
pub(super) const PAGE: &str = "p";
/// What it holds, to tell a duplicate from a conflict.
pub(super) const DIGEST: &str = "d";
const ACCEPTED: &str = "t";
const VIA: &str = "i";

/// An event as it is written, its chunks apart.
pub(super) fn write(
    key: &Key,
    stored: &StoredEvent,
    ttl: Option<i64>,
) -> Result<Packed, StoreError> {
    let item = Item::new(key)
        .with_number(PAGE, stored.page)
        .with_number(ACCEPTED, time::number(stored.accepted_at))
        .with_bytes(DIGEST, stored.event.digest().as_bytes().to_vec())
        .with_text(VIA, &*stored.via)
        .with_optional("ttl", ttl);
    let plan = plan::write(&stored.plan);
    let document = stored.event.document();
    let mut body = Vec::with_capacity(plan.len() + document.len() + 4);
    body.put_bytes(&plan);
    body.put(document.as_bytes());
    BODY.pack(item, body, INLINE_MAX)
}

/// The event of an item, its chunks read.
pub(super) async fn read(table: &Table, item: &Item) -> Result<Arc<StoredEvent>, StoreError> {
    let body = BODY.unpack(table, item).await?.ok_or_else(|| item.corrupt("b"))?;
    let (plan, event) = read_body(&body).map_err(item.damaged("b"))?;
    Ok(Arc::new(StoredEvent {
        event,
        plan,
        accepted_at: time::time(item, ACCEPTED)?,
        page: page(item)?,
        via: item.text(VIA)?.into(),
        replayed: None,
    }))
}

/// The page that names the event of an item.
pub(super) fn page(item: &Item) -> Result<PageNumber, StoreError> {
    Ok(PageNumber(item.number(PAGE)?))
}

/// What the event of an item holds.
pub(super) fn digest(item: &Item) -> Result<Digest, StoreError> {
    Ok(Digest::from_bytes(item.hash(DIGEST)?))
}

fn read_body(body: &[u8]) -> Result<(eventyard_rules::Plan, Event), Damaged> {
    let mut decode = Decode::new(body);
    let plan = plan::read(decode.bytes()?)?;
    Ok((plan, read_document(decode.rest())?))
}

/// An event that was once accepted stays readable, whatever limits hold now.
pub(super) fn read_document(document: &[u8]) -> Result<Event, Damaged> {
    let limits = Limits {
        event_bytes: usize::MAX,
        depth: 256,
        members: usize::MAX,
        string_bytes: usize::MAX,
        ..Limits::default()
    };
    Event::from_document(document, &limits).map_err(|_| Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::item::units;
    use crate::store::keys::{Keys, Place};
    use eventyard_bus::contract::fixture::{at, event, planned};

    #[test]
    fn a_document_of_800_bytes_with_two_deliveries_is_one_unit_as_it_is() {
        let event = event("order-000001", &"a".repeat(713));
        assert_eq!(event.document().len(), 800);
        let key = Keys::new("main").event(&event.identity());
        let plan = planned(event.clone(), &["orders-queue", "payments-queue"]).plan;
        let page = Place { shard: 15, n: 1_000_000 }.page();
        let via = "sqs:ingest".into();
        let stored = StoredEvent { event, plan, accepted_at: at(0), page, via, replayed: None };
        let packed = write(&key, &stored, None).expect("written");
        assert_eq!(units(packed.item.size()), 1, "{} bytes", packed.item.size());
        assert!(packed.item.has("b") && packed.chunks.is_empty());
    }
}
