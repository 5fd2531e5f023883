//! What a queue refuses.

use eventyard_bus::StoreError;

use super::QueueName;
use super::settings::{BODY_BYTES_MAX, RECEIVE_MAX};

/// Why a queue did not do what it was asked; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// There is no queue of this name.
    #[error("there is no queue `{0}`")]
    NotFound(QueueName),
    /// A queue of this name exists with other settings.
    #[error("queue `{0}` exists with other settings")]
    ExistsOtherwise(QueueName),
    /// A FIFO queue needs a group.
    #[error("a message to a FIFO queue needs a group")]
    GroupMissing,
    /// A FIFO queue needs a deduplication id.
    #[error("a message to this queue needs a deduplication id")]
    DeduplicationMissing,
    /// Only FIFO queues drop repetitions.
    #[error("only a message to a FIFO queue has a deduplication id")]
    DeduplicationNotPossible,
    /// A FIFO queue delays all messages alike.
    #[error("a message to a FIFO queue has no delay of its own")]
    DelayNotPossible,
    /// A delay is at most 15 minutes.
    #[error("a delay is 0 to 900 seconds, not {0}")]
    DelayOutOfRange(u64),
    /// A visibility timeout is at most 12 hours.
    #[error("a visibility timeout is 0 to 43,200 seconds, not {0}")]
    VisibilityOutOfRange(u64),
    /// A receive gives one to ten messages.
    #[error("a receive gives 1 to {RECEIVE_MAX} messages, not {0}")]
    CountOutOfRange(usize),
    /// The body is empty.
    #[error("a message needs a body")]
    BodyEmpty,
    /// The body is too long.
    #[error("a body has at most {BODY_BYTES_MAX} bytes, not {0}")]
    BodyTooLong(usize),
    /// The event that the message refers to is not in the log.
    #[error("the event of the message is not in the log")]
    EventUnknown,
    /// The text is no receipt of this queue.
    #[error("the receipt is none of this queue")]
    ReceiptInvalid,
    /// The message became visible again, so another may have it.
    #[error("the receipt has expired")]
    ReceiptExpired,
    /// The message is not in flight: it was deleted, or is visible again.
    #[error("the message is not in flight")]
    NotInFlight,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
