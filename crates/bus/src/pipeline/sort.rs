//! Sorting an open page: what is parked, what waits, what is sent at once.

use super::Bus;
use super::page_work::PageWork;
use super::ship::Outbox;
use super::slot::Slot;
use super::verdict::overdue;
use crate::{
    Cause, Deliveries, DeliveryKey, LogPosition, OpenPage, Ports, Route, StoreError, StoredEvent,
    Targets, WaitReason,
};
use eventyard_rules::{Planned, Target, TargetName, Version};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Targets by name, as they were found for plans of one version.
pub(super) type Found = BTreeMap<(TargetName, Version), Option<(Version, Arc<Target>)>>;

/// A page on its way to being sorted.
struct Sorting<'a> {
    now: Timestamp,
    work: PageWork,
    outbox: Outbox<'a>,
    found: Found,
    /// Groups at targets that are known to be held, or known not to be.
    held: BTreeMap<(TargetName, String), bool>,
}

impl<P: Ports> Bus<P> {
    /// Decides for each planned delivery, in log order. Only reads.
    ///
    /// Unless it is the first look at them, deliveries that have items are left to their items.
    pub(super) async fn sort<'a, S: Iterator<Item = Slot<'a>>>(
        &self,
        slots: impl Fn() -> S,
        first_look: bool,
    ) -> Result<(PageWork, Outbox<'a>), StoreError> {
        let taken_care_of =
            if first_look { BTreeSet::new() } else { self.recorded(slots()).await? };
        let mut sorting = Sorting {
            now: self.now(),
            work: PageWork::default(),
            outbox: Outbox::default(),
            found: Found::new(),
            held: BTreeMap::new(),
        };
        for slot in slots() {
            if !taken_care_of.contains(&slot.key()) {
                self.sort_one(slot, &mut sorting).await?;
            }
        }
        Ok((sorting.work, sorting.outbox))
    }

    /// The deliveries that have items already.
    async fn recorded<'a>(
        &self,
        slots: impl Iterator<Item = Slot<'a>>,
    ) -> Result<BTreeSet<DeliveryKey>, StoreError> {
        let keys: Vec<_> = slots.map(|slot| slot.key()).collect();
        let items = self.ports.deliveries().get(&keys).await?;
        Ok(items.into_iter().flatten().map(|item| item.key).collect())
    }

    async fn sort_one<'a>(&self, slot: Slot<'a>, to: &mut Sorting<'a>) -> Result<(), StoreError> {
        let now = to.now;
        if let Some(refused) = &slot.planned.refused {
            let cause = Cause::new(refused.code.as_str(), refused.message.clone());
            to.work.park(&slot, cause, now);
            return Ok(());
        }
        if let Some(cause) = overdue(&slot, now) {
            to.work.park(&slot, cause, now);
            return Ok(());
        }
        let found = self.find(slot.event, slot.planned, &mut to.found).await?;
        let Some((version, target)) = found else {
            to.work.park(&slot, target_removed(slot.planned), now);
            return Ok(());
        };
        match self.reason_to_wait(&slot, &target, to).await? {
            None => to.outbox.push(&version, &target, slot),
            Some((why, due)) => {
                if let Some(group) = slot.group() {
                    to.held.insert((target.name.clone(), group.into_owned()), true);
                }
                to.work.wait(&slot, why, due, now);
            }
        }
        Ok(())
    }

    /// Why, and until when, a delivery waits for its target's worker; none when it is sent at once.
    async fn reason_to_wait(
        &self,
        slot: &Slot<'_>,
        target: &Target,
        sorting: &mut Sorting<'_>,
    ) -> Result<Option<(WaitReason, Timestamp)>, StoreError> {
        let now = sorting.now;
        if self.ports.targets().route(target) == Route::Queued {
            return Ok(Some((WaitReason::Queued, now)));
        }
        if let Some(group) = slot.group()
            && self.is_held(target, &group, sorting).await?
        {
            return Ok(Some((WaitReason::Group, now)));
        }
        if !self.gates.is_closed(&target.name, now) {
            return Ok(Some((WaitReason::Breaker, now)));
        }
        let live = self.live.load();
        let Some(rate) = live.max_rate(&slot.planned.rule) else { return Ok(None) };
        let taken = self.gates.take(&slot.planned.rule, &target.name, rate, now);
        Ok(taken.err().map(|due| (WaitReason::MaxRate, due)))
    }

    async fn is_held(
        &self,
        target: &Target,
        group: &str,
        sorting: &mut Sorting<'_>,
    ) -> Result<bool, StoreError> {
        let key = (target.name.clone(), group.to_owned());
        if let Some(held) = sorting.held.get(&key) {
            return Ok(*held);
        }
        let held = self.ports.deliveries().holds(&target.name, group).await?;
        sorting.held.insert(key, held);
        Ok(held)
    }

    /// The target of a planned delivery and the rule set it is from: the one in force, else the one
    /// that made the plan; none when neither has it.
    pub(super) async fn find(
        &self,
        event: &StoredEvent,
        planned: &Planned,
        found: &mut Found,
    ) -> Result<Option<(Version, Arc<Target>)>, StoreError> {
        let key = (planned.target.clone(), event.plan.rules.clone());
        if let Some(known) = found.get(&key) {
            return Ok(known.clone());
        }
        let name = planned.target.as_str();
        let mut rules = Some(self.rules());
        if rules.as_ref().is_none_or(|rules| rules.target(name).is_none()) {
            rules = self.archive.get(self.ports.rule_sets(), &event.plan.rules).await?;
        }
        let target = rules.and_then(|rules| {
            let target = Arc::new(rules.target(name)?.clone());
            Some((rules.version.clone(), target))
        });
        found.insert(key, target.clone());
        Ok(target)
    }
}

/// The cause of a delivery whose target is in no rule set at hand.
pub(super) fn target_removed(planned: &Planned) -> Cause {
    let message = format!("target `{}` is in no rule set that can be read", planned.target);
    Cause::new("TargetRemoved", message)
}

/// The planned deliveries of a page in log order.
pub(super) fn slots(page: &OpenPage) -> impl Iterator<Item = Slot<'_>> {
    (0_u32..).zip(&page.events).flat_map(|(entry, event)| {
        (0_u32..).zip(&event.plan.deliveries).map(move |(delivery, planned)| {
            let position = LogPosition { page: event.page, entry, delivery };
            Slot::first(event, planned, position)
        })
    })
}
