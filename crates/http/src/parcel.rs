//! A parcel for an HTTP target as a request: what the bus hands out, in the form of [`Outgoing`].

use crate::outgoing::Outgoing;
use crate::sender::HttpSender;
use bytes::Bytes;
use eventyard_bus::{Parcel, Sent};
use eventyard_event::Data;
use eventyard_event::json::Value;
use eventyard_rules::HttpTarget;

/// The media type of a transform, and of data that does not say.
const JSON: &str = "application/json";
/// Members of the event that are not attributes of the HTTP binding: the payload, its media type
/// (which is `content-type`), and what only EventBridge events have.
const NOT_ATTRIBUTES: [&str; 4] = ["data", "data_base64", "datacontenttype", "eventbridge"];

impl HttpSender {
    /// Makes one attempt to deliver a parcel, as [`send`](Self::send) does.
    pub async fn deliver(&self, target: &HttpTarget, parcel: &Parcel<'_>) -> Sent {
        let (body, content_type) = payload(parcel);
        let delivery = parcel.planned.id.to_string();
        let outgoing = Outgoing {
            url: parcel.planned.url.as_deref().unwrap_or(target.url.text()),
            delivery: &delivery,
            attributes: attributes(parcel),
            content_type: content_type.as_deref(),
            body,
            secrets: &target.secrets,
            sent_at: parcel.sent_at,
        };
        self.send(&outgoing).await
    }
}

/// The body and its media type: what a person or the rule's transform wrote, else the event's data.
fn payload(parcel: &Parcel<'_>) -> (Bytes, Option<String>) {
    if let Some(text) = parcel.written() {
        return (Bytes::copy_from_slice(text.as_bytes()), Some(JSON.to_owned()));
    }
    let event = &parcel.event.event;
    let bytes = match event.data() {
        Data::None => return (Bytes::new(), None),
        Data::Json(text) => Bytes::copy_from_slice(text.as_bytes()),
        Data::Text(text) => Bytes::from(text.into_owned()),
        Data::Binary(bytes) => Bytes::from(bytes),
    };
    (bytes, Some(event.datacontenttype().unwrap_or(JSON).to_owned()))
}

/// The context attributes, with the hops that the event has once it is delivered.
fn attributes(parcel: &Parcel<'_>) -> Vec<(String, String)> {
    const HOPS: &str = "eventyardhops";
    let root = parcel.event.event.root();
    let members = root.as_object().into_iter().flat_map(|object| object.iter());
    let mut attributes: Vec<_> = members
        .filter(|(name, _)| !NOT_ATTRIBUTES.contains(name) && *name != HOPS)
        .filter_map(|(name, value)| Some((name.to_owned(), text(value)?)))
        .collect();
    attributes.push((HOPS.to_owned(), parcel.hops().to_string()));
    attributes
}

/// An attribute's canonical text; null is as good as absent (CloudEvents JSON format §2.2).
fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}
