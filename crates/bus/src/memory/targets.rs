//! Targets that write down what they are sent, and answer as they are told.

use crate::{Parcel, Route, Sent, Targets};
use eventyard_event::{DeliveryId, Identity};
use eventyard_rules::{RuleName, Target, TargetKind, TargetName};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One parcel as a target got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// The number of the call that carried it, over all targets, from 0.
    pub call: usize,
    /// The target.
    pub target: TargetName,
    /// The rule.
    pub rule: RuleName,
    /// The event.
    pub identity: Identity,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The hops that travel with it.
    pub hops: u32,
    /// Its group, where the target keeps order.
    pub group: Option<String>,
    /// The body.
    pub body: String,
    /// What the target answered.
    pub answer: Sent,
}

/// Writes down what it is sent; says `Delivered` unless told otherwise. HTTP targets are queued, all
/// others inline, as everywhere.
#[derive(Debug, Clone, Default)]
pub struct RecordingTargets(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    calls: usize,
    shipments: Vec<Shipment>,
    script: BTreeMap<TargetName, VecDeque<Sent>>,
    always: BTreeMap<TargetName, Sent>,
}

impl RecordingTargets {
    /// Every parcel so far, in the order they came.
    #[must_use]
    pub fn shipments(&self) -> Vec<Shipment> {
        self.state().shipments.clone()
    }

    /// The parcels that a target took.
    #[must_use]
    pub fn delivered(&self, target: &TargetName) -> Vec<Shipment> {
        let taken =
            |shipment: &&Shipment| shipment.target == *target && shipment.answer == Sent::Delivered;
        self.state().shipments.iter().filter(taken).cloned().collect()
    }

    /// The number of calls so far, over all targets.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// From now on the target gives this answer to everything; `Delivered` heals it.
    pub fn answer_always(&self, target: &TargetName, answer: Sent) {
        self.state().always.insert(target.clone(), answer);
    }

    /// The target gives these answers to the next parcels, one each, before any other answer.
    pub fn answer_next(&self, target: &TargetName, answers: impl IntoIterator<Item = Sent>) {
        self.state().script.entry(target.clone()).or_default().extend(answers);
    }

    fn state(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn take(&mut self, target: &Target, parcel: &Parcel<'_>, held: &mut Vec<String>) -> Sent {
        let group = parcel.planned.group.clone();
        if group.as_ref().is_some_and(|group| held.contains(group)) {
            let cause = crate::Cause::new("GroupHeld", "an earlier delivery of its group failed");
            return Sent::Retry { cause, after: None };
        }
        let scripted = self.script.get_mut(&target.name).and_then(VecDeque::pop_front);
        let answer = scripted.or_else(|| self.always.get(&target.name).cloned());
        let answer = answer.unwrap_or(Sent::Delivered);
        if matches!(answer, Sent::Retry { .. } | Sent::Denied { .. }) {
            held.extend(group.clone());
        }
        self.shipments.push(Shipment {
            call: self.calls,
            target: target.name.clone(),
            rule: parcel.planned.rule.clone(),
            identity: parcel.event.event.identity(),
            delivery: parcel.planned.id,
            attempt: parcel.attempt,
            hops: parcel.hops(),
            group,
            body: parcel.body().into_owned(),
            answer: answer.clone(),
        });
        answer
    }
}

impl Targets for RecordingTargets {
    fn route(&self, target: &Target) -> Route {
        match target.kind {
            TargetKind::Http(_) => Route::Queued,
            _ => Route::Inline,
        }
    }

    async fn send(&self, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        let mut state = self.state();
        let mut held = Vec::new();
        let sent = parcels.iter().map(|parcel| state.take(target, parcel, &mut held)).collect();
        state.calls += 1;
        sent
    }
}
