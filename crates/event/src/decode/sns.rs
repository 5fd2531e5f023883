//! SNS notifications, as a queue without raw message delivery gets them.
//!
//! Source: the JSON format of HTTP/S and SQS notifications in the SNS developer guide.

use super::shape::inside;
use super::{Context, DecodeError, DecodeErrorKind, Decoded};
use crate::Limits;
use crate::json::Value;

/// The events in the message of a notification. Its id is the transport's: SNS may hand the same
/// notification to a queue twice, under two ids of the queue.
pub(super) fn notification(
    root: &Value<'_>,
    context: &Context<'_>,
    limits: &Limits,
) -> Vec<Result<Decoded<'static>, DecodeError>> {
    let text = |name| root.get(name).and_then(Value::as_str);
    let message_id = text("MessageId").filter(|id| !id.is_empty());
    let context = context.inside(message_id, hops(root.get("MessageAttributes"), "Value"));
    inside(text("Message").unwrap_or_default(), "SNS message", context, limits)
}

/// The refusal of a message that opens or ends a subscription.
pub(super) fn refused(root: &Value<'_>) -> DecodeError {
    let kind = root.get("Type").and_then(Value::as_str).unwrap_or_default();
    DecodeError::new(DecodeErrorKind::SnsControl(kind.to_owned()))
}

/// The hops among message attributes, whose values are under `value`; 0 where there are none.
pub(super) fn hops(attributes: Option<&Value<'_>>, value: &str) -> u32 {
    let attribute = attributes.and_then(|attributes| attributes.get("eventyard-hops"));
    let text = attribute.and_then(|attribute| attribute.get(value)).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}
