//! Functions behind embedded queues: batches of messages, as an event source mapping of Lambda would hand
//! them over.
//!
//! In: messages of a queue. Out: one invocation for up to ten of them, in the shape of SQS. What the
//! function answers under `batchItemFailures` comes again; everything else is deleted. A function that
//! fails, or that nobody runs, gets all of them again. One invocation at a time for each queue.

mod batch;
mod function;

pub(crate) use function::{Function, FunctionError};

use super::Stop;
use super::clock::{SystemClock, until};
use crate::queues::{QueueError, QueueName, QueueSettings, Queues, RECEIVE_MAX, ReceivedMessage};
use eventyard_bus::Clock;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long messages are hidden while a function is at them: longer than an invocation takes.
const HIDDEN: Duration = Duration::from_secs(90);
/// The longest wait before a message that failed comes again.
const AGAIN_MAX: Duration = Duration::from_secs(30);

/// One queue, and the function behind it.
pub(crate) struct Consumer {
    pub(crate) queue: QueueName,
    pub(crate) function: Function,
    pub(crate) queues: Queues,
    /// The wait before a message comes again that failed once; so much longer after each further failure.
    pub(crate) again: Duration,
}

impl Consumer {
    /// Consumes the queue until the bus stops.
    pub(crate) async fn run(self, mut stop: Stop) {
        let mut arrivals = self.queues.arrivals(&self.queue);
        while !stop.is_requested() {
            let rest = match self.round().await {
                Ok(true) => continue,
                Ok(false) => self.idle().await,
                Err(error) => Err(error),
            };
            let rest = rest.unwrap_or_else(|error| {
                tracing::warn!(queue = %self.queue, %error, "queue cannot be consumed");
                Some(self.again)
            });
            tokio::select! {
                () = stop.requested() => return,
                _ = arrivals.changed() => {}
                () = tokio::time::sleep(rest.unwrap_or(Duration::MAX)), if rest.is_some() => {}
            }
        }
    }

    /// How long the queue has nothing to receive, if nothing comes.
    async fn idle(&self) -> Result<Option<Duration>, QueueError> {
        match self.queues.next_visible(&self.queue).await {
            Ok(at) => Ok(at.map(|at| until(SystemClock.now(), at))),
            Err(QueueError::NotFound(_)) => {
                let settings = QueueSettings::for_name(&self.queue);
                self.queues.create(&self.queue, settings, SystemClock.now()).await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Hands over one batch; false when there is none.
    async fn round(&self) -> Result<bool, QueueError> {
        let now = SystemClock.now();
        let received = self.queues.receive(&self.queue, RECEIVE_MAX, Some(HIDDEN), now).await;
        let messages = match received {
            Err(QueueError::NotFound(_)) => return Ok(false),
            received => received?,
        };
        if messages.is_empty() {
            return Ok(false);
        }
        let answer = self.function.invoke(&batch::payload(&self.queue, &messages)).await;
        let failed = answer.and_then(|answer| batch::failures(&answer, &messages));
        let failed = failed.unwrap_or_else(|reason| {
            tracing::warn!(queue = %self.queue, reason, "function failed; its messages come again");
            messages.iter().map(|message| message.message_id.clone()).collect()
        });
        self.settle(&messages, &failed).await?;
        Ok(true)
    }

    async fn settle(
        &self,
        messages: &[ReceivedMessage],
        failed: &BTreeSet<String>,
    ) -> Result<(), QueueError> {
        for message in messages {
            let now = SystemClock.now();
            let settled = match failed.contains(&message.message_id) {
                true => {
                    let wait = self.wait(message.receive_count);
                    self.queues.change_visibility(&self.queue, &message.receipt, wait, now).await
                }
                false => self.queues.delete(&self.queue, &message.receipt, now).await,
            };
            match settled {
                // It took too long and comes again.
                Ok(()) | Err(QueueError::ReceiptExpired | QueueError::NotInFlight) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn wait(&self, receives: u32) -> Duration {
        self.again.saturating_mul(receives).min(AGAIN_MAX)
    }
}
