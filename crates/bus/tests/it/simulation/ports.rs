//! The memory adapters, with faults before and after every call.

use super::faults::{Faults, pause};
use crate::world::{cause, denied, failing};
use eventyard_bus::memory::{ManualClock, MemoryBreakers, MemoryStore, RecordingObserver};
use eventyard_bus::{
    Accept, Accepted, Cause, Deliveries, Delivery, DeliveryKey, Lease, Ledger, OpenPage, PageClaim,
    Parcel, ParkedPage, ParkedQuery, Ports, Route, RuleSets, Sealed, Sent, Settlement, StoreError,
    StoredEvent, StoredRules, Targets, Undecodable,
};
use eventyard_event::{DeliveryId, Identity};
use eventyard_rules::{Target, TargetKind, TargetName, Version};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The adapters of one story; clones are the same.
#[derive(Clone)]
pub struct FaultyPorts {
    pub store: FaultyStore,
    pub breakers: MemoryBreakers,
    pub targets: FaultyTargets,
    pub clock: ManualClock,
    pub observer: RecordingObserver,
}

impl FaultyPorts {
    pub fn new(faults: &Faults) -> Self {
        Self {
            store: FaultyStore { memory: MemoryStore::default(), faults: faults.clone() },
            breakers: MemoryBreakers::default(),
            targets: FaultyTargets { faults: faults.clone(), taken: Arc::default() },
            clock: ManualClock::default(),
            observer: RecordingObserver::default(),
        }
    }
}

impl Ports for FaultyPorts {
    type Ledger = FaultyStore;
    type Deliveries = FaultyStore;
    type RuleSets = FaultyStore;
    type Breakers = MemoryBreakers;
    type Targets = FaultyTargets;
    type Clock = ManualClock;
    type Observer = RecordingObserver;

    fn ledger(&self) -> &FaultyStore {
        &self.store
    }
    fn deliveries(&self) -> &FaultyStore {
        &self.store
    }
    fn rule_sets(&self) -> &FaultyStore {
        &self.store
    }
    fn breakers(&self) -> &MemoryBreakers {
        &self.breakers
    }
    fn targets(&self) -> &FaultyTargets {
        &self.targets
    }
    fn clock(&self) -> &ManualClock {
        &self.clock
    }
    fn observer(&self) -> &RecordingObserver {
        &self.observer
    }
}

/// Targets that fail in every way there is, and write down what they took.
#[derive(Clone)]
pub struct FaultyTargets {
    faults: Faults,
    taken: Arc<Mutex<BTreeMap<DeliveryId, Taken>>>,
}

/// What a target took under one delivery id.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    pub times: u64,
    pub lost_answers: u64,
    pub bodies: Vec<String>,
    pub targets: Vec<TargetName>,
}

impl FaultyTargets {
    pub fn taken(&self) -> BTreeMap<DeliveryId, Taken> {
        self.taken.lock().unwrap().clone()
    }

    fn take(&self, target: &Target, parcel: &Parcel<'_>) -> Sent {
        if self.faults.happens(10) {
            return failing();
        }
        if self.faults.happens(3) {
            return denied();
        }
        if self.faults.happens(5) {
            return Sent::Park { cause: cause() };
        }
        let lost = self.faults.happens(5);
        let mut all = self.taken.lock().unwrap();
        let taken = all.entry(parcel.planned.id).or_default();
        taken.times += 1;
        taken.lost_answers += u64::from(lost);
        taken.bodies.push(parcel.body().into_owned());
        taken.targets.push(target.name.clone());
        if lost {
            self.faults.with(|state| state.seen.lost_answers += 1);
            return failing();
        }
        Sent::Delivered
    }
}

impl Targets for FaultyTargets {
    fn route(&self, target: &Target) -> Route {
        match target.kind {
            TargetKind::Http(_) => Route::Queued,
            _ => Route::Inline,
        }
    }

    async fn send(&self, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        let mut sent = Vec::new();
        let mut held: Vec<&str> = Vec::new();
        for parcel in parcels {
            pause().await;
            let group = parcel.planned.group.as_deref();
            let answer = match group {
                Some(group) if held.contains(&group) => failing(),
                _ => self.take(target, parcel),
            };
            if matches!(answer, Sent::Retry { .. } | Sent::Denied { .. }) {
                held.extend(group);
            }
            sent.push(answer);
        }
        pause().await;
        sent
    }
}

/// A store that refuses calls, and loses answers.
#[derive(Clone)]
pub struct FaultyStore {
    pub memory: MemoryStore,
    faults: Faults,
}

impl Ledger for FaultyStore {
    const PAGE_EVENTS_MAX: usize = MemoryStore::PAGE_EVENTS_MAX;

    async fn accept(&self, batch: Vec<Accept>, lease: Lease) -> Result<Accepted, StoreError> {
        self.faults.call(self.memory.accept(batch, lease)).await
    }
    async fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.faults.call(self.memory.seal(claim, outcomes, now)).await
    }
    async fn take_over(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        self.faults.call(self.memory.take_over(lease)).await
    }
    async fn renew(&self, claim: &PageClaim, lease: Lease) -> Result<(), StoreError> {
        self.faults.call(self.memory.renew(claim, lease)).await
    }
    async fn event(&self, identity: &Identity) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        self.faults.call(self.memory.event(identity)).await
    }
}

impl Deliveries for FaultyStore {
    async fn record(&self, items: Vec<Delivery>) -> Result<(), StoreError> {
        self.faults.call(self.memory.record(items)).await
    }
    async fn get(&self, keys: &[DeliveryKey]) -> Result<Vec<Option<Delivery>>, StoreError> {
        self.faults.call(Deliveries::get(&self.memory, keys)).await
    }
    async fn due(
        &self,
        target: &TargetName,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.faults.call(self.memory.due(target, now, limit)).await
    }
    async fn next_due(&self, target: &TargetName) -> Result<Option<Timestamp>, StoreError> {
        self.faults.call(self.memory.next_due(target)).await
    }
    async fn targets(&self) -> Result<Vec<TargetName>, StoreError> {
        self.faults.call(self.memory.targets()).await
    }
    async fn holds(&self, target: &TargetName, group: &str) -> Result<bool, StoreError> {
        self.faults.call(self.memory.holds(target, group)).await
    }
    async fn claim(
        &self,
        attempts: &[(DeliveryKey, u32)],
        lease: Lease,
    ) -> Result<Vec<bool>, StoreError> {
        self.faults.call(self.memory.claim(attempts, lease)).await
    }
    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<bool>, StoreError> {
        self.faults.call(self.memory.settle(settlements)).await
    }
    async fn defer(&self, items: &[(DeliveryKey, Timestamp)]) -> Result<(), StoreError> {
        self.faults.call(self.memory.defer(items)).await
    }
    async fn park(
        &self,
        items: Vec<(DeliveryKey, Cause)>,
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.faults.call(self.memory.park(items, now)).await
    }
    async fn parked(&self, query: &ParkedQuery) -> Result<ParkedPage, StoreError> {
        self.faults.call(self.memory.parked(query)).await
    }
    async fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.faults.call(self.memory.redrive(key, edit, now)).await
    }
    async fn drop(
        &self,
        key: &DeliveryKey,
        reason: &str,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.faults.call(Deliveries::drop(&self.memory, key, reason, now)).await
    }
    async fn park_undecodable(&self, message: Undecodable) -> Result<(), StoreError> {
        self.faults.call(self.memory.park_undecodable(message)).await
    }
    async fn undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Undecodable>, StoreError> {
        self.faults.call(self.memory.undecodable(after, limit)).await
    }
}

impl RuleSets for FaultyStore {
    async fn put(&self, rules: &StoredRules) -> Result<(), StoreError> {
        self.faults.call(self.memory.put(rules)).await
    }
    async fn get(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        self.faults.call(RuleSets::get(&self.memory, version)).await
    }
    async fn set_active(&self, deployed: &Version, active: &Version) -> Result<(), StoreError> {
        self.faults.call(self.memory.set_active(deployed, active)).await
    }
    async fn active(&self, deployed: &Version) -> Result<Option<Version>, StoreError> {
        self.faults.call(self.memory.active(deployed)).await
    }
}
