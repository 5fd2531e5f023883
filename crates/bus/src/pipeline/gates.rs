//! What stands before every target: its breaker, and the buckets of the rules that send to it.

use crate::breaker::{Breaker, Change, Permit, Round};
use crate::rate::Bucket;
use crate::time::after;
use crate::{BreakerSettings, Cause, Sent, What};
use eventyard_rules::{Rate, RuleName, TargetName};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Breakers by target, buckets by rule and target; as many as there are names in the rules.
///
/// They live as long as the process: after a restart a target that still fails opens its breaker again.
#[derive(Debug)]
pub(super) struct Gates {
    settings: BreakerSettings,
    breakers: Mutex<BTreeMap<TargetName, Breaker>>,
    buckets: Mutex<BTreeMap<(RuleName, TargetName), Bucket>>,
}

impl Gates {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, breakers: Mutex::default(), buckets: Mutex::default() }
    }

    /// Whether deliveries may go straight to the target.
    pub(super) fn is_closed(&self, target: &TargetName, now: Timestamp) -> bool {
        self.breakers().get(target).is_none_or(|breaker| breaker.is_closed(now))
    }

    /// Asks for a round; see [`Breaker::permit`].
    pub(super) fn permit(&self, target: &TargetName, now: Timestamp) -> Permit {
        match self.breakers().get_mut(target) {
            None => Permit::All,
            Some(breaker) => breaker.permit(now, &self.settings),
        }
    }

    /// When a round may be asked for.
    pub(super) fn next_permit(&self, target: &TargetName, now: Timestamp) -> Timestamp {
        self.breakers().get(target).map_or(now, |breaker| breaker.next_permit(now))
    }

    /// Since when the target denies us, and how.
    pub(super) fn denied(&self, target: &TargetName) -> Option<(Timestamp, Cause)> {
        let breakers = self.breakers();
        breakers.get(target)?.denied().map(|(since, cause)| (since, cause.clone()))
    }

    /// Allows a probe at once.
    pub(super) fn probe_now(&self, target: &TargetName, now: Timestamp) {
        if let Some(breaker) = self.breakers().get_mut(target) {
            breaker.probe_now(now);
        }
    }

    /// Takes note of what a round's answers say about the target; the stage, if it changed anything.
    pub(super) fn record(
        &self,
        target: &TargetName,
        answers: &[Sent],
        now: Timestamp,
    ) -> Option<What> {
        let round = Round::of(answers)?;
        let mut breakers = self.breakers();
        let breaker = breakers.entry(target.clone()).or_default();
        let asked = answers.iter().filter_map(|sent| match sent {
            Sent::Retry { after, .. } => *after,
            _ => None,
        });
        if let Some(wait) = asked.max() {
            breaker.keep_quiet(after(now, wait));
        }
        let drained = round == Round::Alive && breaker.is_drained_by(answers.len());
        let change =
            if drained { breaker.close() } else { breaker.record(round, now, &self.settings) };
        change.map(|change| stage(target, change))
    }

    /// Takes a token of the rule's rate, or says when there will be one.
    pub(super) fn take(
        &self,
        rule: &RuleName,
        target: &TargetName,
        rate: &Rate,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.entry((rule.clone(), target.clone())).or_default().take(rate, now)
    }

    fn breakers(&self) -> MutexGuard<'_, BTreeMap<TargetName, Breaker>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stage(target: &TargetName, change: Change) -> What {
    let target = target.clone();
    match change {
        Change::Opened { denied, cause } => What::BreakerOpened { target, denied, cause },
        Change::Closed => What::BreakerClosed { target },
    }
}
