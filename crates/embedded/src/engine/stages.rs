//! Who is told what happens: metrics, the stream, the terminal, and the workers that have to wake.
//!
//! In: stages from the pipeline, which must not wait. Out: counters, a bounded channel whose slow
//! readers learn how much they missed, and wake-ups.

use super::metrics::Metrics;
use super::wake::Wake;
use eventyard_bus::{Observer, Stage, What};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Everything that happens, as one reader gets it; a slow one is told how much it missed.
pub type Stages = broadcast::Receiver<Arc<Stage>>;

/// Hands every stage on without waiting.
pub(crate) struct Announcer {
    sender: broadcast::Sender<Arc<Stage>>,
    metrics: Arc<Metrics>,
    wake: Arc<Wake>,
}

impl Announcer {
    /// `capacity` is how many stages a slow reader may be behind before it misses some.
    pub(crate) fn new(capacity: usize, metrics: Arc<Metrics>, wake: Arc<Wake>) -> Self {
        Self { sender: broadcast::Sender::new(capacity), metrics, wake }
    }

    /// A reader of every stage from now on.
    pub(crate) fn subscribe(&self) -> Stages {
        self.sender.subscribe()
    }
}

impl Observer for Announcer {
    fn observe(&self, stage: &Stage) {
        self.metrics.count(stage);
        match &stage.what {
            What::Waiting { delivery, .. }
            | What::Retried { delivery, .. }
            | What::Redriven { delivery, .. } => self.wake.target(&delivery.target),
            _ => {}
        }
        if self.sender.receiver_count() > 0 {
            // The last reader may have left in the meantime.
            let _ = self.sender.send(Arc::new(stage.clone()));
        }
    }
}
