//! One message of a source, and what is in it.

use eventyard_bus::Cause;
use eventyard_event::decode::Received;
use eventyard_event::{Event, Limits};
use eventyard_rules::RuleSet;

/// One message of a source.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The transport's id of the message.
    pub id: &'a str,
    /// Its bytes as they came.
    pub body: &'a [u8],
    /// The hops that the transport carried beside it, else 0.
    pub hops: u32,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that was in it is stored, or parked with its reason: the source may forget it.
    Done,
    /// The source is to send it again.
    Back,
}

/// The events of a message, and why it is parked as well, if so.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) events: Vec<Event>,
    /// The first thing that is wrong with the message.
    pub(super) cause: Option<Cause>,
    /// Whether something in it could not be stored for a passing reason.
    pub(super) back: bool,
}

impl Contents {
    /// Decodes a message; its hops are the larger of those in the envelope and those beside it.
    pub(super) fn read(message: &Message<'_>, rules: &RuleSet, limits: &Limits) -> Self {
        let received =
            Received { body: message.body, message_id: Some(message.id), hops: message.hops };
        let mut contents = Self::default();
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

    /// Notes that an event of the message was another of the same identity.
    pub(super) fn conflict(&mut self, id: &str) {
        let text = format!("another event with the source and id of `{id}` was accepted before");
        self.cause.get_or_insert_with(|| Cause::new("Conflict", text));
    }
}
