//! `ReceiveMessage` with long polling, `DeleteMessage` and `ChangeMessageVisibility`, and their
//! batches.

use super::batch::{self, Entry};
use super::wire::{Wanted, message, within};
use super::{Answer, Call, SqsError};
use crate::queues::{QueueName, ReceivedMessage};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Receive {
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OnMessage {
    receipt_handle: Option<String>,
    visibility_timeout: Option<i64>,
}

impl Call<'_> {
    pub(super) async fn receive(&self) -> Answer {
        let queue = self.queue().await?;
        let request: Receive = self.read()?;
        let max = max(request.max_number_of_messages)?;
        let visibility = request.visibility_timeout.map(visibility).transpose()?;
        let wait = within("WaitTimeSeconds", request.wait_time_seconds.unwrap_or(0), 0..=20)?;
        let wanted = Wanted {
            system: [request.attribute_names, request.message_system_attribute_names].concat(),
            message: request.message_attribute_names,
        };
        let received = self.poll(&queue, max, visibility, wait).await?;
        if received.is_empty() {
            return Ok(json!({}));
        }
        let messages: Vec<_> = received.iter().map(|one| message(one, &wanted)).collect();
        Ok(json!({ "Messages": messages }))
    }

    /// Receives as soon as there is something, or nothing when the wait is over.
    async fn poll(
        &self,
        queue: &QueueName,
        max: usize,
        visibility: Option<Duration>,
        wait: Duration,
    ) -> Result<Vec<ReceivedMessage>, SqsError> {
        let queues = &self.app.queues;
        let deadline = Instant::now() + wait;
        let mut arrivals = queues.arrivals(queue);
        loop {
            let received = queues.receive(queue, max, visibility, self.app.now()).await?;
            if !received.is_empty() || Instant::now() >= deadline || self.app.stop.is_requested() {
                return Ok(received);
            }
            let until = match queues.next_visible(queue).await? {
                Some(at) => deadline.min(Instant::now() + self.app.until(at)),
                None => deadline,
            };
            let mut stop = self.app.stop.clone();
            tokio::select! {
                // The store that tells of arrivals lives as long as the listener.
                _ = arrivals.changed() => {}
                () = tokio::time::sleep_until(until) => {}
                () = stop.requested() => {}
            }
        }
    }

    pub(super) async fn delete(&self) -> Answer {
        let queue = self.queue().await?;
        self.delete_one(&queue, self.read()?).await?;
        Ok(json!({}))
    }

    pub(super) async fn delete_batch(&self) -> Answer {
        let queue = self.queue().await?;
        let mut answers = batch::Answers::default();
        for Entry { id, request } in batch::entries(self.body)? {
            answers.done(&id, self.delete_one(&queue, request).await);
        }
        Ok(answers.into_json())
    }

    async fn delete_one(&self, queue: &QueueName, request: OnMessage) -> Result<(), SqsError> {
        let receipt = request.receipt_handle.ok_or_else(|| SqsError::missing("ReceiptHandle"))?;
        Ok(self.app.queues.delete(queue, &receipt, self.app.now()).await?)
    }

    pub(super) async fn change_visibility(&self) -> Answer {
        let queue = self.queue().await?;
        self.change_one(&queue, self.read()?).await?;
        Ok(json!({}))
    }

    pub(super) async fn change_visibility_batch(&self) -> Answer {
        let queue = self.queue().await?;
        let mut answers = batch::Answers::default();
        for Entry { id, request } in batch::entries(self.body)? {
            answers.done(&id, self.change_one(&queue, request).await);
        }
        Ok(answers.into_json())
    }

    async fn change_one(&self, queue: &QueueName, request: OnMessage) -> Result<(), SqsError> {
        let receipt = request.receipt_handle.ok_or_else(|| SqsError::missing("ReceiptHandle"))?;
        let timeout = request.visibility_timeout;
        let timeout = timeout.ok_or_else(|| SqsError::missing("VisibilityTimeout"))?;
        let timeout = visibility(timeout)?;
        Ok(self.app.queues.change_visibility(queue, &receipt, timeout, self.app.now()).await?)
    }
}

fn visibility(seconds: i64) -> Result<Duration, SqsError> {
    within("VisibilityTimeout", seconds, 0..=43_200)
}

fn max(given: Option<i64>) -> Result<usize, SqsError> {
    let given = given.unwrap_or(1);
    match usize::try_from(given) {
        Ok(max @ 1..=10) => Ok(max),
        _ => Err(SqsError::invalid_value(format!(
            "Value {given} for parameter MaxNumberOfMessages is invalid. Reason: Must be between \
             1 and 10, if provided."
        ))),
    }
}
