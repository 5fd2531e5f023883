//! Lambda's envelopes: the records a function is invoked with, and what an on-failure destination
//! gets when that failed. Both turn up on queues, in test files and in replays.

use super::shape::inside;
use super::{Context, DecodeError, DecodeErrorKind, Decoded, s3, sns};
use crate::Limits;
use crate::json::Value;

type Results = Vec<Result<Decoded<'static>, DecodeError>>;

/// Whether this record comes from SQS, SNS or S3.
pub(super) fn is_known(record: &Value<'_>) -> bool {
    Record::of(record).is_some()
}

enum Record<'v, 'a> {
    Sqs { body: &'v str },
    Sns(&'v Value<'a>),
    S3,
}

impl<'v, 'a> Record<'v, 'a> {
    fn of(record: &'v Value<'a>) -> Option<Self> {
        let source = record.get("eventSource").or_else(|| record.get("EventSource"));
        match (source.and_then(Value::as_str), record) {
            (Some("aws:sqs"), record) => {
                record.get("body").and_then(Value::as_str).map(|body| Self::Sqs { body })
            }
            (Some("aws:sns"), record) => record.get("Sns").map(Self::Sns),
            // Other stores speak S3 as well, under a source of their own (S3 adapter, comments).
            (Some(_), record) => record.get("s3").and_then(Value::as_object).map(|_| Self::S3),
            _ => None,
        }
    }
}

/// The events of each record of an invocation.
pub(super) fn records(root: &Value<'_>, context: &Context<'_>, limits: &Limits) -> Results {
    let records = root.get("Records").and_then(Value::as_array).unwrap_or_default();
    records.iter().flat_map(|record| of_record(record, context, limits)).collect()
}

fn of_record(record: &Value<'_>, context: &Context<'_>, limits: &Limits) -> Results {
    match Record::of(record) {
        Some(Record::Sqs { body }) => {
            let message_id = record.get("messageId").and_then(Value::as_str);
            let hops = sns::hops(record.get("messageAttributes"), "stringValue");
            inside(body, "SQS record", context.inside(message_id, hops), limits)
        }
        Some(Record::Sns(notification)) => {
            inside(&notification.to_string(), "SNS record", context.inside(None, 0), limits)
        }
        Some(Record::S3) => vec![s3::event(record, limits).map(|event| context.event(event))],
        None => vec![Err(DecodeError::new(DecodeErrorKind::Record))],
    }
}

/// The events of an invocation that failed: its payload is what the function was sent.
pub(super) fn destination(root: &Value<'_>, context: &Context<'_>, limits: &Limits) -> Results {
    let payload = root.get("requestPayload").map(Value::to_string).unwrap_or_default();
    inside(&payload, "Lambda destination record", context.inside(None, 0), limits)
}
