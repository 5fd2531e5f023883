//! Waking up those who wait for messages.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::QueueName;

/// One signal per queue that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<HashMap<QueueName, watch::Sender<()>>>);

impl Arrivals {
    /// A signal that changes whenever the queue may have something to receive.
    pub fn of(&self, queue: &QueueName) -> watch::Receiver<()> {
        let mut signals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Queues that nobody waits for any more cost nothing.
        signals.retain(|_, signal| signal.receiver_count() > 0);
        signals.entry(queue.clone()).or_default().subscribe()
    }

    /// Tells those who wait for the queue.
    pub fn tell(&self, queue: &QueueName) {
        let signals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signal) = signals.get(queue) {
            signal.send_replace(());
        }
    }
}
