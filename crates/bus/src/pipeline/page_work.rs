//! What a page comes to: items, outcomes, and what is told of them.

use super::ship::Shipped;
use super::slot::Slot;
use crate::{Cause, Delivery, DeliveryState, Sealed, WaitReason, What};
use eventyard_rules::TargetName;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is to be written for a page, or for the part of it that was decided so far.
#[derive(Debug, Clone, Default)]
pub(super) struct PageWork {
    /// Deliveries that are not done, each with its item.
    pub(super) items: Vec<Delivery>,
    /// Deliveries that are done.
    pub(super) outcomes: Vec<Sealed>,
    /// Told once the items are recorded.
    pub(super) told: Vec<What>,
    /// Targets with deliveries that wait.
    pub(super) waiting: BTreeSet<TargetName>,
}

impl PageWork {
    /// A delivery that is parked without an attempt.
    pub(super) fn park(&mut self, slot: &Slot<'_>, cause: Cause, now: Timestamp) {
        let state = DeliveryState::Parked { at: now };
        self.told.push(What::Parked { delivery: slot.names(), attempts: 0, cause: cause.clone() });
        self.items.push(slot.item(state, None, Some(cause), now));
    }

    /// A delivery that waits for its target's worker.
    pub(super) fn wait(
        &mut self,
        slot: &Slot<'_>,
        why: WaitReason,
        due: Timestamp,
        now: Timestamp,
    ) {
        self.told.push(What::Waiting { delivery: slot.names(), why, due });
        self.waiting.insert(slot.planned.target.clone());
        self.items.push(slot.item(DeliveryState::Waiting { due }, None, None, now));
    }

    /// A delivery that was sent.
    pub(super) fn sent(&mut self, shipped: Shipped<'_>, now: Timestamp) {
        let Shipped { slot, state, attempt, what } = shipped;
        self.told.push(what);
        match state {
            DeliveryState::Delivered { at } => {
                self.outcomes.push(Sealed { delivery: slot.planned.id, at });
            }
            state => {
                if matches!(state, DeliveryState::Waiting { .. }) {
                    self.waiting.insert(slot.planned.target.clone());
                }
                let cause = attempt.cause.clone();
                self.items.push(slot.item(state, Some(attempt), cause, now));
            }
        }
    }
}
