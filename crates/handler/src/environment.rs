//! What the environment says about journal and bus.

use crate::publish::{BusPublisher, PublishError, Publisher};
use std::sync::Arc;

/// Where emitted events go, as the environment says.
#[derive(Debug)]
pub(crate) enum ToBus {
    /// To a bus's listener or function URL.
    Post(BusPublisher),
    /// To a queue that is an input of a bus.
    #[cfg(feature = "aws")]
    Queue(eventyard_aws::journal::QueuePublisher),
    /// Nowhere is named.
    Nowhere,
}

impl Publisher for ToBus {
    async fn publish(&self, events: &[String]) -> Result<(), PublishError> {
        match self {
            Self::Post(bus) => bus.publish(events).await,
            #[cfg(feature = "aws")]
            Self::Queue(queue) => queue.send(events).await.map_err(PublishError::new),
            Self::Nowhere => Err(PublishError::new(
                "no bus is named; set EVENTYARD_URL, or EVENTYARD_QUEUE_URL with the feature `aws`",
            )),
        }
    }
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The way to the bus.
pub(crate) async fn to_bus() -> Result<ToBus, crate::Error> {
    if let Some(url) = variable("EVENTYARD_URL") {
        return Ok(ToBus::Post(BusPublisher::new(&url)?));
    }
    match variable("EVENTYARD_QUEUE_URL") {
        #[cfg(feature = "aws")]
        Some(url) => {
            let clients = eventyard_aws::Clients::from_env().await;
            Ok(ToBus::Queue(eventyard_aws::journal::QueuePublisher::new(&clients, &url)))
        }
        #[cfg(not(feature = "aws"))]
        Some(_) => Err(needs_aws("EVENTYARD_QUEUE_URL")),
        None => Ok(ToBus::Nowhere),
    }
}

/// What to say when the environment names a service of AWS and the binary knows none.
#[cfg(not(feature = "aws"))]
pub(crate) fn needs_aws(name: &str) -> crate::Error {
    format!(
        "{name} is set, and this binary was built without the feature `aws` of eventyard-handler"
    )
    .into()
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl eventyard_bus::Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

/// The clock of the machine, as a service takes it.
pub(crate) fn clock() -> Arc<dyn eventyard_bus::Clock> {
    Arc::new(SystemClock)
}
