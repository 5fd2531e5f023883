//! One event's story: stored, matched, each delivery and attempt.

use crate::{Attempt, Cause, Delivery, DeliveryState, Sealed};
use eventyard_event::{DeliveryId, Event};
use eventyard_rules::{Planned, RuleName, TargetName, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Every event of one id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trace {
    /// The id that was asked for.
    pub id: String,
    /// Its events, in the order they were accepted; none when there is none.
    pub events: Vec<TracedEvent>,
}

/// One event's story.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TracedEvent {
    /// The CloudEvents object.
    pub event: Event,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The input it came by.
    pub via: String,
    /// The page of the log that names it.
    pub page: u64,
    /// Whether that page is sealed: each of its deliveries is done or has an item.
    pub sealed: bool,
    /// The version of the rules that made its plan.
    pub rules: Version,
    /// The rules that matched.
    pub matched: Vec<RuleName>,
    /// The deliveries of its plan, in the plan's order.
    pub deliveries: Vec<TracedDelivery>,
}

/// The story of one delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The rule that planned it.
    pub rule: RuleName,
    /// Where it goes.
    pub target: TargetName,
    /// Where it stands.
    #[serde(flatten)]
    pub state: TracedState,
    /// Attempts begun.
    pub attempts: u32,
    /// The first attempt and the last ten, where attempts were recorded one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Attempt>,
    /// Why it is not done, or why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum TracedState {
    /// Its page is not sealed yet: it is about to be delivered.
    Open,
    /// To be attempted from `due` on.
    Waiting {
        /// The earliest time of the next attempt.
        due: Timestamp,
    },
    /// Being attempted.
    InFlight {
        /// From when on the attempt counts as lost.
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
    /// Its page is sealed and nothing is known of it: the promise was broken.
    Lost,
}

impl From<DeliveryState> for TracedState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Waiting { due } => Self::Waiting { due },
            DeliveryState::InFlight { until } => Self::InFlight { until },
            DeliveryState::Parked { at } => Self::Parked { at },
            DeliveryState::Delivered { at } => Self::Delivered { at },
            DeliveryState::Dropped { at, reason } => Self::Dropped { at, reason },
        }
    }
}

impl TracedDelivery {
    /// What is known of one planned delivery: from its item, else from the outcomes of its page; none of
    /// those while the page is open.
    #[must_use]
    pub fn new(planned: Planned, item: Option<Delivery>, outcomes: Option<&[Sealed]>) -> Self {
        let Planned { id, rule, target, .. } = planned;
        if let Some(item) = item {
            let Delivery { state, attempts, history, cause, .. } = item;
            return Self { id, rule, target, state: state.into(), attempts, history, cause };
        }
        let (state, attempts) = match outcomes {
            None => (TracedState::Open, 0),
            Some(outcomes) => match outcomes.iter().find(|sealed| sealed.delivery == id) {
                Some(sealed) => (TracedState::Delivered { at: sealed.at }, 1),
                None => (TracedState::Lost, 0),
            },
        };
        Self { id, rule, target, state, attempts, history: Vec::new(), cause: None }
    }
}
