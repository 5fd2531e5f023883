//! Delivery items: what is known of one delivery that was not done before its page was sealed.
//!
//! An item names its event and keeps no copy of it: payload, group and budget are in the stored
//! plan, or follow from the event and its replay. Every change of an item is a pure transition in `transitions.rs`, so that each store loads, changes
//! and writes, and none decides.

mod base64_bytes;
mod history;
mod transitions;

pub use history::{Attempt, Outcome};
pub use transitions::Settlement;

use crate::replay::Replayed;
use crate::{Cause, PageNumber};
use eventyard_event::{DeliveryId, Identity};
use eventyard_rules::{RuleName, TargetName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a delivery item is found: by its event, then by its own id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliveryKey {
    /// The event.
    pub identity: Identity,
    /// The delivery.
    pub id: DeliveryId,
}

/// The place of a delivery in the log: what "earlier" means within a group.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct LogPosition {
    /// The page of its event.
    pub page: PageNumber,
    /// The event's place in the page, from 0.
    pub entry: u32,
    /// The delivery's place in the event's plan, from 0.
    pub delivery: u32,
}

/// One delivery that is not, or was not at once, done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its event and its id; one item per delivery id.
    pub key: DeliveryKey,
    /// The rule that planned it.
    pub rule: RuleName,
    /// Where it goes.
    pub target: TargetName,
    /// The group whose order is kept at the target, if there is one; a replay has groups of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its place in the log.
    pub position: LogPosition,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts begun, ever; it never decreases and fences late writers.
    pub attempts: u32,
    /// What its attempts and age are counted from.
    pub budget: Budget,
    /// When the item was recorded.
    pub created_at: Timestamp,
    /// The first attempt and the last ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Attempt>,
    /// Why it is not done; the last failure's, or the reason it is parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The body that goes instead of the planned one, given with a redrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<String>,
    /// The replay that it belongs to; none when it was planned when its event was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Replayed>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DeliveryState {
    /// To be attempted from `due` on.
    Waiting {
        /// The earliest time of the next attempt.
        due: Timestamp,
    },
    /// Being attempted; from `until` on the attempt counts as lost.
    InFlight {
        /// The end of the attempt's lease.
        until: Timestamp,
    },
    /// Given up, with its cause; a redrive tries again.
    Parked {
        /// When.
        at: Timestamp,
    },
    /// Done.
    Delivered {
        /// When the target had taken it.
        at: Timestamp,
    },
    /// Discarded by a person.
    Dropped {
        /// When.
        at: Timestamp,
        /// That person's reason.
        reason: String,
    },
}

/// What the retry budget of a delivery is counted from; a redrive begins it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Its age counts from here: the event's acceptance, then the last redrive.
    pub since: Timestamp,
    /// The attempts that were begun before.
    pub spent_before: u32,
    /// How often it was redriven.
    pub redrives: u32,
}

/// A message that could not become an event, kept with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecodable {
    /// The input it came by.
    pub via: String,
    /// The transport's id of the message; unique together with `via`.
    pub message_id: String,
    /// The message as it came; base64 in JSON (RFC 4648 §4).
    #[serde(rename = "bytes_base64", with = "base64_bytes")]
    pub bytes: Vec<u8>,
    /// Why it is no event, or which event it is in conflict with.
    pub cause: Cause,
    /// When it came.
    pub at: Timestamp,
}
