//! What is in one message of an input queue.

use crate::queues::{Attribute, AttributeValue, ReceivedMessage};
use eventyard_bus::Cause;
use eventyard_event::decode::Received;
use eventyard_event::{Event, Limits};
use eventyard_rules::RuleSet;

/// The events of a message, and why it is parked as well, if so.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) events: Vec<Event>,
    /// The first thing that is wrong with the message.
    pub(super) cause: Option<Cause>,
}

/// Decodes a message; its hops are the larger of those in the envelope and those beside it.
pub(super) fn read(message: &ReceivedMessage, rules: &RuleSet, limits: &Limits) -> Contents {
    let received = Received {
        body: message.body.as_bytes(),
        message_id: Some(&message.message_id),
        hops: hops(message),
    };
    let mut contents = Contents::default();
    for decoded in rules.decode(&received, limits) {
        match decoded {
            Ok(event) => contents.events.push(event),
            Err(refusal) => {
                let cause = || Cause::new(refusal.code(), refusal.to_string());
                contents.cause.get_or_insert_with(cause);
            }
        }
    }
    contents
}

impl Contents {
    /// Notes that an event of the message was another of the same identity.
    pub(super) fn conflict(&mut self, id: &str) {
        let text = format!("another event with the source and id of `{id}` was accepted before");
        self.cause.get_or_insert_with(|| Cause::new("Conflict", text));
    }
}

fn hops(message: &ReceivedMessage) -> u32 {
    match message.attributes.get("eventyard-hops") {
        Some(Attribute { value: AttributeValue::String(text), .. }) => text.parse().unwrap_or(0),
        _ => 0,
    }
}
