//! Messages as they lie in the store.

use eventyard_event::{DeliveryId, Event, Travel};

use super::message::{Attribute, Attributes};
use crate::store::codec::{Damaged, Decode, Encode, length};

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
    Event { sequence: u64, hops: u32, delivery: DeliveryId, self_contained: bool },
}

impl StoredBody {
    /// The text of the message, and the attributes that follow from it; `event` reads an event of
    /// the log by its sequence number.
    pub fn materialise<E>(
        self,
        attributes: &mut Attributes,
        event: impl FnOnce(u64) -> Result<Event, E>,
    ) -> Result<String, E> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Event { sequence, hops, delivery, self_contained } => {
                let event = event(sequence)?;
                let travelled = event.hops().max(hops).saturating_add(1);
                let derived = [
                    ("eventyard-delivery", delivery.to_string()),
                    ("eventyard-hops", travelled.to_string()),
                    ("eventyard-cause", event.id().to_owned()),
                ];
                for (name, text) in derived {
                    attributes.entry(name.to_owned()).or_insert_with(|| Attribute::text(text));
                }
                let delivery = self_contained.then_some(delivery);
                Ok(event.delivered(&Travel { hops, delivery, replay: None }))
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
            StoredBody::Event { sequence, hops, delivery, self_contained } => {
                out.put(&[if *self_contained { 2 } else { 1 }]);
                out.put_u64(*sequence);
                out.put_u32(*hops);
                out.put(delivery.as_bytes());
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
                delivery: DeliveryId::from_bytes(decode.array()?),
                self_contained: kind == 2,
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
