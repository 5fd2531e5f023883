//! The changes a delivery item can go through.
//!
//! ```text
//! record ─▶ waiting ──claim──▶ in flight ──settle──▶ delivered
//!    │         ▲ ▲                │ │ └──settle──▶ parked ──drop──▶ dropped
//!    │         │ └─────settle─────┘ └ lease over: claim again      │
//!    └─▶ parked ┴──────────────────redrive─────────────────────────┘ (from parked)
//! ```

use super::history::push;
use super::{Attempt, Delivery, DeliveryKey, DeliveryState};
use crate::{Cause, Lease};
use jiff::Timestamp;

/// The end of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The delivery.
    pub key: DeliveryKey,
    /// Where it stands now: delivered, waiting or parked.
    pub state: DeliveryState,
    /// The attempt that ended; its number must be the claimed one.
    pub attempt: Attempt,
}

impl Delivery {
    /// Whether there is work left: waiting or in flight.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.next_due().is_some()
    }

    /// When the next attempt may be claimed: at its due time, or when the lease of a lost attempt is
    /// over; none when it is finished.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { due } => Some(due),
            DeliveryState::InFlight { until } => Some(until),
            _ => None,
        }
    }

    /// Begins attempt number `attempt` for the time of the lease; false, and nothing changes, when
    /// it is not due, another attempt has begun, or nothing is left to do.
    #[must_use]
    pub fn claim(&mut self, attempt: u32, lease: Lease) -> bool {
        let due = self.next_due().is_some_and(|due| due <= lease.now);
        let is_next = self.attempts.checked_add(1) == Some(attempt);
        if due && is_next {
            self.attempts = attempt;
            self.state = DeliveryState::InFlight { until: lease.until };
        }
        due && is_next
    }

    /// Ends the attempt; false, and nothing changes, when it is not the one in flight.
    #[must_use]
    pub fn settle(&mut self, settlement: Settlement) -> bool {
        let in_flight = matches!(self.state, DeliveryState::InFlight { .. });
        let ours = in_flight && self.attempts == settlement.attempt.n;
        if ours {
            self.state = settlement.state;
            self.cause = settlement.attempt.cause.clone().or(self.cause.take());
            push(&mut self.history, settlement.attempt);
        }
        ours
    }

    /// Ends the lease of an attempt whose worker is known to be gone: it may be claimed again at once.
    /// False, and nothing changes, when it is not in flight.
    #[must_use]
    pub fn release(&mut self, now: Timestamp) -> bool {
        let in_flight = matches!(self.state, DeliveryState::InFlight { .. });
        if in_flight {
            self.state = DeliveryState::InFlight { until: now };
        }
        in_flight
    }

    /// Moves a waiting delivery to a later time without an attempt; false, and nothing changes, when
    /// it is not waiting.
    #[must_use]
    pub fn defer(&mut self, due: Timestamp) -> bool {
        let waiting = matches!(self.state, DeliveryState::Waiting { .. });
        if waiting {
            self.state = DeliveryState::Waiting { due };
        }
        waiting
    }

    /// Gives up a delivery that waits, or whose attempt was lost, without an attempt; false, and
    /// nothing changes, when it is not due.
    #[must_use]
    pub fn park(&mut self, cause: Cause, now: Timestamp) -> bool {
        let due = self.next_due().is_some_and(|due| due <= now);
        if due {
            self.state = DeliveryState::Parked { at: now };
            self.cause = Some(cause);
        }
        due
    }

    /// Makes a parked delivery due now with a new budget, and with `edit` as its body if given; false,
    /// and nothing changes, when it is not parked.
    #[must_use]
    pub fn redrive(&mut self, edit: Option<String>, now: Timestamp) -> bool {
        let parked = matches!(self.state, DeliveryState::Parked { .. });
        if parked {
            self.state = DeliveryState::Waiting { due: now };
            self.budget.since = now;
            self.budget.spent_before = self.attempts;
            self.budget.redrives = self.budget.redrives.saturating_add(1);
            self.edit = edit.or(self.edit.take());
        }
        parked
    }

    /// Discards a parked delivery; false, and nothing changes, when it is not parked.
    #[must_use]
    pub fn discard(&mut self, reason: &str, now: Timestamp) -> bool {
        let parked = matches!(self.state, DeliveryState::Parked { .. });
        if parked {
            self.state = DeliveryState::Dropped { at: now, reason: reason.to_owned() };
        }
        parked
    }
}
