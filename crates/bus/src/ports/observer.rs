//! Somebody to tell what happens: terminal, server-sent events, metrics, logs.

use crate::Stage;

/// Is told of every stage, after it happened.
pub trait Observer: Send + Sync {
    /// Takes note. It must neither block nor fail; who cannot keep up loses stages, not events.
    fn observe(&self, stage: &Stage);
}
