//! The store as the keeper of delivery items.

use eventyard_bus::{
    Cause, Deliveries, Delivery, DeliveryKey, Lease, ParkedPage, ParkedQuery, Settlement,
    StoreError, Undecodable,
};
use eventyard_event::Timestamp;
use eventyard_rules::TargetName;

use super::body::{self, Packed};
use super::delivery_item::{self, Stamp};
use super::expression::Condition;
use super::group::Head;
use super::transition::{group, wake_up};
use super::{DynamoStore, random, together};
use crate::crash;

impl Deliveries for DynamoStore {
    async fn record(&self, items: Vec<Delivery>) -> Result<(), StoreError> {
        together::all(items.iter().map(|item| self.record_item(item))).await?;
        self.wake_recorded(&items).await
    }

    async fn get(&self, keys: &[DeliveryKey]) -> Result<Vec<Option<Delivery>>, StoreError> {
        let loaded = self.load_all(keys.iter().copied()).await?;
        let found = keys.iter().map(|key| loaded.get(key).cloned());
        let complete = found.map(|loaded| async move {
            match loaded {
                Some(loaded) => loaded.complete(self.table()).await.map(Some),
                None => Ok(None),
            }
        });
        together::all(complete).await
    }

    async fn due(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.due_items(target, now, limit).await
    }

    async fn due_of(
        &self,
        target: &TargetName,
        keys: &[DeliveryKey],
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.due_items_of(target, keys, now).await
    }

    async fn next_due(&self, target: &TargetName) -> Result<Option<Timestamp>, StoreError> {
        self.next_due_of(target).await
    }

    async fn targets(&self) -> Result<Vec<TargetName>, StoreError> {
        self.busy_targets().await
    }

    async fn holds(&self, target: &TargetName, group: &str) -> Result<bool, StoreError> {
        Ok(!matches!(self.head(target, group).await?, Head::None))
    }

    async fn claim(
        &self,
        attempts: &[(DeliveryKey, u32)],
        lease: Lease,
    ) -> Result<Vec<bool>, StoreError> {
        let claim = |(key, attempt): (DeliveryKey, u32)| {
            (key, move |item: &mut Delivery| item.claim(attempt, lease))
        };
        self.each(attempts.iter().copied().map(claim).collect()).await
    }

    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<bool>, StoreError> {
        let settle =
            |end: Settlement| (end.key, move |item: &mut Delivery| item.settle(end.clone()));
        self.each(settlements.into_iter().map(settle).collect()).await
    }

    async fn defer(&self, items: &[(DeliveryKey, Timestamp)]) -> Result<(), StoreError> {
        let defer = |(key, due): (DeliveryKey, Timestamp)| {
            (key, move |item: &mut Delivery| item.defer(due))
        };
        self.each(items.iter().copied().map(defer).collect()).await?;
        Ok(())
    }

    async fn park(
        &self,
        items: Vec<(DeliveryKey, Cause)>,
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let park = |(key, cause): (DeliveryKey, Cause)| {
            (key, move |item: &mut Delivery| item.park(cause.clone(), now))
        };
        self.each(items.into_iter().map(park).collect()).await
    }

    async fn parked(&self, query: &ParkedQuery) -> Result<ParkedPage, StoreError> {
        self.parked_page(query).await
    }

    async fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.change_parked(key, move |item| item.redrive(edit.clone(), now)).await
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
        self.keep_undecodable(message).await
    }

    async fn undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Undecodable>, StoreError> {
        self.list_undecodable(after, limit).await
    }
}

impl DynamoStore {
    /// Adds one item, its pointer first; one that is there stays as it is.
    async fn record_item(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.register(&delivery.target).await?;
        let pointer = match delivery.is_unfinished() {
            true => self.point(delivery).await?,
            false => None,
        };
        let stamp = Stamp { revision: 1, writer: random(), pointer };
        let retention = self.settings().retention;
        let Packed { item, chunks } =
            delivery_item::write(self.keys(), delivery, None, stamp, retention)?;
        body::write(self.table(), chunks).await?;
        let absent = Condition::absent_or_expired(delivery.created_at.as_second());
        self.table().put_if(item, &absent).await?;
        crash::point("item-recorded");
        Ok(())
    }

    /// Wakes what waits now: without a group, or as the first of it.
    ///
    /// Whoever finishes a first looks for the next after that, and here the next is looked for after it is
    /// written: one of the two sees the other's.
    async fn wake_recorded(&self, items: &[Delivery]) -> Result<(), StoreError> {
        let alone = items.iter().filter(|item| item.group.is_none());
        let mut wake_ups: Vec<_> = alone.filter_map(wake_up).collect();
        let unfinished = items.iter().filter(|item| item.is_unfinished());
        for head in self.heads(unfinished.filter_map(group).collect()).await? {
            if let Head::Is(loaded) = head
                && items.iter().any(|item| item.key == loaded.delivery.key)
            {
                wake_ups.extend(wake_up(&loaded.delivery));
            }
        }
        self.wake(wake_ups).await;
        Ok(())
    }

    /// Makes changes; for each whether it was made.
    async fn each<C>(&self, changes: Vec<(DeliveryKey, C)>) -> Result<Vec<bool>, StoreError>
    where
        C: Fn(&mut Delivery) -> bool + Send + Sync,
    {
        let changed = self.change_all(changes).await?;
        Ok(changed.iter().map(Option::is_some).collect())
    }

    /// Changes a parked delivery; the delivery as it then is.
    async fn change_parked(
        &self,
        key: &DeliveryKey,
        change: impl Fn(&mut Delivery) -> bool + Send + Sync,
    ) -> Result<Delivery, StoreError> {
        let changed = self.change_all(vec![(*key, change)]).await?;
        match changed.into_iter().flatten().next() {
            Some(loaded) => loaded.complete(self.table()).await,
            None => Err(StoreError::NotParked { key: *key }),
        }
    }
}
