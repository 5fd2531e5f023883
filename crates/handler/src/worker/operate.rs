//! What people and schedules ask of a service: what is parked, try it again, publish what was left.

use super::attempt::Ended;
use super::{Back, Budget, Message, Worker};
use crate::{Journal, Publisher};
use eventyard_bus::ports::{Done, ParkedWork, Work};
use eventyard_bus::{Cause, StoreError};
use eventyard_event::{Event, Limits};
use std::sync::Arc;
use tokio::time::Instant;

/// Parked work, or outboxes, that are read together.
const PAGE: usize = 100;

/// Why parked work is not done; it is parked still.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedriveError {
    /// It is not parked, or another redrive of it is under way.
    #[error("`{work}` is not parked")]
    NotParked {
        /// The work.
        work: Work,
    },
    /// It failed again.
    #[error("`{work}` stays parked: {cause}")]
    Failed {
        /// The work.
        work: Work,
        /// Why.
        cause: Cause,
    },
    /// The journal failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// All parked work of the service, in the order of its handlers and deliveries.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parked(&self) -> Result<Vec<ParkedWork>, StoreError> {
        let mut parked: Vec<ParkedWork> = Vec::new();
        loop {
            let after = parked.last().map(|last| last.work.clone());
            let more = self.journal.parked(self.service.name(), after.as_ref(), PAGE).await?;
            let is_last = more.len() < PAGE;
            parked.extend(more);
            if is_last {
                return Ok(parked);
            }
        }
    }

    /// Tries parked work once more, with the handlers as they are now.
    ///
    /// # Errors
    /// [`RedriveError`]; the work is parked still, for the new cause.
    pub async fn redrive(&self, work: &Work, deadline: Instant) -> Result<(), RedriveError> {
        let failed = |Back(cause)| RedriveError::Failed { work: work.clone(), cause };
        let budget = self.budget(deadline).map_err(failed)?;
        let reopened = self.journal.reopen(work, budget.lease()).await?;
        let Some((claim, parked)) = reopened else {
            return Err(RedriveError::NotParked { work: work.clone() });
        };
        let Some(handler) = self.service.handler(&work.handler) else {
            // It was parked since nobody was for it: perhaps somebody is now.
            let done = self.deliver_again(&parked, deadline).await.map_err(failed);
            self.settle_nobody(&claim, budget, done).await?;
            return Ok(());
        };
        let event = match Event::from_document(parked.payload.as_bytes(), &Limits::default()) {
            Ok(event) => Arc::new(event),
            Err(error) => {
                self.journal.release(&claim, budget.now).await?;
                let cause = Cause::new("PayloadUnreadable", error.to_string());
                return Err(RedriveError::Failed { work: work.clone(), cause });
            }
        };
        match self.attempt(&event, &claim, handler, budget).await.map_err(failed)? {
            Ended::Settled(_) => Ok(()),
            Ended::Parked(cause) | Ended::Conflict(cause) => {
                Err(RedriveError::Failed { work: work.clone(), cause })
            }
        }
    }

    /// Publishes what was committed and not published for longer than the settings say; answers how many
    /// events.
    ///
    /// # Errors
    /// [`StoreError`]: the journal, or the bus, does not answer; what is left comes with the next sweep.
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        let before = self.clock.now().checked_sub(self.service.of().outbox_age);
        let before = before.unwrap_or(self.clock.now());
        let mut published = 0;
        loop {
            let found = self.journal.unpublished(self.service.name(), before, PAGE).await?;
            for outbox in &found {
                let sent = self.publish(&outbox.work, &outbox.events).await;
                sent.map_err(|Back(cause)| StoreError::unavailable(cause.to_string()))?;
                published += outbox.events.len();
            }
            if found.len() < PAGE {
                return Ok(published);
            }
        }
    }

    async fn deliver_again(&self, parked: &ParkedWork, deadline: Instant) -> Result<(), Back> {
        let message = Message {
            id: None,
            body: parked.payload.as_bytes(),
            delivery: Some(parked.work.delivery),
            hops: 0,
        };
        let decoded = eventyard_event::decode::decode(
            &eventyard_event::decode::Received::new(message.body),
            &self.service.of().limits,
        );
        for event in decoded {
            match event {
                Ok(eventyard_event::decode::Decoded::Event(event))
                    if !self.service.takers(&event).is_empty() => {}
                _ => return Err(Back(parked.cause.clone())),
            }
        }
        self.message(&message, deadline).await.map(|_| ())
    }

    /// Ends the claim on work of nobody: done when its handlers took it over.
    async fn settle_nobody(
        &self,
        claim: &eventyard_bus::ports::Claim,
        budget: Budget,
        done: Result<(), RedriveError>,
    ) -> Result<(), RedriveError> {
        if done.is_err() {
            self.journal.release(claim, budget.now).await?;
            return done;
        }
        let finished = Done {
            result: "null".to_owned(),
            events: Vec::new(),
            writes: Vec::new(),
            at: budget.now,
            keep: self.service.of().keep,
        };
        let committed = self.journal.commit(claim, finished).await;
        committed.map_err(|error| RedriveError::Store(StoreError::unavailable(error.to_string())))
    }
}
