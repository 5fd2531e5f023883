//! The breaker of a target: when it is left alone, and how it is taken up again.
//!
//! ```text
//!          failures in a row, or denied            a probe succeeds
//!  closed ────────────────────────────▶ open ─────────────────────────▶ draining
//!    ▲                                   ▲ one probe at a time             │ 1, 2, 4 … deliveries
//!    │                                   └─────────── a round fails ───────┤ a round
//!    └─────────────── the rounds are full again, or nothing is left ───────┘
//! ```
//! A pure state machine over rounds: one round is one call of the target with one or more deliveries.
//! While it is open its deliveries wait as items; that time counts for their age, not as attempts.

use crate::time::after;
use crate::{BreakerSettings, Cause, Sent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The breaker of one target; closed at first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Breaker {
    state: State,
    /// The target asked for quiet until then (`Retry-After`).
    quiet_until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    Closed { failures: u32 },
    Open { next_probe: Timestamp, denied: Option<(Timestamp, Cause)> },
    Draining { allowance: u32, next_round: Timestamp },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// What a target takes at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// As many deliveries as there are.
    All,
    /// At most so many in this round; the next one needs its own permit.
    Some(u32),
    /// Nothing until then.
    Wait(Timestamp),
}

/// What one round said about the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// It answered at least one delivery for good: delivered, or refused as such.
    Alive,
    /// Every delivery failed for a passing reason.
    Failing(Cause),
    /// It denied us, and took nothing.
    Denied(Cause),
}

/// How a round changed a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It opened; `denied` when the target denies us.
    Opened {
        /// Whether the target denies us.
        denied: bool,
        /// Why.
        cause: Cause,
    },
    /// It closed.
    Closed,
}

impl Round {
    /// What a round's answers say about the target; none when there were no answers.
    #[must_use]
    pub fn of(answers: &[Sent]) -> Option<Self> {
        if answers.iter().any(|sent| matches!(sent, Sent::Delivered | Sent::Park { .. })) {
            return Some(Self::Alive);
        }
        let denied = answers.iter().find_map(|sent| match sent {
            Sent::Denied { cause } => Some(Self::Denied(cause.clone())),
            _ => None,
        });
        denied.or_else(|| {
            answers.iter().find_map(|sent| match sent {
                Sent::Retry { cause, .. } => Some(Self::Failing(cause.clone())),
                _ => None,
            })
        })
    }
}

impl Breaker {
    /// Whether deliveries may go straight to the target.
    #[must_use]
    pub fn is_closed(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Closed { .. }) && self.quiet(now).is_none()
    }

    /// Since when the target denies us, and how; none while it does not.
    #[must_use]
    pub fn denied(&self) -> Option<(Timestamp, &Cause)> {
        match &self.state {
            State::Open { denied: Some((since, cause)), .. } => Some((*since, cause)),
            _ => None,
        }
    }

    /// Asks for a round now. A permit to probe is given once in [`BreakerSettings::probe_every`], so ask only
    /// with a delivery at hand.
    pub fn permit(&mut self, now: Timestamp, settings: &BreakerSettings) -> Permit {
        if let Some(until) = self.quiet(now) {
            return Permit::Wait(until);
        }
        match &mut self.state {
            State::Closed { .. } => Permit::All,
            State::Open { next_probe, .. } if *next_probe > now => Permit::Wait(*next_probe),
            State::Open { next_probe, .. } => {
                *next_probe = after(now, settings.probe_every);
                Permit::Some(1)
            }
            State::Draining { next_round, .. } if *next_round > now => Permit::Wait(*next_round),
            State::Draining { allowance, next_round } => {
                *next_round = after(now, settings.drain_every);
                Permit::Some(*allowance)
            }
        }
    }

    /// When [`permit`](Self::permit) will give one; `now` when it would at once.
    #[must_use]
    pub fn next_permit(&self, now: Timestamp) -> Timestamp {
        let next = match self.state {
            State::Closed { .. } => now,
            State::Open { next_probe, .. } => next_probe,
            State::Draining { next_round, .. } => next_round,
        };
        next.max(self.quiet(now).unwrap_or(now)).max(now)
    }

    /// Allows a probe at once, because a person says that the target is repaired.
    pub fn probe_now(&mut self, now: Timestamp) {
        self.quiet_until = None;
        if let State::Open { next_probe, .. } = &mut self.state {
            *next_probe = now;
        }
    }

    /// Keeps the target quiet until then, as it asked.
    pub fn keep_quiet(&mut self, until: Timestamp) {
        self.quiet_until = self.quiet_until.max(Some(until));
    }

    /// Takes note of a round that ended at `now`.
    pub fn record(
        &mut self,
        round: Round,
        now: Timestamp,
        settings: &BreakerSettings,
    ) -> Option<Change> {
        match round {
            Round::Alive => self.alive(now, settings),
            Round::Failing(cause) => self.failing(cause, now, settings),
            Round::Denied(cause) => {
                let since = self.denied().map_or(now, |(since, _)| since);
                self.open(Some((since, cause.clone())), cause, now, settings)
            }
        }
    }

    /// Whether a good round of `sent` deliveries leaves nothing to drain: it could have carried more.
    #[must_use]
    pub fn is_drained_by(&self, sent: usize) -> bool {
        match self.state {
            State::Draining { allowance, .. } => {
                u32::try_from(sent).is_ok_and(|sent| sent < allowance)
            }
            _ => false,
        }
    }

    /// Closes it; none when it is closed already.
    pub fn close(&mut self) -> Option<Change> {
        let was_closed = matches!(self.state, State::Closed { .. });
        self.state = State::default();
        (!was_closed).then_some(Change::Closed)
    }

    fn alive(&mut self, now: Timestamp, settings: &BreakerSettings) -> Option<Change> {
        let allowance = match self.state {
            State::Closed { .. } => {
                self.state = State::default();
                return None;
            }
            State::Open { .. } => 1,
            State::Draining { allowance, .. } => allowance.saturating_mul(2),
        };
        if allowance >= settings.drain_full {
            return self.close();
        }
        let next_round = after(now, settings.drain_every);
        self.state = State::Draining { allowance, next_round };
        None
    }

    fn failing(
        &mut self,
        cause: Cause,
        now: Timestamp,
        settings: &BreakerSettings,
    ) -> Option<Change> {
        if let State::Closed { failures } = &mut self.state {
            *failures = failures.saturating_add(1);
            if *failures < settings.failures {
                return None;
            }
        }
        self.open(None, cause, now, settings)
    }

    /// Opens, and says so unless it was open for the same kind of reason.
    fn open(
        &mut self,
        denied: Option<(Timestamp, Cause)>,
        cause: Cause,
        now: Timestamp,
        settings: &BreakerSettings,
    ) -> Option<Change> {
        let is_denied = denied.is_some();
        let was_closed = matches!(self.state, State::Closed { .. });
        let newly_denied = is_denied && self.denied().is_none();
        self.state = State::Open { next_probe: after(now, settings.probe_every), denied };
        (was_closed || newly_denied).then_some(Change::Opened { denied: is_denied, cause })
    }

    fn quiet(&self, now: Timestamp) -> Option<Timestamp> {
        self.quiet_until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests;
