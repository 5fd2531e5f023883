//! What kind of body a request has, by its headers.

use crate::{Framing, Refusal};
use http::{HeaderMap, header};

/// How the events of a body are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Documents, told apart so.
    Documents(Framing),
    /// One event: attributes in `ce-*` headers, data in the body (CloudEvents HTTP binding §3.1).
    Binary,
}

/// The kind of body that the headers announce; JSON where they say nothing.
///
/// # Errors
/// 400 for a media type that holds no events.
pub fn kind(headers: &HeaderMap) -> Result<BodyKind, Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str());
    let media_type = media_type.transpose().unwrap_or(Some("?")).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        // The structured modes come first: their headers may repeat the attributes (§3.2.2).
        "application/cloudevents+json" => Ok(BodyKind::Documents(Framing::Whole)),
        "application/cloudevents-batch+json" => Ok(BodyKind::Documents(Framing::Array)),
        _ if essence.starts_with("application/cloudevents") => Err(unsupported(&essence)),
        _ if headers.contains_key("ce-specversion") => Ok(BodyKind::Binary),
        "" | "application/json" => Ok(BodyKind::Documents(Framing::Json)),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
            Ok(BodyKind::Documents(Framing::Lines))
        }
        _ => Err(unsupported(&essence)),
    }
}

fn unsupported(media_type: &str) -> Refusal {
    Refusal::bad("ContentTypeNotSupported", format!("content type `{media_type}` holds no events"))
        .help(
            "send application/json, application/x-ndjson, application/cloudevents+json or \
             application/cloudevents-batch+json, or any type with `ce-*` headers",
        )
}

#[cfg(test)]
mod tests {
    use super::{BodyKind, kind};
    use crate::Framing;
    use http::HeaderMap;

    #[track_caller]
    fn check(media_type: Option<&str>, binary: bool, expected: Option<BodyKind>) {
        let mut headers = HeaderMap::new();
        if let Some(media_type) = media_type {
            headers.insert("content-type", media_type.parse().unwrap());
        }
        if binary {
            headers.insert("ce-specversion", "1.0".parse().unwrap());
        }
        assert_eq!(kind(&headers).ok(), expected, "{media_type:?}");
    }

    #[test]
    fn a_body_is_read_as_its_headers_announce_it() {
        let documents = |framing| Some(BodyKind::Documents(framing));
        check(None, false, documents(Framing::Json));
        check(Some("application/json; charset=utf-8"), false, documents(Framing::Json));
        check(Some("Application/CloudEvents+JSON"), false, documents(Framing::Whole));
        check(Some("application/cloudevents-batch+json"), false, documents(Framing::Array));
        check(Some("application/x-ndjson"), false, documents(Framing::Lines));
        check(Some("application/json"), true, Some(BodyKind::Binary));
        check(Some("image/png"), true, Some(BodyKind::Binary));
        check(None, true, Some(BodyKind::Binary));
    }

    #[test]
    fn other_bodies_are_refused() {
        check(Some("application/x-www-form-urlencoded"), false, None);
        check(Some("text/plain"), false, None);
        check(Some("application/cloudevents+avro"), true, None);
    }
}
