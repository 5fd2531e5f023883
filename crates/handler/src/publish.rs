//! Where emitted events go.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Hands emitted events to the bus, which accepts each once.
pub trait Publisher: Send + Sync {
    /// Publishes CloudEvents documents; all are the bus's when it returns.
    ///
    /// # Errors
    /// [`PublishError`]: some may be the bus's; all are published again.
    fn publish(&self, events: &[String]) -> impl Future<Output = Result<(), PublishError>> + Send;
}

/// Why events are not published; they stay in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("emitted events are not published: {reason}")]
pub struct PublishError {
    /// What the bus said, or why it was not asked.
    pub reason: String,
}

impl PublishError {
    /// Not published, for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Keeps what it is given: for tests. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct CollectingPublisher(Arc<Mutex<Vec<String>>>);

impl CollectingPublisher {
    /// What was published so far, in its order; an event that was published twice stands there twice.
    #[must_use]
    pub fn published(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Publisher for CollectingPublisher {
    async fn publish(&self, events: &[String]) -> Result<(), PublishError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(events);
        Ok(())
    }
}

/// Posts events to a bus, on this machine or behind a function URL.
#[derive(Debug, Clone)]
pub struct BusPublisher {
    client: reqwest::Client,
    url: String,
}

/// How long one post may take.
const TOTAL: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(2);

impl BusPublisher {
    /// Posts to `/events` of the bus at this URL. The process has installed a TLS provider for rustls before.
    ///
    /// # Errors
    /// [`PublishError`] when the HTTP client cannot start.
    pub fn new(url: &str) -> Result<Self, PublishError> {
        let client = reqwest::Client::builder().no_proxy().connect_timeout(CONNECT).timeout(TOTAL);
        let client = client.build().map_err(|error| PublishError::new(error.to_string()))?;
        Ok(Self { client, url: format!("{}/events", url.trim_end_matches('/')) })
    }
}

impl Publisher for BusPublisher {
    async fn publish(&self, events: &[String]) -> Result<(), PublishError> {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/cloudevents-batch+json")
            .body(format!("[{}]", events.join(",")));
        let answer = request.send().await;
        let answer = answer.map_err(|error| PublishError::new(error.without_url().to_string()))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(PublishError::new(format!("the bus answers {}", status.as_u16())));
        }
        let answer = answer.bytes().await;
        let answer = answer.map_err(|error| PublishError::new(error.without_url().to_string()))?;
        refused(&answer).map_or(Ok(()), |id| {
            Err(PublishError::new(format!("the bus did not accept the event `{id}`")))
        })
    }
}

#[derive(serde::Deserialize)]
struct Results {
    results: Vec<OneResult>,
}

#[derive(serde::Deserialize)]
struct OneResult {
    id: Option<String>,
    status: String,
}

/// The first event that the bus did not take, of an answer that is good for the others.
fn refused(answer: &[u8]) -> Option<String> {
    let Ok(answer) = serde_json::from_slice::<Results>(answer) else {
        return Some("of an answer that cannot be read".to_owned());
    };
    let is_taken = |result: &OneResult| matches!(&*result.status, "accepted" | "duplicate");
    let refused = answer.results.into_iter().find(|result| !is_taken(result));
    refused.map(|result| result.id.unwrap_or_default())
}
