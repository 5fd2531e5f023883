//! The work queues: waiting deliveries are attempted when their wake-ups come.
//!
//! A message names deliveries of one target, or asks for whatever of it is due. Nothing hangs on a
//! message: each attempt is claimed on its item, what is to be tried again has asked for its own wake-up
//! when its item was written, and the sweeper wakes what nobody woke.

use crate::ingest::Verdict;
use eventyard_aws::{Wake, WakeUp, WorkMessage};
use eventyard_bus::{Bus, Clock, Deliveries, DeliveryKey, Next, Ports, StoreError};
use eventyard_rules::TargetName;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A pause of a target that is waited for here; a longer one is left to the sweeper.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Does what a message of a work queue asks for, until the deadline.
///
/// The message goes back when the store failed; what was done is done, since each attempt is claimed.
pub async fn work<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    message: &WorkMessage,
    deadline: Instant,
) -> Verdict {
    let done = match message.is_for_all_due() {
        true => all_due(bus, wake, &message.target, deadline).await,
        false => these(bus, wake, message, deadline).await,
    };
    match done {
        Ok(()) => Verdict::Done,
        Err(error) => {
            tracing::warn!(target = %message.target, %error, "a wake-up goes back");
            Verdict::Back
        }
    }
}

/// Attempts the deliveries of a message that are due, and wakes again those that are not yet.
async fn these<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    message: &WorkMessage,
    deadline: Instant,
) -> Result<(), StoreError> {
    let keys = message.keys();
    let due = not_early(bus, wake, &message.target, &keys).await?;
    for round in due.chunks(bus.settings().round_deliveries_max.max(1)) {
        if Instant::now() >= deadline {
            // The sweeper would find them; this is quicker.
            wake.wake_targets(vec![message.target.clone()]).await;
            break;
        }
        bus.attempt_these(&message.target, round).await?;
    }
    Ok(())
}

/// The deliveries that are due; the others have come early, over a wait longer than a message is
/// delayed, and are woken again.
async fn not_early<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    target: &TargetName,
    keys: &[DeliveryKey],
) -> Result<Vec<DeliveryKey>, StoreError> {
    let items = bus.ports().deliveries().get(keys).await?;
    let now = bus.ports().clock().now();
    let (mut due, mut early) = (Vec::new(), Vec::new());
    for item in items.into_iter().flatten() {
        match item.next_due() {
            Some(at) if at <= now => due.push(item.key),
            Some(at) => early.push(WakeUp { target: target.clone(), key: item.key, due: at }),
            None => {}
        }
    }
    if !early.is_empty() {
        wake.wake(early).await;
    }
    Ok(due)
}

/// Makes rounds while something of the target is due.
async fn all_due<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    target: &TargetName,
    deadline: Instant,
) -> Result<(), StoreError> {
    while Instant::now() < deadline {
        let pause = match bus.attempt(target).await? {
            Next::Now => continue,
            Next::Idle => return Ok(()),
            Next::At(at) => Duration::try_from(at.duration_since(bus.ports().clock().now())),
        };
        let pause = pause.unwrap_or_default();
        if pause > PAUSE_MAX || Instant::now() + pause >= deadline {
            return Ok(());
        }
        sleep(pause).await;
    }
    wake.wake_targets(vec![target.clone()]).await;
    Ok(())
}
