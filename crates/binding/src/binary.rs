//! One event in binary mode: attributes in `ce-*` headers, data in the body (CloudEvents HTTP
//! binding §3.1).

use eventyard_event::{Event, Limits, decode};
use http::{HeaderMap, header};

/// The event of a request in binary mode. A header that is not ASCII text is none of its attributes.
///
/// # Errors
/// Why it is no event.
pub fn binary(
    headers: &HeaderMap,
    body: &[u8],
    limits: &Limits,
) -> Result<Event, eventyard_rules::Refusal> {
    let texts =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Ok(decode::binary(texts, content_type, body, limits)?)
}
