//! SQS: [SendMessageBatch](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html),
//! at most 10 messages and 1 MiB in all. A FIFO queue gets the parcel's group, and the delivery id as
//! deduplication id, so that an attempt whose answer was lost is taken once.

use super::batch::{Entry, Limits};
use super::drive::Service;
use super::fault::Fault;
use super::message::{STRING, attribute_bytes};
use super::outcome::BatchOutcome;
use super::queue_urls::QueueUrls;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use eventyard_bus::{Parcel, Sent};
use eventyard_rules::Resource;
use std::borrow::Cow;

/// One queue.
pub(super) struct Queue<'t> {
    pub(super) client: Client,
    pub(super) urls: &'t QueueUrls,
    pub(super) resource: &'t Resource,
}

impl Service for Queue<'_> {
    fn limits(&self) -> Limits {
        Limits { entries: 10, bytes: 1_048_576 }
    }

    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.body()
    }

    fn beside(&self, parcel: &Parcel<'_>) -> usize {
        attribute_bytes(parcel)
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let url = self.urls.url(&self.client, self.resource).await?;
        let messages: Result<Vec<_>, _> =
            entries.iter().enumerate().map(|(at, entry)| self.message(at, entry)).collect();
        let messages = messages.map_err(|_| Fault::not_valid())?;
        let call = self.client.send_message_batch().queue_url(url).set_entries(Some(messages));
        match call.send().await {
            Ok(answer) => Ok(outcome(entries.len(), &answer)),
            Err(error) => {
                let fault = Fault::of(&error);
                if fault.is_missing() {
                    self.urls.forget(self.resource);
                }
                Err(fault)
            }
        }
    }
}

impl Queue<'_> {
    fn message(
        &self,
        at: usize,
        entry: &Entry<'_>,
    ) -> Result<SendMessageBatchRequestEntry, BuildError> {
        let planned = entry.parcel.planned;
        let is_fifo = self.resource.is_fifo();
        let mut message = SendMessageBatchRequestEntry::builder()
            .id(at.to_string())
            .message_body(&*entry.body)
            .set_message_group_id(planned.group.clone().filter(|_| is_fifo))
            .set_message_deduplication_id(is_fifo.then(|| planned.id.to_string()));
        for (name, value) in entry.parcel.attributes() {
            let value = MessageAttributeValue::builder().data_type(STRING).string_value(value);
            message = message.message_attributes(name, value.build()?);
        }
        message.build()
    }
}

fn outcome(entries: usize, answer: &SendMessageBatchOutput) -> BatchOutcome {
    let taken = answer.successful().iter().map(|entry| (entry.id(), Sent::Delivered));
    let failed = answer.failed().iter().map(|entry| {
        let fault = Fault::of_entry(entry.code(), entry.message(), entry.sender_fault());
        (entry.id(), fault.into_sent())
    });
    BatchOutcome::by_id(entries, taken.chain(failed))
}
