//! Changing deliveries: read, apply a transition of [`Delivery`], write if nobody wrote since; again if
//! somebody did.

use std::collections::{BTreeMap, BTreeSet};

use eventyard_bus::{Delivery, DeliveryKey, DeliveryState, StoreError};
use eventyard_rules::TargetName;

use super::body::{self, Packed};
use super::calls::Write;
use super::delivery_item::{self, Loaded, REVISION, Stamp, WRITER};
use super::expression::Condition;
use super::group::Head;
use super::item::Item;
use super::{DynamoStore, random, together};
use crate::wake::WakeUp;

/// Writers that may come in between before the table counts as too busy.
const TRIES_MAX: u32 = 16;

/// A delivery as it is after a change.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    pub loaded: Loaded,
    /// The change finished it.
    finished: bool,
}

impl DynamoStore {
    pub(super) async fn load(&self, key: &DeliveryKey) -> Result<Option<Loaded>, StoreError> {
        match self.table().get(&self.keys().delivery(key)).await? {
            Some(item) => Loaded::read(self.table(), item).await.map(Some),
            None => Ok(None),
        }
    }

    /// The deliveries that are there of these keys.
    pub(super) async fn load_all(
        &self,
        keys: impl IntoIterator<Item = DeliveryKey>,
    ) -> Result<BTreeMap<DeliveryKey, Loaded>, StoreError> {
        let keys: Vec<_> = keys.into_iter().map(|key| self.keys().delivery(&key)).collect();
        let items = self.table().get_all(keys).await?;
        let read = items.into_values().map(|item| Loaded::read(self.table(), item));
        let loaded = together::all(read).await?;
        Ok(loaded.into_iter().map(|loaded| (loaded.delivery.key, loaded)).collect())
    }

    /// Makes changes, those of one delivery in their order; for each the delivery after it, none where it
    /// could not be made. Waiting deliveries are woken, and so is the next of a group whose first is
    /// finished.
    pub(super) async fn change_all<C>(
        &self,
        changes: Vec<(DeliveryKey, C)>,
    ) -> Result<Vec<Option<Loaded>>, StoreError>
    where
        C: Fn(&mut Delivery) -> bool + Send + Sync,
    {
        let mut loaded = self.load_all(changes.iter().map(|(key, _)| *key)).await?;
        let mut by_key: BTreeMap<DeliveryKey, Vec<usize>> = BTreeMap::new();
        for (index, (key, _)) in changes.iter().enumerate() {
            by_key.entry(*key).or_default().push(index);
        }
        let work = by_key
            .into_iter()
            .filter_map(|(key, indexes)| Some((loaded.remove(&key)?, indexes)))
            .map(|(loaded, indexes)| self.change_in_turn(loaded, indexes, &changes));
        let done = together::all(work).await?;
        let done: BTreeMap<usize, Changed> = done.into_iter().flatten().collect();
        self.follow_up(done.values()).await?;
        let mut done: BTreeMap<_, _> =
            done.into_iter().map(|(index, changed)| (index, changed.loaded)).collect();
        Ok((0..changes.len()).map(|index| done.remove(&index)).collect())
    }

    /// Makes the changes of one delivery.
    async fn change_in_turn<C>(
        &self,
        mut loaded: Loaded,
        indexes: Vec<usize>,
        changes: &[(DeliveryKey, C)],
    ) -> Result<Vec<(usize, Changed)>, StoreError>
    where
        C: Fn(&mut Delivery) -> bool + Send + Sync,
    {
        let mut done = Vec::new();
        for index in indexes {
            let Some((_, change)) = changes.get(index) else { continue };
            if let Some(changed) = self.change(loaded.clone(), change).await? {
                loaded = changed.loaded.clone();
                done.push((index, changed));
            }
        }
        Ok(done)
    }

    /// Makes one change; none when it cannot be made.
    pub(super) async fn change<C>(
        &self,
        mut loaded: Loaded,
        change: &C,
    ) -> Result<Option<Changed>, StoreError>
    where
        C: Fn(&mut Delivery) -> bool + Send + Sync,
    {
        for _ in 0..TRIES_MAX {
            let mut after = loaded.delivery.clone();
            if !change(&mut after) {
                return Ok(None);
            }
            let was_unfinished = loaded.delivery.is_unfinished();
            match self.write_over(&loaded, &after).await? {
                Ok(item) => {
                    let finished = was_unfinished && !after.is_unfinished();
                    let loaded = Loaded { delivery: after, item };
                    return Ok(Some(Changed { loaded, finished }));
                }
                Err(Some(newer)) => loaded = newer,
                Err(None) => return Ok(None),
            }
        }
        Err(StoreError::unavailable(format!("a delivery changed {TRIES_MAX} times meanwhile")))
    }

    /// Writes a delivery over the one that was read: its item, or what somebody else wrote since.
    async fn write_over(
        &self,
        before: &Loaded,
        after: &Delivery,
    ) -> Result<Result<Item, Option<Loaded>>, StoreError> {
        let revives = !before.delivery.is_unfinished() && after.is_unfinished();
        let mut pointer = before.pointer()?;
        if revives {
            // A reader that saw the delivery finished may delete this pointer after it was written: it is
            // written again, with the token that the delivery names, once the delivery is.
            self.point(after).await?;
            pointer = after.group.is_some().then(random);
        }
        let revision = before.revision()?;
        let stamp = Stamp { revision: revision.saturating_add(1), writer: random(), pointer };
        let retention = self.settings().retention;
        let Packed { item, chunks } =
            delivery_item::write(self.keys(), after, Some(&before.item), stamp, retention)?;
        body::write(self.table(), chunks).await?;
        let unchanged = Condition::that("v = :v").with(":v", revision);
        let there = match self.table().put_if(item.clone(), &unchanged).await? {
            Write::Done => None,
            Write::Refused(Some(there)) => Some(there),
            Write::Refused(None) => match self.table().get(&item.key()?).await? {
                Some(there) => Some(there),
                None => return Ok(Err(None)),
            },
        };
        if let Some(there) = there.filter(|there| !is_ours(there, stamp)) {
            return Ok(Err(Some(Loaded::read(self.table(), there).await?)));
        }
        if let Some(token) = pointer.filter(|_| revives) {
            self.point_as(after, token).await?;
        }
        Ok(Ok(item))
    }

    /// Wakes what waits, and the next of each group whose first is finished.
    pub(super) async fn follow_up(
        &self,
        changed: impl IntoIterator<Item = &Changed> + Send,
    ) -> Result<(), StoreError> {
        let (mut wake_ups, mut finished) = (Vec::new(), Vec::new());
        for changed in changed {
            wake_ups.extend(wake_up(&changed.loaded.delivery));
            if changed.finished && changed.loaded.delivery.group.is_some() {
                finished.push(changed.loaded.clone());
            }
        }
        together::all(finished.iter().map(|loaded| self.unpoint(loaded))).await?;
        let groups = finished.iter().filter_map(|loaded| group(&loaded.delivery)).collect();
        let heads = self.heads(groups).await?;
        wake_ups.extend(heads.iter().filter_map(|head| match head {
            Head::Is(loaded) => wake_up(&loaded.delivery),
            _ => None,
        }));
        self.wake(wake_ups).await;
        Ok(())
    }

    /// The first of each of these groups.
    pub(super) async fn heads(
        &self,
        groups: BTreeSet<(TargetName, String)>,
    ) -> Result<Vec<Head>, StoreError> {
        together::all(groups.iter().map(|(target, group)| self.head(target, group))).await
    }

    pub(super) async fn wake(&self, wake_ups: Vec<WakeUp>) {
        if !wake_ups.is_empty() {
            self.0.wake.wake(wake_ups).await;
        }
    }
}

/// Whether what is there was written by this very call, in a try whose answer was lost.
fn is_ours(there: &Item, stamp: Stamp) -> bool {
    there.number(REVISION).ok() == Some(stamp.revision)
        && there.number(WRITER).ok() == Some(stamp.writer)
}

/// The wake-up of a delivery that waits.
pub(super) fn wake_up(delivery: &Delivery) -> Option<WakeUp> {
    match delivery.state {
        DeliveryState::Waiting { due } => {
            Some(WakeUp { target: delivery.target.clone(), key: delivery.key, due })
        }
        _ => None,
    }
}

/// The group of a delivery, if it has one.
pub(super) fn group(delivery: &Delivery) -> Option<(TargetName, String)> {
    Some((delivery.target.clone(), delivery.group.clone()?))
}
