//! Wake-ups: a delivery waits at a target, so that target's worker has to look.
//!
//! In: names of targets, from any thread, never waiting. Out: one pending wake-up per target, however
//! often it was called; a target that has no worker yet is announced to whoever starts workers.

use eventyard_rules::TargetName;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The wake-ups of all targets. Their number is bounded by the targets that ever had work.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    state: Mutex<State>,
    new: Notify,
}

#[derive(Debug, Default)]
struct State {
    workers: BTreeMap<TargetName, Arc<Notify>>,
    without_worker: BTreeSet<TargetName>,
}

impl Wake {
    /// Wakes the worker of a target, or asks for one.
    pub(crate) fn target(&self, target: &TargetName) {
        let mut state = self.state();
        match state.workers.get(target) {
            Some(worker) => worker.notify_one(),
            None => {
                if state.without_worker.insert(target.clone()) {
                    self.new.notify_one();
                }
            }
        }
    }

    /// Waits for targets that need a worker; each comes once, with what wakes its worker.
    pub(crate) async fn new_targets(&self) -> Vec<(TargetName, Arc<Notify>)> {
        loop {
            let new = self.take_new();
            if !new.is_empty() {
                return new;
            }
            self.new.notified().await;
        }
    }

    fn take_new(&self) -> Vec<(TargetName, Arc<Notify>)> {
        let mut state = self.state();
        let new: Vec<_> = std::mem::take(&mut state.without_worker)
            .into_iter()
            .map(|target| (target, Arc::new(Notify::new())))
            .collect();
        state.workers.extend(new.iter().map(|(name, worker)| (name.clone(), Arc::clone(worker))));
        new
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Wake;

    #[tokio::test]
    async fn a_target_is_announced_once_and_woken_from_then_on() {
        let wake = Wake::default();
        let target = "partner".parse().unwrap();
        wake.target(&target);
        wake.target(&target);
        let new = wake.new_targets().await;
        assert_eq!(new.len(), 1);
        wake.target(&target);
        // Returns at once because the wake-up is pending; nothing was announced again.
        new[0].1.notified().await;
        assert!(wake.take_new().is_empty());
    }
}
