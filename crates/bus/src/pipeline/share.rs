//! Breakers that all workers share: what one learns of a target is kept for the others.

use super::Bus;
use super::gates::Turn;
use crate::breaker::Permit;
use crate::ports::KeptBreaker;
use crate::time::after;
use crate::{Breakers, Ports, Sent, StoreError};
use eventyard_rules::TargetName;
use jiff::Timestamp;
use std::time::Duration;

/// How often a change is tried again that other workers were quicker with.
const TRIES: u32 = 5;
/// The wait of a worker whose every try another one was quicker with.
const CROWDED: Duration = Duration::from_secs(1);

impl<P: Ports> Bus<P> {
    /// Learns of targets that failed for other workers. Where several processes send, call it before a
    /// batch when the last call is some seconds ago.
    ///
    /// # Errors
    /// The store failed; what was known stays.
    pub async fn refresh_breakers(&self) -> Result<(), StoreError> {
        for (target, kept) in self.ports.breakers().all().await? {
            self.gates.see_newer(target, kept);
        }
        Ok(())
    }

    /// Asks for a round of the target; a permit to probe, or to drain, is given to one worker.
    pub(super) async fn permit(
        &self,
        target: &TargetName,
        now: Timestamp,
    ) -> Result<Permit, StoreError> {
        for _ in 0..TRIES {
            let (permit, turn) = self.gates.permit(target, now);
            let Some(turn) = turn else { return Ok(permit) };
            if self.share(target, turn).await? {
                return Ok(permit);
            }
        }
        Ok(Permit::Wait(after(now, CROWDED)))
    }

    /// Takes note of what a round's answers say about the target.
    ///
    /// A store that fails now costs the other workers this knowledge, and no delivery.
    pub(super) async fn note(&self, target: &TargetName, answers: &[Sent], now: Timestamp) {
        for _ in 0..TRIES {
            let (stage, turn) = self.gates.record(target, answers, now);
            let kept = match turn {
                None => true,
                Some(turn) => self.keep_or_warn(target, turn).await,
            };
            if kept {
                stage.into_iter().for_each(|stage| self.observe(stage));
                return;
            }
        }
    }

    /// Allows a probe at once.
    pub(super) async fn allow_probe(&self, target: &TargetName, now: Timestamp) {
        for _ in 0..TRIES {
            let Some(turn) = self.gates.probe_now(target, now) else { return };
            if self.keep_or_warn(target, turn).await {
                return;
            }
        }
    }

    async fn keep_or_warn(&self, target: &TargetName, turn: Turn) -> bool {
        let here = KeptBreaker { breaker: turn.breaker.clone(), revision: turn.expected };
        match self.share(target, turn).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(%target, %error, "other workers do not learn of the breaker's turn");
                self.gates.see(target, here);
                true
            }
        }
    }

    /// Keeps a turn; when another worker was quicker, learns what is kept instead and says no.
    async fn share(&self, target: &TargetName, turn: Turn) -> Result<bool, StoreError> {
        let breakers = self.ports.breakers();
        let Turn { breaker, expected } = turn;
        let kept = breakers.put(target, &breaker, expected).await?;
        let now_kept = match kept {
            true => KeptBreaker { breaker, revision: expected.saturating_add(1) },
            false => breakers.get(target).await?,
        };
        self.gates.see(target, now_kept);
        Ok(kept)
    }
}
