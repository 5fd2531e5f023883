//! How a queue behaves, and what the store keeps of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::QueueName;

/// The longest visibility timeout: 12 hours (SQS, "Visibility timeout").
pub const VISIBILITY_MAX: Duration = Duration::from_secs(12 * 60 * 60);

/// The longest delay of a message: 15 minutes (SQS, "Delay queues").
pub const DELAY_MAX: Duration = Duration::from_secs(15 * 60);

/// The most messages one receive gives (SQS, `MaxNumberOfMessages`).
pub const RECEIVE_MAX: usize = 10;

/// For how long a deduplication id is remembered: 5 minutes (SQS, "Exactly-once processing").
pub const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(5 * 60);

/// The most bytes of a body: 1 MiB (SQS quotas).
pub const BODY_BYTES_MAX: usize = 1_048_576;

/// How a queue behaves. The defaults are those of SQS, but for the retention, which is the
/// longest that SQS has: a laptop's queue should not forget over a weekend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSettings {
    /// Whether groups keep their order and duplicates are dropped.
    pub fifo: bool,
    /// How long a received message is hidden when the receiver does not say; default 30 s.
    pub visibility: Duration,
    /// How long a new message is hidden when the sender does not say; default 0.
    pub delay: Duration,
    /// How long a message is kept; default 14 days.
    pub retention: Duration,
    /// Whether a FIFO message without a deduplication id has the hash of its body for one;
    /// default true, so that nobody needs to create a queue before using it.
    pub content_based_deduplication: bool,
}

impl QueueSettings {
    /// What a queue of this name gets when it is made on demand.
    pub fn for_name(name: &QueueName) -> Self {
        Self { fifo: name.is_fifo(), ..Self::default() }
    }
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            fifo: false,
            visibility: Duration::from_secs(30),
            delay: Duration::ZERO,
            retention: Duration::from_secs(14 * 24 * 60 * 60),
            content_based_deduplication: true,
        }
    }
}

/// What the store keeps of a queue, under its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queue {
    /// Stands for the name in keys.
    pub id: u32,
    pub created_at: i64,
    pub settings: QueueSettings,
}
