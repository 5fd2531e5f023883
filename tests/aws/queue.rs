//! Queues seen from outside: what lies in them is taken out and looked at.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName,
    SendMessageBatchRequestEntry,
};
use serde_json::Value;

/// A message as a consumer gets it.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its body.
    pub body: String,
    /// Its attributes that are texts.
    pub attributes: BTreeMap<String, String>,
    /// Its group, in a FIFO queue.
    pub group: Option<String>,
}

impl Taken {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The `id` of the event that it is.
    #[must_use]
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The delivery id that it carries: beside the body, in what a topic or a bus has put around it, or in the event.
    #[must_use]
    pub fn delivery(&self) -> String {
        if let Some(delivery) = self.attributes.get("eventyard-delivery") {
            return delivery.clone();
        }
        let body = self.json();
        let places = [
            "/MessageAttributes/eventyard-delivery/Value",
            "/detail/eventyarddelivery",
            "/eventyarddelivery",
        ];
        let found = places.iter().find_map(|place| body.pointer(place)?.as_str());
        found.unwrap_or_default().to_owned()
    }
}

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    pub(crate) client: Client,
    /// Its URL.
    pub url: String,
}

impl Queue {
    /// Takes out what is there, up to ten messages.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn take(&self) -> Result<Vec<Taken>> {
        let receive = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
        let messages = receive.send().await?.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let entries: Result<Vec<_>> = messages.iter().enumerate().map(deletion).collect();
        let delete = self.client.delete_message_batch().queue_url(&self.url);
        delete.set_entries(Some(entries?)).send().await?;
        Ok(messages.into_iter().map(taken).collect())
    }

    /// Takes out all that is there now.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn drain(&self) -> Result<Vec<Taken>> {
        let mut all = Vec::new();
        loop {
            let some = self.take().await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }

    /// Sends a body.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn send(&self, body: impl Into<String>) -> Result<()> {
        self.client.send_message().queue_url(&self.url).message_body(body).send().await?;
        Ok(())
    }

    /// Sends up to ten bodies in one call, so that they come in one batch.
    ///
    /// # Errors
    /// When SQS fails, or takes not all of them.
    pub async fn send_together(&self, bodies: &[String]) -> Result<()> {
        let entry = |(n, body): (usize, &String)| {
            SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body(body).build()
        };
        let entries: Result<Vec<_>, _> = bodies.iter().enumerate().map(entry).collect();
        let send = self.client.send_message_batch().queue_url(&self.url);
        let answer = send.set_entries(Some(entries?)).send().await?;
        ensure!(answer.failed.is_empty(), "{:?}", answer.failed);
        Ok(())
    }

    /// Sends a body to a FIFO queue, as a message of a group.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn send_in(&self, group: &str, body: impl Into<String>) -> Result<()> {
        let body = body.into();
        let send = self.client.send_message().queue_url(&self.url).message_group_id(group);
        let unique = format!("{:x}-{}", body.len(), jiff::Timestamp::now().as_nanosecond());
        send.message_deduplication_id(unique).message_body(body).send().await?;
        Ok(())
    }
}

fn deletion((n, message): (usize, &Message)) -> Result<DeleteMessageBatchRequestEntry> {
    let handle = message.receipt_handle().context("no receipt handle")?;
    let entry = DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(handle);
    Ok(entry.build()?)
}

fn taken(message: Message) -> Taken {
    let group = message
        .attributes
        .and_then(|mut all| all.remove(&MessageSystemAttributeName::MessageGroupId));
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    Taken {
        body: message.body.unwrap_or_default(),
        attributes: attributes
            .filter_map(|(name, value)| Some((name, value.string_value?)))
            .collect(),
        group,
    }
}
