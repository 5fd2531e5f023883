//! SQS requests as JSON, and messages as SQS answers them.
//!
//! In: the members of the JSON protocol. Out: messages of the embedded queues, and back. What SQS
//! would refuse is refused with its own words (Amazon SQS API reference, 2012-11-05).

use super::error::SqsError;
use super::sums::{self, Kind, Summand};
use crate::queues::{Attribute, AttributeValue, Attributes, NewMessage, ReceivedMessage};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most attributes of one message.
const ATTRIBUTES_MAX: usize = 10;
/// The most bytes of one message or batch, attributes included.
pub(super) const MESSAGE_BYTES_MAX: usize = 1_048_576;

/// One message to send.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendRequest {
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: BTreeMap<String, WireAttribute>,
    message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAttribute {
    data_type: Option<String>,
    string_value: Option<String>,
    binary_value: Option<String>,
}

/// A message that passed every check, with the sums its answer carries.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) message: NewMessage,
    pub(super) body_sum: String,
    pub(super) attributes_sum: Option<String>,
    /// Body and attributes, in bytes.
    pub(super) bytes: usize,
}

impl SendRequest {
    /// Checks a message for a queue of that kind.
    pub(super) fn check(self, is_fifo: bool) -> Result<Checked, SqsError> {
        let body = self.message_body.ok_or_else(|| SqsError::missing("MessageBody"))?;
        if body.is_empty() {
            return Err(SqsError::missing("MessageBody"));
        }
        let attributes = attributes(self.message_attributes)?;
        let bytes = body.len() + attributes.iter().map(attribute_bytes).sum::<usize>();
        if bytes > MESSAGE_BYTES_MAX {
            return Err(SqsError::invalid_value(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than \
                 {MESSAGE_BYTES_MAX} bytes."
            )));
        }
        let delay = delay(self.delay_seconds, is_fifo)?;
        if is_fifo && self.message_group_id.is_none() {
            return Err(SqsError::missing("MessageGroupId"));
        }
        if !is_fifo && self.message_deduplication_id.is_some() {
            return Err(not_for_this_queue("MessageDeduplicationId"));
        }
        let (body_sum, attributes_sum) = (sums::of_body(&body), sum(&attributes));
        let message = NewMessage {
            attributes,
            group: self.message_group_id,
            deduplication: self.message_deduplication_id,
            delay,
            ..NewMessage::text(body)
        };
        Ok(Checked { message, body_sum, attributes_sum, bytes })
    }
}

fn delay(seconds: Option<i64>, is_fifo: bool) -> Result<Option<Duration>, SqsError> {
    match seconds {
        None => Ok(None),
        Some(0) if is_fifo => Ok(None),
        Some(_) if is_fifo => Err(not_for_this_queue("DelaySeconds")),
        Some(seconds) => within("DelaySeconds", seconds, 0..=900).map(Some),
    }
}

fn not_for_this_queue(parameter: &str) -> SqsError {
    SqsError::invalid_value(format!(
        "Value for parameter {parameter} is invalid. Reason: The request includes a parameter \
         that is not valid for this queue type."
    ))
}

/// A number of seconds in the range of its parameter.
pub(super) fn within(
    parameter: &str,
    seconds: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Duration, SqsError> {
    match u64::try_from(seconds) {
        Ok(valid) if range.contains(&seconds) => Ok(Duration::from_secs(valid)),
        _ => Err(SqsError::invalid_value(format!(
            "Value {seconds} for parameter {parameter} is invalid. Reason: Must be >= {} and <= \
             {}, if provided.",
            range.start(),
            range.end()
        ))),
    }
}

fn attributes(wire: BTreeMap<String, WireAttribute>) -> Result<Attributes, SqsError> {
    if wire.len() > ATTRIBUTES_MAX {
        return Err(SqsError::invalid_value(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{ATTRIBUTES_MAX}].",
            wire.len()
        )));
    }
    wire.into_iter().map(|(name, value)| Ok((name.clone(), value.check(&name)?))).collect()
}

impl WireAttribute {
    fn check(self, name: &str) -> Result<Attribute, SqsError> {
        let invalid = |reason: &str| {
            SqsError::invalid_value(format!("The message attribute '{name}' {reason}"))
        };
        let data_type = self.data_type.filter(|data_type| !data_type.is_empty());
        let data_type =
            data_type.ok_or_else(|| invalid("must contain a non-empty message attribute type."))?;
        let kind = data_type.split('.').next().unwrap_or_default();
        let value = match (kind, self.string_value, self.binary_value) {
            ("String" | "Number", Some(text), None) if !text.is_empty() => {
                AttributeValue::String(text)
            }
            ("Binary", None, Some(encoded)) if !encoded.is_empty() => {
                let bytes = BASE64_STANDARD.decode(encoded);
                AttributeValue::Binary(
                    bytes.map_err(|_| invalid("has a value that is no base64."))?,
                )
            }
            ("String" | "Number" | "Binary", ..) => {
                return Err(invalid(&format!(
                    "must contain a non-empty message attribute value for message attribute type \
                     '{kind}'."
                )));
            }
            _ => {
                return Err(invalid(
                    "has an invalid message attribute type, the set of supported type prefixes is \
                     Binary, Number, and String.",
                ));
            }
        };
        Ok(Attribute { data_type, value })
    }
}

fn attribute_bytes((name, attribute): (&String, &Attribute)) -> usize {
    name.len() + attribute.data_type.len() + value_bytes(attribute).1.len()
}

fn value_bytes(attribute: &Attribute) -> (Kind, &[u8]) {
    match &attribute.value {
        AttributeValue::String(text) => (Kind::Text, text.as_bytes()),
        AttributeValue::Binary(bytes) => (Kind::Bytes, bytes),
    }
}

fn sum<'a>(attributes: impl IntoIterator<Item = (&'a String, &'a Attribute)>) -> Option<String> {
    let summands = attributes.into_iter().map(|(name, attribute)| {
        let (kind, value) = value_bytes(attribute);
        Summand { name, data_type: &attribute.data_type, kind, value }
    });
    sums::of_attributes(summands.collect())
}

/// Which attributes a receiver wants to see.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Names of system attributes, `All` among them.
    pub(super) system: Vec<String>,
    /// Names of message attributes, `All`, or prefixes that end in `.*`.
    pub(super) message: Vec<String>,
}

impl Wanted {
    fn takes_system(&self, name: &str) -> bool {
        self.system.iter().any(|wanted| wanted == "All" || wanted == name)
    }

    fn takes_message(&self, name: &str) -> bool {
        self.message.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => wanted == "All" || wanted == name,
        })
    }
}

/// A received message as the answer has it.
pub(super) fn message(received: &ReceivedMessage, wanted: &Wanted) -> Value {
    let mut answer = json!({
        "MessageId": received.message_id,
        "ReceiptHandle": received.receipt,
        "MD5OfBody": sums::of_body(&received.body),
        "Body": received.body,
    });
    let system = system_attributes(received, wanted);
    if !system.is_empty() {
        answer["Attributes"] = Value::Object(system);
    }
    let chosen = || received.attributes.iter().filter(|(name, _)| wanted.takes_message(name));
    if let Some(sum) = sum(chosen()) {
        answer["MD5OfMessageAttributes"] = Value::String(sum);
        answer["MessageAttributes"] =
            chosen().map(|(name, attribute)| (name.clone(), wire_attribute(attribute))).collect();
    }
    answer
}

fn wire_attribute(attribute: &Attribute) -> Value {
    match &attribute.value {
        AttributeValue::String(text) => {
            json!({ "DataType": attribute.data_type, "StringValue": text })
        }
        AttributeValue::Binary(bytes) => json!({
            "DataType": attribute.data_type,
            "BinaryValue": BASE64_STANDARD.encode(bytes),
        }),
    }
}

fn system_attributes(received: &ReceivedMessage, wanted: &Wanted) -> Map<String, Value> {
    // SQS numbers FIFO messages only, with 20 digits.
    let is_fifo = received.deduplication.is_some();
    let sequence = is_fifo.then(|| format!("{:020}", received.sequence));
    let known = [
        ("SenderId", Some("eventyard".to_owned())),
        ("SentTimestamp", Some(received.sent_at.as_millisecond().to_string())),
        ("ApproximateReceiveCount", Some(received.receive_count.to_string())),
        (
            "ApproximateFirstReceiveTimestamp",
            Some(received.first_received_at.as_millisecond().to_string()),
        ),
        ("MessageGroupId", received.group.clone()),
        ("MessageDeduplicationId", received.deduplication.clone()),
        ("SequenceNumber", sequence),
    ];
    let chosen = known.into_iter().filter(|(name, _)| wanted.takes_system(name));
    chosen.filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::{SendRequest, Wanted};
    use serde_json::json;

    #[track_caller]
    fn refused(request: serde_json::Value, is_fifo: bool, code: &str, text: &str) {
        let request: SendRequest = serde_json::from_value(request).unwrap();
        let error = request.check(is_fifo).unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.message.contains(text), "{}", error.message);
    }

    #[test]
    fn a_message_that_sqs_would_refuse_is_refused_in_its_words() {
        refused(json!({}), false, "MissingParameter", "MessageBody");
        refused(json!({ "MessageBody": "x" }), true, "MissingParameter", "MessageGroupId");
        let delayed = json!({ "MessageBody": "x", "DelaySeconds": 901 });
        refused(delayed, false, "InvalidParameterValue", "Must be >= 0 and <= 900");
        let delayed = json!({ "MessageBody": "x", "MessageGroupId": "g", "DelaySeconds": 1 });
        refused(delayed, true, "InvalidParameterValue", "not valid for this queue type");
        let large = json!({ "MessageBody": "x".repeat(1_048_577) });
        refused(large, false, "InvalidParameterValue", "must be shorter than 1048576 bytes");
        let typed = |data_type: &str| {
            json!({
                "MessageBody": "x",
                "MessageAttributes": { "a": { "DataType": data_type, "BinaryValue": "AA==" } },
            })
        };
        refused(typed("Text"), false, "InvalidParameterValue", "supported type prefixes");
        refused(typed("String"), false, "InvalidParameterValue", "non-empty message attribute");
    }

    #[test]
    fn a_message_that_sqs_would_take_is_taken() {
        let request = json!({
            "MessageBody": "x",
            "DelaySeconds": 900,
            "MessageAttributes": { "a": { "DataType": "Number.int", "StringValue": "1" } },
        });
        let request: SendRequest = serde_json::from_value(request).unwrap();
        let checked = request.check(false).unwrap();
        assert_eq!(checked.bytes, 1 + 1 + 10 + 1);
        assert!(checked.attributes_sum.is_some());
    }

    #[test]
    fn a_receiver_gets_the_attributes_it_asks_for_and_no_others() {
        let wanted = Wanted {
            system: vec!["SentTimestamp".to_owned()],
            message: vec!["eventyard-.*".to_owned(), "a".to_owned()],
        };
        assert!(wanted.takes_system("SentTimestamp") && !wanted.takes_system("SenderId"));
        assert!(wanted.takes_message("eventyard-hops") && wanted.takes_message("a"));
        assert!(!wanted.takes_message("b"));
    }
}
