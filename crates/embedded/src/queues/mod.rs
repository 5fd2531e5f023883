//! Durable queues with the semantics of SQS: what stands in for queues, topics, buses and streams
//! on one machine.
//!
//! | SQS | here |
//! |---|---|
//! | `SendMessage(Batch)` | [`Queues::send`]; what the bus delivers, [`Queues::push`] |
//! | `ReceiveMessage` | [`Queues::receive`]; to wait for messages, [`Queues::arrivals`] and [`Queues::next_visible`] |
//! | `DeleteMessage` | [`Queues::delete`] |
//! | `ChangeMessageVisibility` | [`Queues::change_visibility`] |
//! | `GetQueueAttributes` | [`Queues::settings`], [`Queues::depth`] |
//! | `PurgeQueue` | [`Queues::purge`] |
//!
//! Delivery is at least once. A crash may make a message visible again that was deleted within the
//! last milliseconds; what [`Queues::send`] took is never lost.

mod arrivals;
mod delete;
mod depth;
mod error;
mod fifo;
mod length;
mod message;
mod name;
mod operations;
mod receipt;
mod receive;
mod record;
mod registry;
mod send;
mod settings;
mod visibility;

pub(crate) use arrivals::Arrivals;
pub use depth::Depth;
pub(crate) use depth::depth;
pub use error::QueueError;
pub use message::{
    Attribute, AttributeValue, Attributes, Body, Enqueued, NewMessage, ReceivedMessage,
};
pub use name::{InvalidQueueName, QueueName};
pub use operations::Queues;
pub(crate) use receive::forget_old;
pub(crate) use record::{Record, StoredBody};
pub(crate) use registry::find;
pub(crate) use settings::Queue;
pub use settings::{
    BODY_BYTES_MAX, DEDUPLICATION_WINDOW, DELAY_MAX, QueueSettings, RECEIVE_MAX, VISIBILITY_MAX,
};
