//! The URLs of queues that rules name by name or ARN, asked for once in a process.

use super::fault::Fault;
use aws_sdk_sqs::Client;
use eventyard_rules::Resource;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The URLs that are known. A queue that was not found is not remembered: it may be made any time.
#[derive(Debug, Default)]
pub(super) struct QueueUrls {
    known: Mutex<HashMap<String, String>>,
}

impl QueueUrls {
    /// The URL of a queue.
    ///
    /// # Errors
    /// SQS knows no such queue, or did not answer; nothing was sent.
    pub(super) async fn url(&self, client: &Client, queue: &Resource) -> Result<String, Fault> {
        if queue.is_url() {
            return Ok(queue.as_str().to_owned());
        }
        if let Some(url) = self.with(|known| known.get(queue.as_str()).cloned()) {
            return Ok(url);
        }
        let owner = queue.account().map(str::to_owned);
        let call =
            client.get_queue_url().queue_name(queue.name()).set_queue_owner_aws_account_id(owner);
        let answer = call.send().await.map_err(|error| Fault::of(&error))?;
        let url = answer.queue_url().ok_or_else(Fault::not_valid)?.to_owned();
        self.with(|known| known.insert(queue.as_str().to_owned(), url.clone()));
        Ok(url)
    }

    /// Forgets a queue that is gone.
    pub(super) fn forget(&self, queue: &Resource) {
        self.with(|known| known.remove(queue.as_str()));
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, String>) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
