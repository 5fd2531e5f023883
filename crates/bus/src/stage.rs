//! What happens, in the words that terminal, stream, metrics and logs share.

use crate::{Cause, Delivery, PageNumber, StoredEvent};
use eventyard_event::{DeliveryId, Event, Identity};
use eventyard_rules::{Planned, RuleName, TargetName, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened; as JSON one flat object, `{"at":…,"stage":"delivered",…}`.
///
/// Ids and names only: never a payload, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// An event is stored with its plan.
    Accepted {
        /// The event.
        #[serde(flatten)]
        event: EventRef,
        /// The page that names it.
        page: PageNumber,
        /// The input it came by.
        via: String,
    },
    /// An event came again.
    Duplicate {
        /// The event.
        #[serde(flatten)]
        event: EventRef,
        /// The input it came by.
        via: String,
    },
    /// Another event came under an identity that is taken.
    Conflict {
        /// The event that came.
        #[serde(flatten)]
        event: EventRef,
        /// The input it came by.
        via: String,
    },
    /// A message is no event.
    Refused {
        /// The input it came by.
        via: String,
        /// Why.
        #[serde(flatten)]
        cause: Cause,
    },
    /// Rules took an event.
    Matched {
        /// The event.
        #[serde(flatten)]
        event: EventRef,
        /// The rules, in file-name order, then position.
        rules: Vec<RuleName>,
        /// The rule set.
        version: Version,
    },
    /// No rule took an event.
    Unmatched {
        /// The event.
        #[serde(flatten)]
        event: EventRef,
        /// The rule set.
        version: Version,
    },
    /// A delivery is to be sent by its target's worker.
    Waiting {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// Why it is not sent at once.
        why: WaitReason,
        /// The earliest time of its attempt.
        due: Timestamp,
    },
    /// A target has a delivery.
    Delivered {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// How long the attempt took, in milliseconds.
        duration_ms: u64,
        /// The time from acceptance to here, in milliseconds.
        latency_ms: u64,
    },
    /// An attempt failed, and there will be another.
    Retried {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// Which attempt failed, from 1.
        attempt: u32,
        /// The earliest time of the next.
        due: Timestamp,
        /// Why it failed.
        #[serde(flatten)]
        cause: Cause,
    },
    /// A delivery is given up, with its reason.
    Parked {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// The attempts that were made.
        attempts: u32,
        /// Why.
        #[serde(flatten)]
        cause: Cause,
    },
    /// A parked delivery is tried again.
    Redriven {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// Whether its body was changed.
        edited: bool,
    },
    /// A parked delivery is discarded by a person.
    Dropped {
        /// The delivery.
        #[serde(flatten)]
        delivery: DeliveryRef,
        /// That person's reason.
        reason: String,
    },
    /// An open page of a worker that is gone is delivered by this one.
    TakenOver {
        /// The page.
        page: PageNumber,
        /// The attempt at the page, from 2.
        attempt: u32,
    },
    /// A target is left alone, but for probes.
    BreakerOpened {
        /// The target.
        target: TargetName,
        /// Whether it denies us, which needs a person.
        denied: bool,
        /// Why.
        #[serde(flatten)]
        cause: Cause,
    },
    /// A target is sent to again.
    BreakerClosed {
        /// The target.
        target: TargetName,
    },
    /// A rule set is in force.
    RulesLoaded {
        /// Its version.
        version: Version,
        /// How many rules it has.
        rules: usize,
        /// How many targets it has.
        targets: usize,
    },
    /// A rule set was refused; the one before stays in force.
    RulesRefused {
        /// The first error, with its file, line and column.
        error: String,
        /// How many errors there are.
        errors: usize,
    },
}

impl What {
    /// The word of this stage, as in JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Duplicate { .. } => "duplicate",
            Self::Conflict { .. } => "conflict",
            Self::Refused { .. } => "refused",
            Self::Matched { .. } => "matched",
            Self::Unmatched { .. } => "unmatched",
            Self::Waiting { .. } => "waiting",
            Self::Delivered { .. } => "delivered",
            Self::Retried { .. } => "retried",
            Self::Parked { .. } => "parked",
            Self::Redriven { .. } => "redriven",
            Self::Dropped { .. } => "dropped",
            Self::TakenOver { .. } => "taken-over",
            Self::BreakerOpened { .. } => "breaker-opened",
            Self::BreakerClosed { .. } => "breaker-closed",
            Self::RulesLoaded { .. } => "rules-loaded",
            Self::RulesRefused { .. } => "rules-refused",
        }
    }
}

/// Why a delivery waits for its target's worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WaitReason {
    /// Its target has a worker of its own.
    Queued,
    /// An earlier delivery of its group is not done.
    Group,
    /// Its target is left alone at the moment.
    Breaker,
    /// Its rule's `max-rate` is spent.
    MaxRate,
}

/// An event, by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRef {
    /// Hash of source and id.
    pub identity: Identity,
    /// The id its producer gave it.
    pub id: String,
    /// Its source.
    pub source: String,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
}

impl From<&Event> for EventRef {
    fn from(event: &Event) -> Self {
        Self {
            identity: event.identity(),
            id: event.id().to_owned(),
            source: event.source().to_owned(),
            event_type: event.event_type().to_owned(),
        }
    }
}

/// A delivery, by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRef {
    /// The event's identity.
    pub identity: Identity,
    /// The event's id; absent where the event is not at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its rule.
    pub rule: RuleName,
    /// Its target.
    pub target: TargetName,
}

impl DeliveryRef {
    /// The names of a planned delivery.
    #[must_use]
    pub fn planned(event: &StoredEvent, planned: &Planned) -> Self {
        Self {
            identity: event.event.identity(),
            id: Some(event.event.id().to_owned()),
            delivery: planned.id,
            rule: planned.rule.clone(),
            target: planned.target.clone(),
        }
    }
}

impl From<&Delivery> for DeliveryRef {
    fn from(item: &Delivery) -> Self {
        Self {
            identity: item.key.identity,
            id: None,
            delivery: item.key.id,
            rule: item.rule.clone(),
            target: item.target.clone(),
        }
    }
}
