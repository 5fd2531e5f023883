//! SNS: [PublishBatch](https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html), at most 10
//! messages and 256 KiB in all. Rules refuse FIFO topics, so there is no group to send.

use super::batch::{Entry, Limits};
use super::drive::Service;
use super::fault::Fault;
use super::message::{STRING, attribute_bytes};
use super::outcome::BatchOutcome;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::operation::publish_batch::PublishBatchOutput;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use eventyard_bus::{Parcel, Sent};
use std::borrow::Cow;

/// One topic.
pub(super) struct Topic {
    pub(super) client: Client,
    pub(super) arn: String,
}

impl Service for Topic {
    fn limits(&self) -> Limits {
        Limits { entries: 10, bytes: 262_144 }
    }

    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.body()
    }

    fn beside(&self, parcel: &Parcel<'_>) -> usize {
        attribute_bytes(parcel)
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let messages: Result<Vec<_>, _> =
            entries.iter().enumerate().map(|(at, entry)| message(at, entry)).collect();
        let messages = messages.map_err(|_| Fault::not_valid())?;
        let call = self.client.publish_batch().topic_arn(&self.arn);
        let answer = call.set_publish_batch_request_entries(Some(messages)).send().await;
        answer.map(|answer| outcome(entries.len(), &answer)).map_err(|error| Fault::of(&error))
    }
}

fn message(at: usize, entry: &Entry<'_>) -> Result<PublishBatchRequestEntry, BuildError> {
    let mut message = PublishBatchRequestEntry::builder().id(at.to_string()).message(&*entry.body);
    for (name, value) in entry.parcel.attributes() {
        let value = MessageAttributeValue::builder().data_type(STRING).string_value(value);
        message = message.message_attributes(name, value.build()?);
    }
    message.build()
}

fn outcome(entries: usize, answer: &PublishBatchOutput) -> BatchOutcome {
    let taken = answer.successful().iter().filter_map(|entry| Some((entry.id()?, Sent::Delivered)));
    let failed = answer.failed().iter().map(|entry| {
        let fault = Fault::of_entry(entry.code(), entry.message(), entry.sender_fault());
        (entry.id(), fault.into_sent())
    });
    BatchOutcome::by_id(entries, taken.chain(failed))
}
