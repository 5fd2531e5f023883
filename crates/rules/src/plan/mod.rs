//! The plan of an event: who gets what, decided once and stored before anything is sent.
//!
//! Comes in: an event and the rule set. Goes out: a [`Plan`], Enterprise Integration Patterns'
//! recipient list. It is pure, so the same event under the same rules has the same plan, down to
//! the bytes; and it is complete, so that recovery after a crash needs no rules to go on: payload,
//! group, URL and retry budget are in it, and so are the deliveries that must not be sent, with
//! the reason they are parked for.

mod group;
mod make;
mod size;
mod stored;

pub use make::HOPS_MAX;

use std::time::Duration;

use eventyard_event::DeliveryId;
use serde::{Deserialize, Serialize};

use crate::{Retry, RuleName, TargetName, Version};

/// Everything that is to happen to one event.
///
/// Serialized it is what the ledger stores: compact JSON with short names, and nothing that is as
/// usual. Deserializing gives back an equal plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rule set that made it.
    pub rules: Version,
    /// The rules that took the event, in file-name order, then position.
    pub matched: Vec<RuleName>,
    /// One per rule and target, in the order of `matched`, then of the rule's `to`.
    pub deliveries: Vec<Planned>,
}

/// One delivery: one rule's event for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The same for every attempt, redrive and recovery of this delivery, and for no other.
    #[serde(rename = "i")]
    pub id: DeliveryId,
    /// The rule that took the event.
    #[serde(rename = "r")]
    pub rule: RuleName,
    /// Where it goes, by the name the rules give it.
    #[serde(rename = "t")]
    pub target: TargetName,
    /// What the target receives.
    #[serde(rename = "b", default, skip_serializing_if = "Payload::is_document")]
    pub payload: Payload,
    /// What keeps deliveries in order: a FIFO queue's group, a Kinesis partition key.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The URL of this delivery, where the target's URL has paths in it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How long it is tried.
    #[serde(rename = "y", default, skip_serializing_if = "stored::is_default")]
    pub retry: Retry,
    /// How old the event may be, counted from its acceptance, when an attempt starts; whole
    /// seconds. A plan knows no clock, so the bus adds this to the time of acceptance.
    #[serde(
        rename = "x",
        default,
        skip_serializing_if = "Option::is_none",
        with = "stored::optional_seconds"
    )]
    pub expires_after: Option<Duration>,
    /// Why it is parked at once instead of sent.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// What a target receives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Payload {
    /// The event itself, in the form that its target takes.
    #[default]
    Document,
    /// What the rule's transform made of it: compact JSON.
    Body(String),
}

impl Payload {
    /// Whether the target receives the event itself.
    #[must_use]
    pub fn is_document(&self) -> bool {
        matches!(self, Self::Document)
    }

    /// The transformed body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Document => None,
            Self::Body(body) => Some(body),
        }
    }
}

/// Why a planned delivery is parked without an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What kind of reason, for machines.
    #[serde(rename = "c")]
    pub code: RefusedCode,
    /// The reason in words; never a payload.
    #[serde(rename = "m")]
    pub message: String,
}

/// The kinds of reasons to park a delivery without an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RefusedCode {
    /// The payload is over the target's own limit; sending it could only fail.
    PayloadTooLargeForTarget,
    /// The event has been through the bus as often as the rule allows.
    LoopDetected,
    /// The target's URL needs a value that this event does not have.
    UrlNotPossible,
}

impl RefusedCode {
    /// The code as it stands in records and on screens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PayloadTooLargeForTarget => "PayloadTooLargeForTarget",
            Self::LoopDetected => "LoopDetected",
            Self::UrlNotPossible => "UrlNotPossible",
        }
    }
}
