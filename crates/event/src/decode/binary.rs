//! Binary content mode of the CloudEvents HTTP binding (§3.1): attributes in `ce-` headers, data
//! in the body.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{DecodeError, DecodeErrorKind};
use crate::event::{is_json, write_member};
use crate::json::{self, Value};
use crate::{Event, Limits};

/// The event of a request in binary mode.
///
/// `headers` may be all of them: those whose name begins with `ce-`, in any case, are taken. A
/// body of a JSON type becomes `data` as it was sent; other text becomes a string, and what is not
/// text becomes `data_base64`. A body without a content type is JSON if it reads as such.
///
/// # Errors
/// [`DecodeError`]: a header cannot be an attribute, a body that says it is JSON is not (offset in
/// the body), or the whole is not CloudEvents 1.0.
///
/// ```
/// use eventyard_event::{Limits, decode};
/// let headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "shop"), ("ce-type", "Paid%21")];
/// let event = decode::binary(headers, Some("text/plain"), b"12 EUR", &Limits::default()).unwrap();
/// assert_eq!(event.event_type(), "Paid!");
/// ```
pub fn binary<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    content_type: Option<&str>,
    body: &[u8],
    limits: &Limits,
) -> Result<Event, DecodeError> {
    let mut document = String::new();
    for (name, value) in headers {
        if let Some(name) = attribute_name(name) {
            let value = attribute(&name, value)?;
            write_member(&mut document, &name, &Value::from(value).to_string());
        }
    }
    if let Some(media_type) = content_type {
        write_member(&mut document, "datacontenttype", &Value::from(media_type).to_string());
    }
    let mut duplicates = 0;
    if let Some((member, text)) = payload(content_type, body, limits, &mut duplicates)? {
        write_member(&mut document, member, &text);
    }
    document.push_str(if document.is_empty() { "{}" } else { "}" });
    let event = Event::from_document(document.as_bytes(), limits);
    // Offsets would point into a document that nobody sent.
    let event = event.map_err(|error| DecodeError { offset: None, ..error.into() })?;
    Ok(event.with_duplicates(duplicates))
}

/// The attribute that a header is, in lower case as headers have no case.
fn attribute_name(header: &str) -> Option<String> {
    let prefix = header.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("ce-"))?;
    Some(header.get(prefix.len()..)?.to_ascii_lowercase())
}

/// The attribute's value, unquoted and percent-decoded (§3.1.3.2).
fn attribute(name: &str, value: &str) -> Result<String, DecodeError> {
    let refused =
        |reason| DecodeError::new(DecodeErrorKind::Header { name: name.to_owned(), reason });
    match name {
        "datacontenttype" => return Err(refused("is not allowed, the content type is its value")),
        "data" | "data_base64" => return Err(refused("is not allowed, data is the body")),
        _ => {}
    }
    let bytes = percent_decoded(&unquoted(value));
    String::from_utf8(bytes).map_err(|_| refused("does not decode to UTF-8"))
}

/// Resolves a quoted string of RFC 7230 §3.2.6, which older senders may use.
fn unquoted(value: &str) -> Cow<'_, str> {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner else { return Cow::Borrowed(value) };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        out.push(escaped.unwrap_or(c));
    }
    Cow::Owned(out)
}

/// One round of percent-decoding; a `%` without two hexadecimal digits stands for itself.
fn percent_decoded(value: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.first_chunk::<2>().filter(|_| byte == b'%');
        match digits.and_then(|[high, low]| Some(hex(*high)? << 4 | hex(*low)?)) {
            Some(decoded) => {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The member that holds the body, and its JSON; none for an empty body.
fn payload(
    content_type: Option<&str>,
    body: &[u8],
    limits: &Limits,
    duplicates: &mut u32,
) -> Result<Option<(&'static str, String)>, DecodeError> {
    if body.is_empty() {
        return Ok(None);
    }
    let says_json = content_type.is_some_and(is_json);
    if says_json || content_type.is_none() {
        match json::parse(body, limits) {
            Ok(read) => {
                *duplicates = read.duplicates;
                return Ok(Some(("data", as_sent(&read, body))));
            }
            Err(error) if says_json || error.kind.is_limit() => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(Some(match std::str::from_utf8(body) {
        Ok(text) if content_type.is_some_and(is_text) => ("data", Value::from(text).to_string()),
        _ => ("data_base64", format!("\"{}\"", STANDARD.encode(body))),
    }))
}

/// The body byte for byte, unless duplicates had to be settled.
fn as_sent(read: &json::Document<'_>, body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) if read.duplicates == 0 => text.trim_ascii().to_owned(),
        _ => read.root.to_string(),
    }
}

/// Whether a media type is text to people: then rules can see it as a string.
fn is_text(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/") || essence == "application/xml" || essence.ends_with("+xml")
}
