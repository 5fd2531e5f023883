//! One attempt: begin, run the handler, commit what it did, publish what it emitted.

use super::counts::add;
use super::decode::NOBODY;
use super::{Back, Budget, Reading, Worker, after};
use crate::context::{self, Context};
use crate::handler::Handler;
use crate::{Fate, HandlerError, Journal, Publisher};
use eventyard_bus::ports::{Begun, Claim, Done, JournalError, ParkedWork, Work};
use eventyard_bus::{Cause, StoreError};
use eventyard_event::{DeliveryId, Event};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::Instant;
use tracing::Instrument;

/// What a handler that has no answer answers.
pub(super) const NOTHING: &str = "null";

/// How an attempt ended.
pub(super) enum Ended {
    /// The handler succeeded, or its delivery is dropped: its answer.
    Settled(String),
    /// The delivery waits for a person.
    Parked(Cause),
    /// A row was changed by another meanwhile: the handler is to run on what is there now.
    Conflict(Cause),
}

impl From<StoreError> for Back {
    fn from(error: StoreError) -> Self {
        Self(Cause::new("Journal", error.to_string()))
    }
}

impl From<JournalError> for Back {
    fn from(error: JournalError) -> Self {
        Self(Cause::new("Journal", error.to_string()))
    }
}

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// Does one piece of work, unless it is done; answers the handler's answer.
    pub(super) async fn run(
        &self,
        event: &Arc<Event>,
        work: Work,
        handler: &Handler,
        deadline: Instant,
    ) -> Result<String, Back> {
        let span = tracing::info_span!(
            "handle",
            service = %work.service,
            handler = %work.handler,
            delivery = %work.delivery,
            id = event.id(),
        );
        let ended = self.run_in(event, &work, handler, deadline).instrument(span.clone()).await;
        if let Err(Back(cause)) = &ended {
            add(&self.counters.retried, 1);
            span.in_scope(|| tracing::warn!(code = %cause.code, cause = %cause.message, "retried"));
        }
        ended
    }

    async fn run_in(
        &self,
        event: &Arc<Event>,
        work: &Work,
        handler: &Handler,
        deadline: Instant,
    ) -> Result<String, Back> {
        let mut conflicts = 0;
        loop {
            let budget = self.budget(deadline)?;
            let claim = match self.begin(event, work, budget).await? {
                Ok(claim) => claim,
                Err(answer) => return Ok(answer),
            };
            match self.attempt(event, &claim, handler, budget).await? {
                Ended::Settled(answer) => return Ok(answer),
                Ended::Parked(_) => return Ok(NOTHING.to_owned()),
                Ended::Conflict(_) if conflicts < self.service.of().conflicts_max => conflicts += 1,
                Ended::Conflict(cause) => return Err(Back(cause)),
            }
        }
    }

    /// Claims the work; the inner error is the answer of work that is settled.
    async fn begin(
        &self,
        event: &Event,
        work: &Work,
        budget: Budget,
    ) -> Result<Result<Claim, String>, Back> {
        match self.journal.begin(work, &event.digest(), budget.lease()).await? {
            Begun::Claimed(claim) => Ok(Ok(claim)),
            Begun::Busy { until } => Err(Back(Cause::new(
                "Busy",
                format!("the delivery is not to be tried before {until}"),
            ))),
            Begun::Done { result, unpublished } => {
                add(&self.counters.duplicates, 1);
                self.publish(work, &unpublished).await?;
                Ok(Err(result))
            }
            Begun::Parked => Ok(Err(NOTHING.to_owned())),
            Begun::Mismatch => {
                let text = "another event was handled under this delivery id";
                Err(Back(Cause::new("PayloadMismatch", text)))
            }
        }
    }

    /// Runs the handler under a claim and settles what it did.
    pub(super) async fn attempt(
        &self,
        event: &Arc<Event>,
        claim: &Claim,
        handler: &Handler,
        budget: Budget,
    ) -> Result<Ended, Back> {
        let rows: Arc<dyn Reading> = self.journal.clone();
        let cx = Context::new(context::Of {
            event: Arc::clone(event),
            work: claim.work.clone(),
            attempt: claim.attempt,
            now: budget.now,
            rows,
        });
        match self.call(handler, cx.clone(), claim, budget).await {
            Ok(result) => {
                let effects = cx.take();
                let (at, keep) = (budget.now, self.service.of().keep);
                let writes = effects.rows.into_writes();
                let done = Done { result, events: effects.events, writes, at, keep };
                self.commit(event, claim, done).await
            }
            Err(error) => self.failed(event.document(), claim, error).await,
        }
    }

    /// Calls the handler, within its time and with its panics caught.
    async fn call(
        &self,
        handler: &Handler,
        cx: Context,
        claim: &Claim,
        budget: Budget,
    ) -> Result<String, HandlerError> {
        // The call itself is inside too: a handler may panic before its first await.
        let running = AssertUnwindSafe(async { handler(cx).await }).catch_unwind();
        match tokio::time::timeout(budget.left, running).await {
            Ok(Ok(result)) => result,
            // The message of a panic may hold what was handled; the panic hook has shown it.
            Ok(Err(_)) if claim.attempt >= self.service.of().panics_max => {
                Err(HandlerError::park("the handler panicked").with_code("Panicked"))
            }
            Ok(Err(_)) => Err(HandlerError::retry("the handler panicked").with_code("Panicked")),
            Err(_) => Err(HandlerError::retry("the handler took too long").with_code("NoTime")),
        }
    }

    async fn commit(&self, event: &Event, claim: &Claim, done: Done) -> Result<Ended, Back> {
        let (result, events) = (done.result.clone(), done.events.clone());
        match self.journal.commit(claim, done).await {
            Ok(()) => {
                add(&self.counters.handled, 1);
                tracing::debug!(attempt = claim.attempt, events = events.len(), "handled");
                self.publish(&claim.work, &events).await?;
                Ok(Ended::Settled(result))
            }
            Err(error @ JournalError::Conflict { .. }) => {
                self.journal.release(claim, self.clock.now()).await?;
                if claim.reopened {
                    return Err(error.into());
                }
                Ok(Ended::Conflict(Cause::new("Conflict", error.to_string())))
            }
            Err(error @ (JournalError::TooManyWrites { .. } | JournalError::TooLarge { .. })) => {
                let error = HandlerError::park(error.to_string()).with_code("TooLarge");
                self.failed(event.document(), claim, error).await
            }
            Err(error) => {
                // Where nobody knows whether it was written, this changes nothing if it was.
                self.journal.release(claim, self.clock.now()).await?;
                Err(error.into())
            }
        }
    }

    /// Publishes what was committed, then forgets it. Without this the delivery is not done: it comes again,
    /// and its outbox with it.
    pub(super) async fn publish(&self, work: &Work, events: &[String]) -> Result<(), Back> {
        if events.is_empty() {
            return Ok(());
        }
        let published = self.publisher.publish(events).await;
        published.map_err(|error| Back(Cause::new("NotPublished", error.to_string())))?;
        add(&self.counters.published, events.len());
        Ok(self.journal.published(work).await?)
    }

    /// Does with a failed attempt what its error says.
    pub(super) async fn failed(
        &self,
        payload: &str,
        claim: &Claim,
        error: HandlerError,
    ) -> Result<Ended, Back> {
        match error.fate() {
            // A redrive that fails is parked again, now for this cause.
            Fate::Retry { .. } if claim.reopened => {
                self.park(payload, claim, error.cause()).await?;
                Err(Back(error.cause().clone()))
            }
            Fate::Retry { after: wait } => {
                let not_before = after(self.clock.now(), wait.unwrap_or_default());
                self.journal.release(claim, not_before).await?;
                Err(Back(error.cause().clone()))
            }
            Fate::Park => {
                self.park(payload, claim, error.cause()).await?;
                Ok(Ended::Parked(error.cause().clone()))
            }
            Fate::Drop => self.drop(claim, error.cause()).await.map(Ended::Settled),
        }
    }

    async fn park(&self, payload: &str, claim: &Claim, cause: &Cause) -> Result<(), Back> {
        let parked = ParkedWork {
            work: claim.work.clone(),
            payload: payload.to_owned(),
            cause: cause.clone(),
            at: self.clock.now(),
            attempts: claim.attempt,
        };
        self.journal.park(claim, parked).await?;
        add(&self.counters.parked, 1);
        tracing::warn!(code = %cause.code, cause = %cause.message, attempt = claim.attempt, "parked");
        Ok(())
    }

    async fn drop(&self, claim: &Claim, cause: &Cause) -> Result<String, Back> {
        let done = Done {
            result: NOTHING.to_owned(),
            events: Vec::new(),
            writes: Vec::new(),
            at: self.clock.now(),
            keep: self.service.of().keep,
        };
        self.journal.commit(claim, done).await?;
        add(&self.counters.dropped, 1);
        tracing::info!(code = %cause.code, cause = %cause.message, "dropped");
        Ok(NOTHING.to_owned())
    }

    /// Parks what no handler is for.
    pub(super) async fn park_unbegun(
        &self,
        delivery: DeliveryId,
        payload: &str,
        error: HandlerError,
        deadline: Instant,
    ) -> Result<(), Back> {
        let work = self.work(NOBODY, delivery);
        let budget = self.budget(deadline)?;
        // The delivery id follows from the bytes: they are always the same.
        let digest = eventyard_event::Digest::from_bytes([0; 16]);
        match self.journal.begin(&work, &digest, budget.lease()).await? {
            Begun::Claimed(claim) => self.park(payload, &claim, error.cause()).await,
            Begun::Busy { .. } => Err(Back(error.cause().clone())),
            _ => Ok(()),
        }
    }
}
