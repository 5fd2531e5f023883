//! What stands before every target: its breaker, and the buckets of the rules that send to it.

use crate::breaker::{Breaker, Change, Permit, Round};
use crate::ports::KeptBreaker;
use crate::rate::Bucket;
use crate::time::after;
use crate::{BreakerSettings, Cause, Sent, What};
use eventyard_rules::{Rate, RuleName, TargetName};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Breakers by target, buckets by rule and target; as many as there are names in the rules.
///
/// The breakers are this worker's view of what [`Breakers`](crate::Breakers) keeps; failures of a closed
/// one are counted here alone, and so are the tokens of the buckets.
#[derive(Debug)]
pub(super) struct Gates {
    settings: BreakerSettings,
    breakers: Mutex<BTreeMap<TargetName, KeptBreaker>>,
    buckets: Mutex<BTreeMap<(RuleName, TargetName), Bucket>>,
}

/// A change of a breaker that other workers must know of.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) breaker: Breaker,
    /// The revision it is made at.
    pub(super) expected: u64,
}

impl Gates {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, breakers: Mutex::default(), buckets: Mutex::default() }
    }

    /// Whether deliveries may go straight to the target.
    pub(super) fn is_closed(&self, target: &TargetName, now: Timestamp) -> bool {
        self.breakers().get(target).is_none_or(|kept| kept.breaker.is_closed(now))
    }

    /// Asks for a round, see [`Breaker::permit`]; the turn is to be kept before the round is made.
    pub(super) fn permit(&self, target: &TargetName, now: Timestamp) -> (Permit, Option<Turn>) {
        let kept = self.kept(target);
        let mut breaker = kept.breaker.clone();
        let permit = breaker.permit(now, &self.settings);
        (permit, turn(&kept, breaker))
    }

    /// When a round may be asked for.
    pub(super) fn next_permit(&self, target: &TargetName, now: Timestamp) -> Timestamp {
        self.breakers().get(target).map_or(now, |kept| kept.breaker.next_permit(now))
    }

    /// Since when the target denies us, and how.
    pub(super) fn denied(&self, target: &TargetName) -> Option<(Timestamp, Cause)> {
        let breakers = self.breakers();
        breakers.get(target)?.breaker.denied().map(|(since, cause)| (since, cause.clone()))
    }

    /// A probe at once.
    pub(super) fn probe_now(&self, target: &TargetName, now: Timestamp) -> Option<Turn> {
        let kept = self.kept(target);
        let mut breaker = kept.breaker.clone();
        breaker.probe_now(now);
        turn(&kept, breaker)
    }

    /// Takes note of what a round's answers say about the target: the stage, and the turn, if it
    /// changed anything. What no other worker needs to know is noted here at once.
    pub(super) fn record(
        &self,
        target: &TargetName,
        answers: &[Sent],
        now: Timestamp,
    ) -> (Option<What>, Option<Turn>) {
        let Some(round) = Round::of(answers) else { return (None, None) };
        let kept = self.kept(target);
        let mut breaker = kept.breaker.clone();
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
        let stage = change.map(|change| stage(target, change));
        if kept.breaker.is_closed(now) && breaker.is_closed(now) {
            self.see(target, KeptBreaker { breaker, revision: kept.revision });
            return (stage, None);
        }
        (stage, turn(&kept, breaker))
    }

    /// Takes the breaker as it is kept.
    pub(super) fn see(&self, target: &TargetName, kept: KeptBreaker) {
        self.breakers().insert(target.clone(), kept);
    }

    /// Takes a kept breaker that is newer than what is known of it.
    pub(super) fn see_newer(&self, target: TargetName, kept: KeptBreaker) {
        let mut breakers = self.breakers();
        let known = breakers.entry(target).or_default();
        if known.revision != kept.revision {
            *known = kept;
        }
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

    fn kept(&self, target: &TargetName) -> KeptBreaker {
        self.breakers().get(target).cloned().unwrap_or_default()
    }

    fn breakers(&self) -> MutexGuard<'_, BTreeMap<TargetName, KeptBreaker>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn turn(kept: &KeptBreaker, breaker: Breaker) -> Option<Turn> {
    (breaker != kept.breaker).then_some(Turn { breaker, expected: kept.revision })
}

fn stage(target: &TargetName, change: Change) -> What {
    let target = target.clone();
    match change {
        Change::Opened { denied, cause } => What::BreakerOpened { target, denied, cause },
        Change::Closed => What::BreakerClosed { target },
    }
}
