//! The key that keeps deliveries in order: `group` of a FIFO queue, `key` of a stream.

use eventyard_event::Event;
use eventyard_event::json::Value;
use eventyard_filter::Query;

use crate::TargetKind;
use crate::template::value_text;

/// What SQS takes as `MessageGroupId` (SQS quotas); Kinesis takes more, but one rule for both
/// keeps an event in the same group wherever it goes.
const GROUP_BYTES_MAX: usize = 128;

/// The group of `event` at a target that keeps order, none at any other.
///
/// The query's first value as text. An event without one belongs to no group, so it is ordered
/// with nothing: its own identity is its group. A text that SQS would not take (longer than 128
/// bytes, or other than printable ASCII) is replaced by its hash, under which equal keys stay
/// equal.
pub(super) fn group(kind: &TargetKind, event: &Event, root: &Value<'_>) -> Option<String> {
    let query = group_query(kind)?;
    let value = query.first(root).filter(|value| !matches!(value, Value::Null));
    let text = value.map(value_text).filter(|text| !text.is_empty());
    Some(match text {
        None => event.identity().to_string(),
        Some(text) if is_group(&text) => text.into_owned(),
        Some(text) => blake3::hash(text.as_bytes()).to_hex().to_string(),
    })
}

/// The query that gives a target its group.
fn group_query(kind: &TargetKind) -> Option<&Query> {
    match kind {
        TargetKind::Sqs { group, .. } => group.as_ref(),
        TargetKind::Kinesis { key, .. } => Some(key),
        _ => None,
    }
}

fn is_group(text: &str) -> bool {
    text.len() <= GROUP_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}
