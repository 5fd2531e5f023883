//! One entry of EventBridge's PutEvents, with AWS's own codes and texts.
//!
//! Source: the EventBridge API reference, PutEventsRequestEntry and PutEventsResultEntry.

use super::{DecodeError, DecodeErrorKind};
use crate::json::{self, Object, Value};
use crate::{Event, Limits, Timestamp};

/// One entry of a PutEvents request. `None` and empty are the same to AWS.
#[derive(Debug, Clone, Default)]
pub struct PutEventsEntry<'a> {
    /// `Source`
    pub source: Option<&'a str>,
    /// `DetailType`
    pub detail_type: Option<&'a str>,
    /// `Detail`: the text of a JSON object.
    pub detail: Option<&'a str>,
    /// `Time`; the time of the call where absent.
    pub time: Option<Timestamp>,
    /// `Resources`
    pub resources: Vec<&'a str>,
    /// `EventBusName`: a name or an ARN.
    pub event_bus_name: Option<&'a str>,
}

/// What EventBridge adds to an entry.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The event's id: one that was never used.
    pub id: &'a str,
    /// The account, 12 digits.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The time of the call.
    pub now: Timestamp,
}

impl<'a> PutEventsEntry<'a> {
    /// Reads an entry of the request's `Entries`. Members of the wrong type count as absent;
    /// `Time` is in seconds since 1970, with fractions.
    pub fn read(entry: &'a Value<'_>) -> Self {
        let text = |name| entry.get(name).and_then(Value::as_str);
        let resources = entry.get("Resources").and_then(Value::as_array).unwrap_or_default();
        let seconds = entry.get("Time").and_then(Value::as_number).map(json::Number::as_f64);
        let span = seconds.and_then(|at| jiff::SignedDuration::try_from_secs_f64(at).ok());
        Self {
            source: text("Source"),
            detail_type: text("DetailType"),
            detail: text("Detail"),
            time: span.and_then(|span| Timestamp::from_duration(span).ok()),
            resources: resources.iter().filter_map(Value::as_str).collect(),
            event_bus_name: text("EventBusName"),
        }
    }

    /// The entry's size in bytes as AWS counts it: 14 for a `Time` that is given, and the UTF-8
    /// bytes of source, detail type, detail and resources.
    pub fn size_bytes(&self) -> usize {
        let texts = [self.source, self.detail_type, self.detail];
        let texts = texts.into_iter().flatten().chain(self.resources.iter().copied());
        texts.map(str::len).sum::<usize>() + if self.time.is_some() { 14 } else { 0 }
    }
}

/// The event of one entry.
///
/// # Errors
/// [`DecodeError`] whose code and text are AWS's `ErrorCode` and `ErrorMessage`; ours where the
/// event is over a limit that AWS does not have.
///
/// ```
/// use eventyard_event::{Limits, Timestamp};
/// use eventyard_event::decode::{Origin, PutEventsEntry, put_events_entry};
/// let origin = Origin { id: "1", account: "000000000000", region: "local", now: Timestamp::UNIX_EPOCH };
/// let entry = PutEventsEntry { source: Some("shop"), ..PutEventsEntry::default() };
/// let refused = put_events_entry(&entry, &origin, &Limits::default()).unwrap_err();
/// assert_eq!(refused.code(), "InvalidArgument");
/// ```
pub fn put_events_entry(
    entry: &PutEventsEntry<'_>,
    origin: &Origin<'_>,
    limits: &Limits,
) -> Result<Event, DecodeError> {
    let source = given(entry.source, "Source", "Source is a required argument.")?;
    let detail_type = given(entry.detail_type, "DetailType", "DetailType is a required argument.")?;
    let detail = given(entry.detail, "Detail", "Detail is a required argument.")?;
    if source.starts_with("aws.") {
        return Err(DecodeError::new(DecodeErrorKind::NotAuthorizedForSource));
    }
    let read = read_detail(detail, limits)?;
    let builder = Event::builder(origin.id, source, detail_type)
        .time(&entry.time.unwrap_or(origin.now).to_string())
        .eventbridge(&beyond(entry, origin));
    let builder = match read.duplicates {
        0 => builder.data_checked(detail.trim_ascii()),
        _ => builder.data(&read.root),
    };
    Ok(builder.build(limits)?.with_duplicates(read.duplicates))
}

fn given<'a>(
    text: Option<&'a str>,
    parameter: &'static str,
    reason: &'static str,
) -> Result<&'a str, DecodeError> {
    let refused = DecodeErrorKind::InvalidArgument { parameter, reason };
    text.filter(|text| !text.is_empty()).ok_or(DecodeError::new(refused))
}

/// The detail, read. What breaks one of our limits keeps our error: AWS has no text for it.
fn read_detail<'a>(detail: &'a str, limits: &Limits) -> Result<json::Document<'a>, DecodeError> {
    let malformed = |offset| DecodeError { kind: DecodeErrorKind::MalformedDetail, offset };
    match json::parse(detail.as_bytes(), limits) {
        Ok(read) if read.root.as_object().is_some() => Ok(read),
        Ok(_) => Err(malformed(Some(0))),
        Err(error) if error.kind.is_limit() => Err(error.into()),
        Err(error) => Err(malformed(Some(error.offset))),
    }
}

fn beyond<'a>(entry: &PutEventsEntry<'a>, origin: &Origin<'a>) -> Object<'a> {
    let resources = entry.resources.iter().map(|arn| Value::from(*arn)).collect();
    let mut members = Object::default();
    members.insert("version", Value::from("0"));
    members.insert("account", Value::from(origin.account));
    members.insert("region", Value::from(origin.region));
    members.insert("resources", Value::Array(resources));
    members
}
