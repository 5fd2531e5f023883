//! Messages: as they are sent, as they are received, and as they lie in the store.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use eventyard_event::{DeliveryId, Event, Identity, Timestamp, Travel};
use serde::{Deserialize, Serialize};

use crate::store::codec::{Damaged, Decode, Encode, length};

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
    /// when the message is received.
    Event {
        /// Which event.
        identity: Identity,
        /// Hops known from elsewhere than the event (see [`Travel::hops`]).
        hops: u32,
        /// The delivery's id, where the text is to say it.
        delivery: Option<DeliveryId>,
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

/// A message as it lies in the store; its text may be a reference into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub sent_at: i64,
    /// When it can be received first.
    pub visible_at: i64,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    pub attributes: Attributes,
    pub body: StoredBody,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredBody {
    Text(String),
    Event { sequence: u64, hops: u32, delivery: Option<DeliveryId> },
}

impl StoredBody {
    /// The text of the message; `event` reads an event of the log by its sequence number.
    pub fn text<E>(self, event: impl FnOnce(u64) -> Result<Event, E>) -> Result<String, E> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Event { sequence, hops, delivery } => {
                Ok(event(sequence)?.delivered(&Travel { hops, delivery, replay: None }))
            }
        }
    }
}

impl Record {
    pub fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut out = Vec::with_capacity(128);
        out.put_i64(self.sent_at);
        out.put_i64(self.visible_at);
        out.put_option(self.group.as_deref());
        out.put_option(self.deduplication.as_deref());
        if self.attributes.is_empty() {
            out.put_u32(0);
        } else {
            let attributes = serde_json::to_vec(&self.attributes)?;
            out.put_u32(length(attributes.len()));
            out.put(&attributes);
        }
        match &self.body {
            StoredBody::Text(text) => {
                out.put(&[0]);
                out.put_text(text);
            }
            StoredBody::Event { sequence, hops, delivery } => {
                out.put(&[if delivery.is_some() { 2 } else { 1 }]);
                out.put_u64(*sequence);
                out.put_u32(*hops);
                out.put(delivery.as_ref().map_or(&[][..], |id| id.as_bytes()));
            }
        }
        Ok(out)
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        let (sent_at, visible_at) = (decode.i64()?, decode.i64()?);
        let group = decode.option()?.map(str::to_owned);
        let deduplication = decode.option()?.map(str::to_owned);
        let len = decode.len()?;
        let attributes = match decode.bytes(len)? {
            [] => Attributes::new(),
            json => serde_json::from_slice(json).map_err(|_| Damaged)?,
        };
        let body = match decode.array()? {
            [0] => StoredBody::Text(decode.text()?.to_owned()),
            [kind @ (1 | 2)] => StoredBody::Event {
                sequence: decode.u64()?,
                hops: decode.u32()?,
                delivery: match kind {
                    1 => None,
                    _ => Some(DeliveryId::from_bytes(decode.array()?)),
                },
            },
            _ => return Err(Damaged),
        };
        Ok(Self { sent_at, visible_at, group, deduplication, attributes, body })
    }

    /// The id of the message with this number: as good as random, the same every time.
    pub fn message_id(sent_at: i64, sequence: u64) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"eventyard message").update(&sent_at.to_le_bytes());
        let hash = hasher.update(&sequence.to_le_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
