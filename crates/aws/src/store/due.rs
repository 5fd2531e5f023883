//! What is due: candidates by the index, each decided on its item.

use std::collections::{BTreeMap, HashMap};

use eventyard_bus::{Delivery, DeliveryKey, LogPosition, StoreError};
use eventyard_event::Timestamp;
use eventyard_rules::TargetName;

use super::delivery_item::Loaded;
use super::group::Head;
use super::item::Item;
use super::query::Range;
use super::walk::Walk;
use super::{DynamoStore, keys, together};

/// Candidates that are read at once, at most and at least.
const READ_AT_ONCE: usize = 100;
const READ_AT_LEAST: usize = 10;

/// Due deliveries in their order: the longest due first, then as in the log.
type Due = BTreeMap<(Timestamp, LogPosition, DeliveryKey), Loaded>;

/// A candidate of the index.
struct Candidate {
    key: DeliveryKey,
    /// It is not due before this place.
    place: (Timestamp, LogPosition),
}

/// The first of each group that was asked for.
#[derive(Default)]
struct Heads(HashMap<String, Head>);

impl DynamoStore {
    pub(super) async fn due_items(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let size = limit.clamp(READ_AT_LEAST, READ_AT_ONCE);
        let range = Range::UpTo(keys::due_until(now));
        let mut walk = self.table().query_index(&self.keys().due(target), range).by(size).walk();
        let (mut due, mut heads) = (Due::new(), Heads::default());
        loop {
            let candidates = self.candidates(&mut walk, size).await?;
            let Some(first) = candidates.first() else { break };
            if worst(&due, limit).is_some_and(|worst| first.place > worst) {
                break;
            }
            let loaded = self.load_all(candidates.iter().map(|candidate| candidate.key)).await?;
            self.keep_due(target, now, loaded.into_values(), &mut heads, &mut due).await?;
        }
        self.complete(due.into_values().take(limit)).await
    }

    pub(super) async fn due_items_of(
        &self,
        target: &TargetName,
        keys: &[DeliveryKey],
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        let loaded = self.load_all(keys.iter().copied()).await?;
        let mut due = Due::new();
        let heads = &mut Heads::default();
        self.keep_due(target, now, loaded.into_values(), heads, &mut due).await?;
        self.complete(due.into_values()).await
    }

    /// Keeps those that are due now, of groups the first.
    async fn keep_due(
        &self,
        target: &TargetName,
        now: Timestamp,
        loaded: impl Iterator<Item = Loaded> + Send,
        heads: &mut Heads,
        due: &mut Due,
    ) -> Result<(), StoreError> {
        for loaded in loaded {
            let delivery = &loaded.delivery;
            let at = delivery.next_due().filter(|at| *at <= now && delivery.target == *target);
            if let Some(at) = at
                && self.comes_first(delivery, heads).await?
            {
                due.insert((at, delivery.position, delivery.key), loaded);
            }
        }
        Ok(())
    }

    async fn comes_first(
        &self,
        delivery: &Delivery,
        heads: &mut Heads,
    ) -> Result<bool, StoreError> {
        let Some(group) = &delivery.group else { return Ok(true) };
        if !heads.0.contains_key(group) {
            let head = self.head(&delivery.target, group).await?;
            heads.0.insert(group.clone(), head);
        }
        match heads.0.get(group) {
            Some(head) => self.is_first(delivery, head).await,
            None => Ok(false),
        }
    }

    async fn complete(
        &self,
        loaded: impl Iterator<Item = Loaded> + Send,
    ) -> Result<Vec<Delivery>, StoreError> {
        together::all(loaded.map(|loaded| loaded.complete(self.table()))).await
    }

    /// When the next delivery of a target is due; later ones of a group do not count.
    pub(super) async fn next_due_of(
        &self,
        target: &TargetName,
    ) -> Result<Option<Timestamp>, StoreError> {
        let wpk = self.keys().due(target);
        let mut walk = self.table().query_index(&wpk, Range::All).by(READ_AT_LEAST).walk();
        let (mut next, mut heads) = (None, Heads::default());
        loop {
            let candidates = self.candidates(&mut walk, READ_AT_LEAST).await?;
            let first = candidates.first().map(|candidate| candidate.place.0);
            if first.is_none() || next.is_some_and(|next| first >= Some(next)) {
                return Ok(next);
            }
            let loaded = self.load_all(candidates.iter().map(|candidate| candidate.key)).await?;
            for Loaded { delivery, .. } in loaded.values() {
                let Some(due) = delivery.next_due() else { continue };
                if next.is_none_or(|next| due < next)
                    && self.comes_first(delivery, &mut heads).await?
                {
                    next = Some(due);
                }
            }
        }
    }

    /// Whether anything of a target is unfinished.
    pub(super) async fn has_unfinished(&self, target: &TargetName) -> Result<bool, StoreError> {
        let wpk = self.keys().due(target);
        let mut walk = self.table().query_index(&wpk, Range::All).by(READ_AT_LEAST).walk();
        loop {
            let candidates = self.candidates(&mut walk, READ_AT_LEAST).await?;
            if candidates.is_empty() {
                return Ok(false);
            }
            let loaded = self.load_all(candidates.iter().map(|candidate| candidate.key)).await?;
            if loaded.values().any(|loaded| loaded.delivery.is_unfinished()) {
                return Ok(true);
            }
        }
    }

    /// Since when the longest due delivery of any target is due, if one is.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    pub async fn oldest_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let targets = self.registered().await?;
        let due = together::all(targets.iter().map(|target| self.next_due_of(target))).await?;
        Ok(due.into_iter().flatten().filter(|due| *due <= now).min())
    }

    /// The next candidates of a walk over the index.
    async fn candidates(
        &self,
        walk: &mut Walk,
        count: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        let items = walk.take(count).await?;
        items.iter().map(|item| self.candidate(item)).collect()
    }

    fn candidate(&self, item: &Item) -> Result<Candidate, StoreError> {
        let key = self.keys().read_delivery(&item.key()?).ok_or_else(|| item.corrupt("sk"))?;
        let place = keys::read_due_place(item.text("wsk")?).ok_or_else(|| item.corrupt("wsk"))?;
        Ok(Candidate { key, place })
    }
}

/// The last place that counts when only so many are asked for; none while there are fewer.
fn worst(due: &Due, limit: usize) -> Option<(Timestamp, LogPosition)> {
    due.keys().nth(limit.checked_sub(1)?).map(|(at, position, _)| (*at, *position))
}
