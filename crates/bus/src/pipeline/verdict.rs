//! What becomes of a delivery: before an attempt, and after one. Pure.

use super::slot::Slot;
use crate::time::{after, since};
use crate::{Cause, DeliveryState, Outcome, RetrySettings, Sent, retry};
use jiff::Timestamp;
use std::time::Duration;

/// Why a delivery is parked instead of attempted; none when it may be attempted.
///
/// What is redriven or replayed is a person's decision: it is not held to the rule's `expires-after`.
pub(super) fn overdue(slot: &Slot<'_>, now: Timestamp) -> Option<Cause> {
    let retry = &slot.planned.retry;
    let age = since(now, slot.event.accepted_at);
    let is_asked_for = slot.budget.redrives > 0 || slot.event.replayed.is_some();
    let expired = slot.planned.expires_after.filter(|limit| !is_asked_for && age > *limit);
    if let Some(limit) = expired {
        let message = format!("the event is older than its rule's `expires-after` of {limit:?}");
        return Some(Cause::new("Expired", message));
    }
    if since(now, slot.budget.since) > retry.max_age {
        return Some(given_up(slot, "MaximumEventAge", &too_old(retry.max_age)));
    }
    let spent = slot.spent();
    (spent >= retry.attempts).then(|| given_up(slot, "MaximumRetryAttempts", &too_often(spent)))
}

/// Why a delivery that waits for a target which denies us is parked; none before `retry.denied`
/// is over for it.
pub(super) fn denied_long_enough(
    slot: &Slot<'_>,
    denied: Option<&(Timestamp, Cause)>,
    now: Timestamp,
) -> Option<Cause> {
    let (denied_since, cause) = denied?;
    (denial_ends(slot, *denied_since) <= now).then(|| cause.clone())
}

/// What an attempt came to.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) state: DeliveryState,
    pub(super) outcome: Outcome,
    pub(super) cause: Option<Cause>,
}

/// What an attempt came to that ended at `now`; `denied_since` is known when its target denies us.
pub(super) fn after_attempt(
    slot: &Slot<'_>,
    sent: Sent,
    denied_since: Option<Timestamp>,
    settings: &RetrySettings,
    now: Timestamp,
) -> Verdict {
    let park = |outcome, cause| Verdict {
        state: DeliveryState::Parked { at: now },
        outcome,
        cause: Some(cause),
    };
    match sent {
        Sent::Delivered => Verdict {
            state: DeliveryState::Delivered { at: now },
            outcome: Outcome::Delivered,
            cause: None,
        },
        Sent::Park { cause } => park(Outcome::Refused, cause),
        Sent::Retry { cause, after } => again(slot, Outcome::Failed, cause, after, settings, now),
        Sent::Denied { cause } => {
            let ends = denial_ends(slot, denied_since.unwrap_or(now));
            if ends <= now {
                return park(Outcome::Denied, cause);
            }
            let mut verdict = again(slot, Outcome::Denied, cause, None, settings, now);
            if let DeliveryState::Waiting { due } = &mut verdict.state {
                *due = ends.min(*due);
            }
            verdict
        }
    }
}

/// Waiting for the next attempt, or parked when the budget allows none.
fn again(
    slot: &Slot<'_>,
    outcome: Outcome,
    cause: Cause,
    asked: Option<Duration>,
    settings: &RetrySettings,
    now: Timestamp,
) -> Verdict {
    let budget = &slot.planned.retry;
    let spent = slot.spent().saturating_add(1);
    let due = after(now, retry::wait(settings, &slot.planned.id, spent, asked));
    let reason = if spent >= budget.attempts {
        Some(too_often(spent))
    } else if due > after(slot.budget.since, budget.max_age) {
        Some(too_old(budget.max_age))
    } else {
        None
    };
    let (state, cause) = match reason {
        None => (DeliveryState::Waiting { due }, cause),
        Some(reason) => {
            let message = format!("{}; {reason}", cause.message);
            (DeliveryState::Parked { at: now }, Cause { message, ..cause })
        }
    };
    Verdict { state, outcome, cause: Some(cause) }
}

/// When a delivery is given up at a target that denies us: `retry.denied` after both the denial
/// and the delivery began.
fn denial_ends(slot: &Slot<'_>, denied_since: Timestamp) -> Timestamp {
    after(denied_since.max(slot.budget.since), slot.planned.retry.denied)
}

/// The cause of the last attempt with the reason to give up; of the reason alone when there was none.
fn given_up(slot: &Slot<'_>, code: &str, reason: &str) -> Cause {
    match slot.cause {
        Some(cause) => Cause::new(cause.code.clone(), format!("{}; {reason}", cause.message)),
        None => Cause::new(code, reason),
    }
}

fn too_old(max_age: Duration) -> String {
    format!("given up at the age of {max_age:?}")
}

fn too_often(attempts: u32) -> String {
    let s = if attempts == 1 { "" } else { "s" };
    format!("given up after {attempts} attempt{s}")
}
