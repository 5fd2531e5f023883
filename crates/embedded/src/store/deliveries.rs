//! The store as the keeper of delivery items.

use std::ops::Bound;

use eventyard_bus::{
    Cause, Deliveries, Delivery, DeliveryKey, Lease, ParkedPage, ParkedQuery, Settlement,
    StoreError, Undecodable,
};
use eventyard_event::Timestamp;
use eventyard_rules::TargetName;
use redb::ReadableTable;

use super::codec::Damaged;
use super::error::Fault;
use super::transaction::Transaction;
use super::{Promise, Store, instant, work};

impl Deliveries for Store {
    async fn record(&self, items: Vec<Delivery>) -> Result<(), StoreError> {
        let bytes = items.len() * 512;
        let all = move |tables: &mut Transaction<'_>| {
            items.iter().try_for_each(|item| work::add(tables, item))
        };
        Ok(self.call(Promise::Relaxed, bytes, all).await?)
    }

    async fn get(&self, keys: &[DeliveryKey]) -> Result<Vec<Option<Delivery>>, StoreError> {
        let keys = keys.to_vec();
        let all = move |tables: &mut Transaction<'_>| {
            keys.iter().map(|key| work::load(&tables.deliveries, key)).collect()
        };
        Ok(self.call(Promise::Read, 0, all).await?)
    }

    async fn due(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (target, now) = (target.clone(), instant::number(now));
        let due = move |tables: &mut Transaction<'_>| {
            work::due_items(tables, target.as_str(), now, limit)
        };
        Ok(self.call(Promise::Read, 0, due).await?)
    }

    async fn next_due(&self, target: &TargetName) -> Result<Option<Timestamp>, StoreError> {
        let target = target.clone();
        let next = move |tables: &mut Transaction<'_>| work::next_due(tables, target.as_str());
        Ok(self.call(Promise::Read, 0, next).await?.map(instant::time))
    }

    async fn targets(&self) -> Result<Vec<TargetName>, StoreError> {
        let names = self.call(Promise::Read, 0, |tables| work::targets(tables)).await?;
        let names = names.into_iter().map(|name| name.parse().map_err(|_| Damaged.into()));
        Ok(names.collect::<Result<_, Fault>>()?)
    }

    async fn holds(&self, target: &TargetName, group: &str) -> Result<bool, StoreError> {
        let (target, group) = (target.clone(), group.to_owned());
        let holds =
            move |tables: &mut Transaction<'_>| work::holds(tables, target.as_str(), &group);
        Ok(self.call(Promise::Read, 0, holds).await?)
    }

    async fn claim(
        &self,
        attempts: &[(DeliveryKey, u32)],
        lease: Lease,
    ) -> Result<Vec<bool>, StoreError> {
        let changes = attempts.iter().map(|(key, attempt)| {
            let attempt = *attempt;
            (*key, move |item: &mut Delivery| item.claim(attempt, lease))
        });
        self.change_all(changes.collect()).await
    }

    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<bool>, StoreError> {
        let changes = settlements
            .into_iter()
            .map(|settlement| (settlement.key, move |item: &mut Delivery| item.settle(settlement)));
        self.change_all(changes.collect()).await
    }

    async fn defer(&self, items: &[(DeliveryKey, Timestamp)]) -> Result<(), StoreError> {
        let changes = items.iter().map(|(key, due)| {
            let due = *due;
            (*key, move |item: &mut Delivery| item.defer(due))
        });
        self.change_all(changes.collect()).await.map(drop)
    }

    async fn park(
        &self,
        items: Vec<(DeliveryKey, Cause)>,
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let changes = items
            .into_iter()
            .map(|(key, cause)| (key, move |item: &mut Delivery| item.park(cause, now)));
        self.change_all(changes.collect()).await
    }

    async fn parked(&self, query: &ParkedQuery) -> Result<ParkedPage, StoreError> {
        let query = query.clone();
        let page = move |tables: &mut Transaction<'_>| parked(tables, &query);
        Ok(self.call(Promise::Read, 0, page).await?)
    }

    async fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.change_parked(key, move |item| item.redrive(edit, now)).await
    }

    async fn drop(
        &self,
        key: &DeliveryKey,
        reason: &str,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        let reason = reason.to_owned();
        self.change_parked(key, move |item| item.discard(&reason, now)).await
    }

    async fn park_undecodable(&self, message: Undecodable) -> Result<(), StoreError> {
        let json = serde_json::to_vec(&message).map_err(Fault::from)?;
        let keep = move |tables: &mut Transaction<'_>| {
            let key = (message.via.as_str(), message.message_id.as_str());
            if tables.undecodable.get(key)?.is_none() {
                tables.undecodable.insert(key, &*json)?;
            }
            Ok(())
        };
        Ok(self.call(Promise::Durable, 0, keep).await?)
    }

    async fn undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Undecodable>, StoreError> {
        let after = after.map(|(via, id)| (via.to_owned(), id.to_owned()));
        let page = move |tables: &mut Transaction<'_>| {
            let from = after.as_ref().map(|(via, id)| (via.as_str(), id.as_str()));
            let from = from.map_or(Bound::Unbounded, Bound::Excluded);
            let range = tables.undecodable.range::<(&str, &str)>((from, Bound::Unbounded))?;
            range.take(limit).map(|entry| Ok(serde_json::from_slice(entry?.1.value())?)).collect()
        };
        Ok(self.call(Promise::Read, 0, page).await?)
    }
}

impl Store {
    /// Applies one change to each item; answers for each whether it was allowed.
    async fn change_all(
        &self,
        changes: Vec<(DeliveryKey, impl FnOnce(&mut Delivery) -> bool + Send + 'static)>,
    ) -> Result<Vec<bool>, StoreError> {
        let bytes = changes.len() * 1024;
        let all = move |tables: &mut Transaction<'_>| {
            let each = changes.into_iter();
            each.map(|(key, change)| Ok(work::change(tables, &key, change)?.is_some())).collect()
        };
        Ok(self.call(Promise::Relaxed, bytes, all).await?)
    }

    /// Applies a person's change to a parked item, durably.
    async fn change_parked(
        &self,
        key: &DeliveryKey,
        change: impl FnOnce(&mut Delivery) -> bool + Send + 'static,
    ) -> Result<Delivery, StoreError> {
        let key = *key;
        let one = move |tables: &mut Transaction<'_>| work::change(tables, &key, change);
        let changed = self.call(Promise::Durable, 0, one).await?;
        changed.ok_or(StoreError::NotParked { key })
    }
}

/// Parked items that fit the query, the longest parked first.
fn parked(tables: &Transaction<'_>, query: &ParkedQuery) -> Result<ParkedPage, Fault> {
    let mut page = ParkedPage::default();
    let from = query.after.map(|after| (instant::number(after.at), work::bytes(&after.key)));
    let from = from.map_or(Bound::Unbounded, Bound::Excluded);
    for entry in tables.parked.range((from, Bound::Unbounded))? {
        let (_, bytes) = entry?.0.value();
        let item = work::load(&tables.deliveries, &work::key(bytes))?.ok_or(Damaged)?;
        let other = query.target.as_ref().is_some_and(|target| *target != item.target)
            || query.rule.as_ref().is_some_and(|rule| *rule != item.rule);
        if other {
            continue;
        }
        if page.items.len() >= query.limit {
            // The place of the last item given: there is at least this one behind it.
            page.next = page.items.last().and_then(|last: &Delivery| {
                Some(work::cursor(work::parked_at(last)?, work::bytes(&last.key)))
            });
            break;
        }
        page.items.push(item);
    }
    Ok(page)
}
