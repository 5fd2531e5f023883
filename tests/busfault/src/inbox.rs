//! What came to a queue.

use crate::cloud::{ACCOUNT, REGION};
use anyhow::{Context as _, Result, bail};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a message may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A queue, seen by its consumer.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    name: String,
    url: String,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// Its id.
    pub id: String,
    /// Its body.
    pub body: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Got {
    /// The delivery id that travels beside it.
    #[must_use]
    pub fn delivery(&self) -> String {
        self.attributes.get("eventyard-delivery").cloned().unwrap_or_default()
    }

    /// The id of the event in it: of a CloudEvents document, or of one in the detail of EventBridge.
    #[must_use]
    pub fn event(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let document = body.get("detail").unwrap_or(&body);
        document["id"].as_str().unwrap_or_default().to_owned()
    }
}

impl Queue {
    pub(crate) fn new(client: Client, name: String, url: String) -> Self {
        Self { client, name, url }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.name)
    }

    /// Waits for so many messages, and takes them with all that are there besides.
    ///
    /// # Errors
    /// They do not come.
    pub async fn take(&self, at_least: usize) -> Result<Vec<Got>> {
        let (begin, mut taken) = (Instant::now(), Vec::new());
        loop {
            let got = self.receive(1).await?;
            if got.is_empty() && taken.len() >= at_least {
                return Ok(taken);
            }
            taken.extend(got);
            if begin.elapsed() > PATIENCE && taken.len() < at_least {
                bail!("{} messages of {at_least} came to {}", taken.len(), self.name);
            }
        }
    }

    /// Takes at most ten messages, waiting so many seconds for the first.
    ///
    /// # Errors
    /// The queue cannot be read.
    pub async fn receive(&self, wait_s: i32) -> Result<Vec<Got>> {
        let call = self.client.receive_message().queue_url(&self.url).wait_time_seconds(wait_s);
        let call = call
            .max_number_of_messages(10)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All);
        let messages = call.send().await?.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let handles = messages.iter().enumerate().map(|(n, message)| handle(n, message));
        let handles = handles.collect::<Result<_>>()?;
        let delete = self.client.delete_message_batch().queue_url(&self.url);
        delete.set_entries(Some(handles)).send().await?;
        Ok(messages.into_iter().map(got).collect())
    }

    /// Deletes the queue.
    ///
    /// # Errors
    /// It cannot be deleted.
    pub async fn delete(&self) -> Result<()> {
        self.client.delete_queue().queue_url(&self.url).send().await?;
        Ok(())
    }
}

fn handle(n: usize, message: &Message) -> Result<DeleteMessageBatchRequestEntry> {
    let handle = message.receipt_handle.as_ref().context("a message without a handle")?;
    let entry = DeleteMessageBatchRequestEntry::builder().id(n.to_string());
    Ok(entry.receipt_handle(handle).build()?)
}

fn got(message: Message) -> Got {
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    let attributes =
        attributes.filter_map(|(name, value)| Some((name, value.string_value?))).collect();
    let text = Option::unwrap_or_default;
    Got { id: text(message.message_id), body: text(message.body), attributes }
}
