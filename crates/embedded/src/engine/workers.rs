//! One worker per target that has delivery items: a target that hangs keeps its own worker busy,
//! and no other.
//!
//! A worker makes round after round while there is something to do, and then sleeps until the next
//! delivery is due or a new one comes.

use super::clock::until;
use super::wake::Wake;
use super::{EmbeddedBus, Stop};
use eventyard_bus::{Clock, Deliveries, Next, Ports};
use eventyard_rules::TargetName;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Starts workers as targets need them; ends when the bus stops and rounds under way are over.
pub(crate) async fn run(bus: Arc<EmbeddedBus>, wake: Arc<Wake>, pause: Duration, mut stop: Stop) {
    wake_unfinished(&bus, &wake, pause, &mut stop).await;
    let mut workers = JoinSet::new();
    loop {
        let new = tokio::select! {
            () = stop.requested() => break,
            new = wake.new_targets() => new,
        };
        for (target, notify) in new {
            workers.spawn(work(Arc::clone(&bus), target, notify, pause, stop.clone()));
        }
    }
    workers.join_all().await;
}

/// Wakes the targets that an earlier process left with unfinished deliveries.
async fn wake_unfinished(bus: &EmbeddedBus, wake: &Wake, pause: Duration, stop: &mut Stop) {
    loop {
        match bus.ports().deliveries().targets().await {
            Ok(targets) => return targets.iter().for_each(|target| wake.target(target)),
            Err(error) => tracing::warn!(%error, "unfinished deliveries cannot be found"),
        }
        if tokio::time::timeout(pause, stop.requested()).await.is_ok() {
            return;
        }
    }
}

async fn work(
    bus: Arc<EmbeddedBus>,
    target: TargetName,
    woken: Arc<Notify>,
    pause: Duration,
    mut stop: Stop,
) {
    while !stop.is_requested() {
        let rest = match bus.attempt(&target).await {
            Ok(Next::Now) => continue,
            Ok(Next::At(due)) => Some(until(bus.ports().clock().now(), due)),
            Ok(Next::Idle) => None,
            Err(error) => {
                tracing::warn!(%target, %error, "deliveries cannot be attempted");
                Some(pause)
            }
        };
        tokio::select! {
            () = stop.requested() => return,
            () = woken.notified() => {}
            () = rested(rest) => {}
        }
    }
}

async fn rested(rest: Option<Duration>) {
    match rest {
        Some(rest) => tokio::time::sleep(rest).await,
        None => std::future::pending().await,
    }
}
