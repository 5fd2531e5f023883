//! What services behind the bus need of AWS: the journal in DynamoDB, and a queue that takes what they emit.

pub use crate::store::DynamoJournal;

use crate::Clients;
use crate::failure::summary;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use eventyard_event::{Event, Limits};

/// The most messages, and their most bytes, of one send (SQS quotas).
const BATCH_MESSAGES: usize = 10;
const BATCH_BYTES: usize = 1_048_576;

/// Sends events to a queue that is an input of the bus.
#[derive(Debug, Clone)]
pub struct QueuePublisher {
    client: Client,
    url: String,
}

impl QueuePublisher {
    /// Sends to the queue of this URL. A FIFO queue gets the events in the order of their subjects.
    #[must_use]
    pub fn new(clients: &Clients, url: &str) -> Self {
        Self { client: clients.sqs(), url: url.to_owned() }
    }

    /// Sends CloudEvents documents in their order, ten with a call.
    ///
    /// # Errors
    /// Why the first that failed was not taken, for people; those before it were.
    pub async fn send(&self, events: &[String]) -> Result<(), String> {
        let mut batch: Vec<&String> = Vec::new();
        let mut bytes = 0;
        for event in events {
            if batch.len() == BATCH_MESSAGES || bytes + event.len() > BATCH_BYTES {
                self.send_batch(&std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            batch.push(event);
            bytes += event.len();
        }
        if batch.is_empty() { Ok(()) } else { self.send_batch(&batch).await }
    }

    async fn send_batch(&self, events: &[&String]) -> Result<(), String> {
        let entries: Result<Vec<_>, String> =
            events.iter().enumerate().map(|(at, event)| self.entry(at, event)).collect();
        let call = self.client.send_message_batch().queue_url(&self.url);
        let answer = call.set_entries(Some(entries?)).send().await;
        let answer = answer.map_err(|error| format!("SendMessageBatch: {}", summary(&error)))?;
        match answer.failed().first() {
            None => Ok(()),
            Some(failed) => Err(format!("SendMessageBatch: {}", failed.code())),
        }
    }

    fn entry(&self, at: usize, document: &str) -> Result<SendMessageBatchRequestEntry, String> {
        let mut entry =
            SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(document);
        if self.url.ends_with(".fifo") {
            let event = Event::from_document(document.as_bytes(), &Limits::default());
            let event = event.map_err(|error| error.to_string())?;
            let group = event.subject().unwrap_or_else(|| event.source());
            entry = entry
                .message_group_id(group)
                .message_deduplication_id(event.identity().to_string());
        }
        entry.build().map_err(|error| error.to_string())
    }
}
