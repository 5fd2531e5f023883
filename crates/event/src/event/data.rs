//! The payload of an event, and how it is handed to who wants only that.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Limits;
use crate::json;

/// The payload of an event, as an HTTP body carries it (CloudEvents JSON format §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data<'a> {
    /// The event has no payload.
    None,
    /// JSON, as it was sent.
    Json(&'a str),
    /// Text of a content type that is not JSON, unescaped.
    Text(Cow<'a, str>),
    /// Bytes that were sent as `data_base64`.
    Binary(Vec<u8>),
}

/// Where the payload is in the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Payload {
    #[default]
    None,
    Null(Range<usize>),
    Json(Range<usize>),
    Base64(Range<usize>),
}

impl Payload {
    pub fn is_set(&self) -> bool {
        *self != Self::None
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }

    /// The payload of a member that is null: a JSON null, or none at all for `data_base64`.
    pub fn null(payload: Self) -> Self {
        if let Self::Json(span) = payload { Self::Null(span) } else { Self::None }
    }

    pub fn read<'e>(&self, document: &'e str, content_type: Option<&str>) -> Data<'e> {
        match self {
            Self::None => Data::None,
            Self::Null(span) => Data::Json(document.get(span.clone()).unwrap_or_default()),
            Self::Json(span) => {
                let text = document.get(span.clone()).unwrap_or_default();
                let is_text = text.starts_with('"') && !content_type.is_none_or(is_json);
                if is_text { Data::Text(unescaped(text)) } else { Data::Json(text) }
            }
            Self::Base64(span) => {
                let text = unescaped(document.get(span.clone()).unwrap_or_default());
                Data::Binary(STANDARD.decode(text.as_bytes()).unwrap_or_default())
            }
        }
    }
}

/// Whether a media type is JSON: subtype `json`, or suffix `+json` (RFC 6839 §3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let Some((_, subtype)) = essence.split_once('/') else { return false };
    let subtype = subtype.to_ascii_lowercase();
    subtype == "json" || subtype.ends_with("+json")
}

fn unescaped(quoted: &str) -> Cow<'_, str> {
    match json::parse(quoted.as_bytes(), &Limits::checked()) {
        Ok(json::Document { root: json::Value::String(text), .. }) => text,
        _ => Cow::Borrowed(quoted),
    }
}
