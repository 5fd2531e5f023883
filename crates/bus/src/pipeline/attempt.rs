//! One round of a target's worker: due items are weighed, claimed, sent and settled.

use super::Bus;
use super::round::{Due, Ready};
use super::ship::Outbox;
use crate::time::after;
use crate::{
    Deliveries, Delivery, DeliveryKey, Lease, Ledger, Ports, Settlement, StoreError, What,
};
use eventyard_rules::TargetName;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// When a target's worker has something to do again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once.
    Now,
    /// Not before this time, unless new deliveries come.
    At(Timestamp),
    /// When new deliveries come.
    Idle,
}

/// Ends of attempts, by target, until the store has them; with what is told of each.
#[derive(Debug, Default)]
pub(super) struct Unsettled(Mutex<BTreeMap<TargetName, Vec<(Settlement, What)>>>);

impl<P: Ports> Bus<P> {
    /// Makes one round for a target: takes due deliveries, at most
    /// [`round_deliveries_max`](crate::Settings::round_deliveries_max) and as many as its breaker and the
    /// rules' `max-rate` allow, claims, sends and settles them. What is over its budget, expired or
    /// denied for too long is parked.
    ///
    /// Rounds of one target may run at the same time: each delivery is claimed by one of them.
    ///
    /// # Errors
    /// The store failed; nothing is lost. Attempts that ended are settled by the next call, those that
    /// were only claimed come due again after [`attempt_lease`](crate::Settings::attempt_lease).
    pub async fn attempt(&self, target: &TargetName) -> Result<Next, StoreError> {
        self.settle(target).await?;
        let now = self.now();
        let limit = self.settings.round_deliveries_max.max(1);
        let due = self.ports.deliveries().due(target, now, limit).await?;
        // Behind what was parked there may be more that is overdue, breaker or not.
        if self.round(target, due, now).await? { Ok(Next::Now) } else { self.next(target).await }
    }

    /// Makes a round for those of these deliveries of a target that are due, by the same rules as
    /// [`attempt`](Self::attempt). For a worker that was told of them; others of the target stay as they are.
    ///
    /// # Errors
    /// As [`attempt`](Self::attempt).
    pub async fn attempt_these(
        &self,
        target: &TargetName,
        keys: &[DeliveryKey],
    ) -> Result<(), StoreError> {
        self.settle(target).await?;
        let now = self.now();
        let due = self.ports.deliveries().due_of(target, keys, now).await?;
        self.round(target, due, now).await.map(drop)
    }

    /// Makes a round of these due deliveries; true when something was parked without an attempt.
    async fn round(
        &self,
        target: &TargetName,
        due: Vec<Delivery>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let due = self.with_events(due).await?;
        let mut round = self.weigh(&due, now).await?;
        self.admit(target, &mut round, now).await?;
        let mut parked = self.put_aside(&mut round, now).await?;
        self.send_round(target, &round.send, now).await?;
        self.settle(target).await?;
        parked |= self.park_denied(target, &round.held).await?;
        Ok(parked)
    }

    async fn with_events(&self, due: Vec<Delivery>) -> Result<Vec<Due>, StoreError> {
        let mut with_events = Vec::with_capacity(due.len());
        for item in due {
            let event = self.ports.ledger().event(&item.key.identity).await?;
            let event = self.as_replayed(item.replayed.as_ref(), event).await?;
            with_events.push((item, event));
        }
        Ok(with_events)
    }

    /// Claims what a round sends, and sends what could be claimed.
    async fn send_round(
        &self,
        target: &TargetName,
        ready: &[Ready<'_>],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if ready.is_empty() {
            return Ok(());
        }
        let lease = Lease { now, until: after(now, self.settings.attempt_lease) };
        let wanted: Vec<_> = ready.iter().map(|r| (r.slot.key(), r.slot.attempt)).collect();
        let claimed = self.ports.deliveries().claim(&wanted, lease).await?;
        let mut outbox = Outbox::default();
        for (ready, _) in ready.iter().zip(claimed).filter(|(_, ours)| *ours) {
            outbox.push(&ready.version, &ready.target, ready.slot);
        }
        let ended = self.ship(outbox).await.into_iter().map(|shipped| {
            let (key, state) = (shipped.slot.key(), shipped.state);
            (Settlement { key, state, attempt: shipped.attempt }, shipped.what)
        });
        self.unsettled.lock().entry(target.clone()).or_default().extend(ended);
        Ok(())
    }

    /// Settles the attempts of a target that ended; told once the store has them.
    async fn settle(&self, target: &TargetName) -> Result<(), StoreError> {
        let ended = self.unsettled.of(target);
        if ended.is_empty() {
            return Ok(());
        }
        // One that is no longer ours was taken over after its lease: its end is known there.
        self.ports.deliveries().settle(ended.clone()).await?;
        for what in self.unsettled.remove(target, &ended) {
            self.observe(what);
        }
        Ok(())
    }

    async fn next(&self, target: &TargetName) -> Result<Next, StoreError> {
        let Some(due) = self.ports.deliveries().next_due(target).await? else {
            return Ok(Next::Idle);
        };
        let now = self.now();
        let at = due.max(self.gates.next_permit(target, now));
        Ok(if at <= now { Next::Now } else { Next::At(at) })
    }
}

impl Unsettled {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<TargetName, Vec<(Settlement, What)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, target: &TargetName) -> Vec<Settlement> {
        let all = self.lock();
        all.get(target).into_iter().flatten().map(|(end, _)| end.clone()).collect()
    }

    /// Forgets what is settled; what is told of each, unless another round was quicker.
    fn remove(&self, target: &TargetName, settled: &[Settlement]) -> Vec<What> {
        let mut all = self.lock();
        let Some(ended) = all.remove(target) else { return Vec::new() };
        let (done, left): (Vec<_>, Vec<_>) =
            ended.into_iter().partition(|(end, _)| settled.contains(end));
        if !left.is_empty() {
            all.insert(target.clone(), left);
        }
        done.into_iter().map(|(_, what)| what).collect()
    }
}
