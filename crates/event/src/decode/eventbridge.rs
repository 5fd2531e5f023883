//! EventBridge events: `detail-type` becomes `type`, `detail` becomes `data`, and what CloudEvents
//! has no attribute for goes under `eventbridge`.

use super::{Context, DecodeError, Decoded};
use crate::event::HOPS;
use crate::json::{Object, Spanned, Value};
use crate::{Event, EventError, EventErrorKind, Limits};

/// The event of a document that has `detail-type`, `source` and `detail`.
pub(super) fn event(
    spanned: &Spanned<'_>,
    context: &Context<'_>,
    limits: &Limits,
) -> Result<Decoded<'static>, DecodeError> {
    let root = &spanned.document.root;
    let text = |name| root.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").or(context.message_id.as_deref());
    let id = id.ok_or(EventError::new(EventErrorKind::Missing("id"), None))?;
    let source = text("source").unwrap_or_default();
    let mut builder = Event::builder(id, source, text("detail-type").unwrap_or_default())
        .eventbridge(&others(root));
    if let Some(time) = text("time") {
        builder = builder.time(time);
    }
    builder = match (detail(spanned), root.get("detail")) {
        (Some(detail), _) => builder.data_checked(detail),
        (None, detail) => builder.data(detail.unwrap_or(&Value::Null)),
    };
    let event = builder.build(limits)?.with_duplicates(spanned.document.duplicates);
    let hops = event.hops().max(enveloped_hops(root));
    Ok(context.event(event.with_hops(hops)))
}

/// The text of `detail` as it was sent, unless duplicates had to be settled.
fn detail<'a>(spanned: &Spanned<'a>) -> Option<&'a str> {
    let members = spanned.document.root.as_object()?;
    if spanned.document.duplicates > 0 {
        return None;
    }
    let (_, span) = members.iter().zip(&spanned.spans).find(|((name, _), _)| *name == "detail")?;
    spanned.text.get(span.clone())
}

/// What EventBridge has and CloudEvents does not.
fn others<'a>(root: &Value<'a>) -> Object<'a> {
    let mapped = ["id", "source", "detail-type", "time", "detail"];
    let members = root.as_object().into_iter().flat_map(Object::iter);
    let others = members.filter(|(name, _)| !mapped.contains(name));
    others.map(|(name, value)| (name.to_owned().into(), value.clone())).collect()
}

/// The hops of a whole CloudEvents event that a bus of ours put into `detail`.
fn enveloped_hops(root: &Value<'_>) -> u32 {
    let detail = root.get("detail").filter(|detail| detail.get("specversion").is_some());
    let hops = detail.and_then(|detail| detail.get(HOPS)).and_then(Value::as_number);
    hops.and_then(|hops| u32::try_from(hops.as_u64()?).ok()).unwrap_or(0)
}
