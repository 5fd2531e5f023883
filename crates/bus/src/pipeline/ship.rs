//! Sending: one call for each target, all targets at the same time, so that a slow one delays no
//! other.

use super::Bus;
use super::slot::Slot;
use super::verdict::{Verdict, after_attempt};
use crate::time::since;
use crate::{Attempt, Cause, DeliveryState, Parcel, Ports, Sent, Targets, What};
use eventyard_rules::{Target, TargetName, Version};
use futures::future::join_all;
use jiff::Timestamp;
use std::sync::Arc;

/// What goes out together, for each target in log order.
#[derive(Debug, Default)]
pub(super) struct Outbox<'a> {
    /// A target by its name, and by the rule set it was taken from.
    boxes: Vec<(TargetName, Version, Arc<Target>, Vec<Slot<'a>>)>,
}

impl<'a> Outbox<'a> {
    pub(super) fn push(&mut self, version: &Version, target: &Arc<Target>, slot: Slot<'a>) {
        let same = |(name, of, ..): &&mut (TargetName, Version, _, _)| {
            *name == target.name && of == version
        };
        match self.boxes.iter_mut().find(same) {
            Some((.., slots)) => slots.push(slot),
            None => {
                let (name, version) = (target.name.clone(), version.clone());
                self.boxes.push((name, version, Arc::clone(target), vec![slot]));
            }
        }
    }
}

/// A delivery after its attempt.
#[derive(Debug)]
pub(super) struct Shipped<'a> {
    pub(super) slot: Slot<'a>,
    pub(super) state: DeliveryState,
    pub(super) attempt: Attempt,
    pub(super) what: What,
}

impl<P: Ports> Bus<P> {
    /// Sends all of it; one answer for each slot.
    pub(super) async fn ship<'a>(&self, outbox: Outbox<'a>) -> Vec<Shipped<'a>> {
        let calls = outbox.boxes.into_iter().map(|(.., target, slots)| self.call(target, slots));
        join_all(calls).await.into_iter().flatten().collect()
    }

    async fn call<'a>(&self, target: Arc<Target>, slots: Vec<Slot<'a>>) -> Vec<Shipped<'a>> {
        let began = self.now();
        let parcels: Vec<Parcel<'_>> = slots.iter().map(|slot| slot.parcel(began)).collect();
        let mut answers = self.ports.targets().send(&target, &parcels).await;
        answers.resize_with(slots.len(), no_answer);
        let now = self.now();
        self.note(&target.name, &answers, now).await;
        let denied_since = self.gates.denied(&target.name).map(|(since, _)| since);
        let settings = &self.settings.retry;
        let judged = slots.into_iter().zip(answers).map(|(slot, sent)| {
            let verdict = after_attempt(&slot, sent, denied_since, settings, now);
            shipped(slot, verdict, began, now)
        });
        judged.collect()
    }
}

/// An adapter that forgets a parcel has not delivered it.
fn no_answer() -> Sent {
    Sent::Retry { cause: Cause::new("NoAnswer", "the target's answer is missing"), after: None }
}

fn shipped(slot: Slot<'_>, verdict: Verdict, began: Timestamp, now: Timestamp) -> Shipped<'_> {
    let Verdict { state, outcome, cause } = verdict;
    let duration_ms = millis(began, now);
    let what = stage(&slot, &state, &cause, duration_ms, now);
    let attempt = Attempt { n: slot.attempt, at: began, outcome, cause, duration_ms };
    Shipped { slot, state, attempt, what }
}

fn stage(
    slot: &Slot<'_>,
    state: &DeliveryState,
    cause: &Option<Cause>,
    duration_ms: u64,
    now: Timestamp,
) -> What {
    let (delivery, attempt) = (slot.names(), slot.attempt);
    match (state, cause) {
        (DeliveryState::Waiting { due }, Some(cause)) => {
            What::Retried { delivery, attempt, due: *due, cause: cause.clone() }
        }
        (_, Some(cause)) => What::Parked { delivery, attempts: attempt, cause: cause.clone() },
        (_, None) => {
            let latency_ms = millis(slot.event.accepted_at, now);
            What::Delivered { delivery, attempt, duration_ms, latency_ms }
        }
    }
}

fn millis(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(since(to, from).as_millis()).unwrap_or(u64::MAX)
}
