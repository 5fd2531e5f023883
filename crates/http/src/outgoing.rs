//! One delivery as it goes over the wire.
//!
//! In: what the plan stored, and the event's attributes. Out: the headers of the CloudEvents HTTP
//! binding (binary mode) and of Standard Webhooks. The body is the event's data, or the transform.

use crate::sign::{SigningKey, signature};
use bytes::Bytes;
use eventyard_rules::SecretRef;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// What one attempt sends.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// The URL with its templates filled in.
    pub url: &'a str,
    /// The delivery id, the same for every attempt; it holds no `.`.
    pub delivery: &'a str,
    /// Context attributes of the event by name, `specversion` among them, `datacontenttype` not.
    pub attributes: Vec<(String, String)>,
    /// The media type of the body.
    pub content_type: Option<&'a str>,
    /// The bytes that are signed and sent.
    pub body: Bytes,
    /// Where the target's signing keys are; without any the delivery is not signed.
    pub secrets: &'a [SecretRef],
    /// The time of this attempt.
    pub sent_at: Timestamp,
}

/// A header value that no HTTP message can carry; the name says which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value of header `{name}` is not valid")]
pub struct HeaderError {
    /// The name of the header.
    pub name: String,
}

impl Outgoing<'_> {
    /// The headers of this attempt, signed with every key.
    ///
    /// # Errors
    /// [`HeaderError`] when an attribute's name or the media type does not fit into a header.
    pub fn headers(&self, keys: &[SigningKey]) -> Result<HeaderMap, HeaderError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.attributes {
            put(&mut headers, &format!("ce-{name}"), &percent_encode(value))?;
        }
        if let Some(content_type) = self.content_type {
            put(&mut headers, CONTENT_TYPE.as_str(), content_type)?;
        }
        let timestamp = self.sent_at.as_second();
        put(&mut headers, "webhook-id", self.delivery)?;
        put(&mut headers, "webhook-timestamp", &timestamp.to_string())?;
        if !keys.is_empty() {
            let value = signature(keys, self.delivery, timestamp, &self.body);
            put(&mut headers, "webhook-signature", &value)?;
        }
        Ok(headers)
    }
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), HeaderError> {
    let error = || HeaderError { name: name.to_owned() };
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
    headers.insert(key, HeaderValue::from_str(value).map_err(|_| error())?);
    Ok(())
}

/// CloudEvents HTTP binding §3.1.3.2: space, `"`, `%` and all that is not printable ASCII become
/// percent-encoded UTF-8; so no value can end a header or begin another.
fn percent_encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'"' | b'%' => encoded.push_str(&format!("%{byte:02X}")),
            b'!'..=b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{Outgoing, percent_encode};
    use bytes::Bytes;
    use jiff::Timestamp;

    fn outgoing(attributes: &[(&str, &str)]) -> Outgoing<'static> {
        Outgoing {
            url: "https://partner.example/hook",
            delivery: "d1",
            attributes: attributes.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect(),
            content_type: Some("application/json"),
            body: Bytes::from_static(b"{}"),
            secrets: &[],
            sent_at: Timestamp::from_second(1_700_000_000).unwrap(),
        }
    }

    #[test]
    fn an_attribute_is_encoded_as_the_http_binding_says() {
        assert_eq!(percent_encode("Euro € \u{1f600}"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
        assert_eq!(percent_encode("100%\r\nx: \"y\""), "100%25%0D%0Ax:%20%22y%22");
        assert_eq!(percent_encode("/shop/orders?a=b"), "/shop/orders?a=b");
    }

    #[test]
    fn the_headers_carry_the_event_and_the_delivery() {
        let headers = outgoing(&[("id", "A1"), ("subject", "größe")]).headers(&[]).unwrap();
        assert_eq!(headers["ce-id"], "A1");
        assert_eq!(headers["ce-subject"], "gr%C3%B6%C3%9Fe");
        assert_eq!(headers["webhook-id"], "d1");
        assert_eq!(headers["webhook-timestamp"], "1700000000");
        assert!(!headers.contains_key("webhook-signature"));
    }

    #[test]
    fn a_media_type_that_would_break_the_headers_is_refused_by_name() {
        let broken = Outgoing { content_type: Some("text/plain\r\nx: y"), ..outgoing(&[]) };
        let error = broken.headers(&[]).unwrap_err();
        assert_eq!(error.to_string(), "the value of header `content-type` is not valid");
    }
}
