//! Delivery items in memory.

use super::MemoryStore;
use super::store::State;
use crate::{
    Cause, Deliveries, Delivery, DeliveryKey, DeliveryState, Lease, ParkedCursor, ParkedPage,
    ParkedQuery, Settlement, StoreError, Undecodable,
};
use eventyard_rules::TargetName;
use jiff::Timestamp;
use std::collections::BTreeSet;

impl Deliveries for MemoryStore {
    async fn record(&self, items: Vec<Delivery>) -> Result<(), StoreError> {
        let mut state = self.state();
        for item in items {
            state.items.entry(item.key).or_insert(item);
        }
        Ok(())
    }

    async fn get(&self, keys: &[DeliveryKey]) -> Result<Vec<Option<Delivery>>, StoreError> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.items.get(key).cloned()).collect())
    }

    async fn due(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let state = self.state();
        let heads = state.heads(target).into_iter();
        let mut due: Vec<_> = heads.filter(|(due, _)| *due <= now).collect();
        due.sort_by_key(|(due, item)| (*due, item.position));
        Ok(due.into_iter().take(limit).map(|(_, item)| item.clone()).collect())
    }

    async fn next_due(&self, target: &TargetName) -> Result<Option<Timestamp>, StoreError> {
        let state = self.state();
        Ok(state.heads(target).into_iter().map(|(due, _)| due).min())
    }

    async fn targets(&self) -> Result<Vec<TargetName>, StoreError> {
        let state = self.state();
        let unfinished = state.items.values().filter(|item| item.is_unfinished());
        let names: BTreeSet<_> = unfinished.map(|item| item.target.clone()).collect();
        Ok(names.into_iter().collect())
    }

    async fn holds(&self, target: &TargetName, group: &str) -> Result<bool, StoreError> {
        let state = self.state();
        Ok(state.items.values().any(|item| {
            item.target == *target && item.group.as_deref() == Some(group) && item.is_unfinished()
        }))
    }

    async fn claim(
        &self,
        attempts: &[(DeliveryKey, u32)],
        lease: Lease,
    ) -> Result<Vec<bool>, StoreError> {
        let mut state = self.state();
        let claim = |(key, attempt): &(DeliveryKey, u32)| {
            state.items.get_mut(key).is_some_and(|item| item.claim(*attempt, lease))
        };
        Ok(attempts.iter().map(claim).collect())
    }

    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<bool>, StoreError> {
        let mut state = self.state();
        let settle =
            |end: Settlement| state.items.get_mut(&end.key).is_some_and(|item| item.settle(end));
        Ok(settlements.into_iter().map(settle).collect())
    }

    async fn defer(&self, items: &[(DeliveryKey, Timestamp)]) -> Result<(), StoreError> {
        let mut state = self.state();
        for (key, due) in items {
            // One that is not waiting has gone its way meanwhile.
            let _ = state.items.get_mut(key).is_some_and(|item| item.defer(*due));
        }
        Ok(())
    }

    async fn park(
        &self,
        items: Vec<(DeliveryKey, Cause)>,
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let mut state = self.state();
        let park = |(key, cause): (DeliveryKey, Cause)| {
            state.items.get_mut(&key).is_some_and(|item| item.park(cause, now))
        };
        Ok(items.into_iter().map(park).collect())
    }

    async fn parked(&self, query: &ParkedQuery) -> Result<ParkedPage, StoreError> {
        Ok(self.state().parked(query))
    }

    async fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.state().change(key, |item| item.redrive(edit, now))
    }

    async fn drop(
        &self,
        key: &DeliveryKey,
        reason: &str,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.state().change(key, |item| item.discard(reason, now))
    }

    async fn park_undecodable(&self, message: Undecodable) -> Result<(), StoreError> {
        let key = (message.via.clone(), message.message_id.clone());
        self.state().undecodable.entry(key).or_insert(message);
        Ok(())
    }

    async fn undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Undecodable>, StoreError> {
        let later = |key: &(String, String)| after.is_none_or(|after| (&*key.0, &*key.1) > after);
        let state = self.state();
        let messages = state.undecodable.iter().filter(|(key, _)| later(key));
        Ok(messages.take(limit).map(|(_, message)| message.clone()).collect())
    }
}

impl State {
    /// The unfinished items of a target with their due times; of a group only the first.
    fn heads(&self, target: &TargetName) -> Vec<(Timestamp, &Delivery)> {
        let mut items: Vec<_> = self
            .items
            .values()
            .filter(|item| item.target == *target)
            .filter_map(|item| Some((item.next_due()?, item)))
            .collect();
        items.sort_by_key(|(_, item)| item.position);
        let mut groups = BTreeSet::new();
        items.retain(|(_, item)| item.group.as_ref().is_none_or(|group| groups.insert(group)));
        items
    }

    fn parked(&self, query: &ParkedQuery) -> ParkedPage {
        let fits = |item: &Delivery| {
            query.target.as_ref().is_none_or(|target| item.target == *target)
                && query.rule.as_ref().is_none_or(|rule| item.rule == *rule)
        };
        let mut found: Vec<_> = self
            .items
            .values()
            .filter(|item| fits(item))
            .filter_map(|item| match item.state {
                DeliveryState::Parked { at } => Some((ParkedCursor { at, key: item.key }, item)),
                _ => None,
            })
            .filter(|(cursor, _)| query.after.is_none_or(|after| *cursor > after))
            .collect();
        found.sort_by_key(|(cursor, _)| *cursor);
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let next = found.last().map(|(cursor, _)| *cursor).filter(|_| more);
        ParkedPage { items: found.into_iter().map(|(_, item)| item.clone()).collect(), next }
    }

    fn change(
        &mut self,
        key: &DeliveryKey,
        apply: impl FnOnce(&mut Delivery) -> bool,
    ) -> Result<Delivery, StoreError> {
        let not_parked = StoreError::NotParked { key: *key };
        let item = self.items.get_mut(key).ok_or_else(|| not_parked.clone())?;
        if apply(item) { Ok(item.clone()) } else { Err(not_parked) }
    }
}
