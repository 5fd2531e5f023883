//! Messages: as they are sent and as they are received.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use eventyard_event::{DeliveryId, Identity, Timestamp};
use serde::{Deserialize, Serialize};

/// A message attribute: a value with SQS's name of its type, such as `String` or `Number.int`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, with an optional label behind a dot.
    pub data_type: String,
    /// The value.
    #[serde(flatten)]
    pub value: AttributeValue,
}

/// The value of a message attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeValue {
    /// Text, or a number as text.
    String(String),
    /// Bytes, base64 in JSON.
    #[serde(with = "binary")]
    Binary(Vec<u8>),
}

impl Attribute {
    /// A text attribute.
    pub fn text(value: impl Into<String>) -> Self {
        Self { data_type: "String".to_owned(), value: AttributeValue::String(value.into()) }
    }
}

mod binary {
    use super::{BASE64_STANDARD, Engine};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

/// Message attributes by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Text of its own.
    Text(String),
    /// An event of the log as a consumer gets it. Only the reference is stored; the text is made
    /// when the message is received, and so are the attributes `eventyard-delivery`,
    /// `eventyard-hops` and `eventyard-cause`, unless the message has its own.
    Event {
        /// Which event.
        identity: Identity,
        /// Hops known from elsewhere than the event (see [`Travel`](eventyard_event::Travel)).
        hops: u32,
        /// Which delivery of the event this is.
        delivery: DeliveryId,
        /// Whether the text says the delivery's id, for consumers that see no attributes.
        self_contained: bool,
    },
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What it says.
    pub body: Body,
    /// Its attributes.
    pub attributes: Attributes,
    /// The group that keeps its order; a FIFO queue needs one.
    pub group: Option<String>,
    /// Under which id a FIFO queue drops a repetition within five minutes.
    pub deduplication: Option<String>,
    /// How long it stays hidden; the queue's own delay when there is none.
    pub delay: Option<Duration>,
}

impl NewMessage {
    /// A message with this text and nothing else.
    pub fn text(body: impl Into<String>) -> Self {
        Self::new(Body::Text(body.into()))
    }

    /// About how many bytes it takes in the store.
    pub(crate) fn bytes(&self) -> usize {
        let text = match &self.body {
            Body::Text(text) => text.len(),
            Body::Event { .. } => 0,
        };
        text + 256
    }

    /// A message with this body and nothing else.
    pub fn new(body: Body) -> Self {
        let attributes = Attributes::new();
        Self { body, attributes, group: None, deduplication: None, delay: None }
    }
}

/// A message that a queue has taken, or had taken before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enqueued {
    /// The message's id, a UUID.
    pub message_id: String,
    /// Its number in the store; rises from message to message.
    pub sequence: u64,
    /// It is the message of an earlier send with the same deduplication id.
    pub duplicate: bool,
}

/// A message as one receive gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// The message's id, a UUID.
    pub message_id: String,
    /// What deletes it, or changes its visibility, as long as nobody receives it again.
    pub receipt: String,
    /// What it says.
    pub body: String,
    /// Its attributes.
    pub attributes: Attributes,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// When it was received first.
    pub first_received_at: Timestamp,
    /// Its group, if it has one.
    pub group: Option<String>,
    /// Its deduplication id, in a FIFO queue.
    pub deduplication: Option<String>,
    /// Its number in the store.
    pub sequence: u64,
}
