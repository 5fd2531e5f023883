//! One event's story: stored, matched, each delivery and attempt.

use crate::{Attempt, Cause, Delivery, DeliveryState, ReplayName, Sealed};
use eventyard_event::{DeliveryId, Event};
use eventyard_rules::{Planned, RuleName, TargetName, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
    /// The deliveries of its plan, in the plan's order; then those of replays that have an item, the oldest first.
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
    /// The replay that made it; none when it was planned at acceptance. What a replay delivered at once is in the
    /// replay's counts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayName>,
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
    /// The deliveries of an event: of its plan, from the items and the outcomes of its page, which are none
    /// while that is open; then of replays, from what is left of the items.
    #[must_use]
    pub fn all(plan: Vec<Planned>, items: Vec<Delivery>, outcomes: Option<&[Sealed]>) -> Vec<Self> {
        let mut items: HashMap<DeliveryId, Delivery> =
            items.into_iter().map(|item| (item.key.id, item)).collect();
        let mut traced: Vec<Self> = Vec::with_capacity(plan.len());
        for planned in plan {
            let item = items.remove(&planned.id);
            traced.push(Self::new(planned, item, outcomes));
        }
        let replayed = items.into_values().filter(|item| item.replayed.is_some());
        let mut replayed: Vec<Delivery> = replayed.collect();
        replayed.sort_by_key(|item| (item.created_at, item.position, item.key));
        traced.extend(replayed.into_iter().map(Self::of_item));
        traced
    }

    /// What an item says.
    fn of_item(item: Delivery) -> Self {
        let Delivery { key, rule, target, state, attempts, history, cause, replayed, .. } = item;
        let replay = replayed.map(|replayed| replayed.name);
        Self { id: key.id, rule, target, state: state.into(), attempts, history, cause, replay }
    }

    /// What is known of one planned delivery: from its item, else from the outcomes of its page; none of
    /// those while the page is open.
    fn new(planned: Planned, item: Option<Delivery>, outcomes: Option<&[Sealed]>) -> Self {
        if let Some(item) = item {
            return Self::of_item(item);
        }
        let Planned { id, rule, target, .. } = planned;
        let (state, attempts) = match outcomes {
            None => (TracedState::Open, 0),
            Some(outcomes) => match outcomes.iter().find(|sealed| sealed.delivery == id) {
                Some(sealed) => (TracedState::Delivered { at: sealed.at }, 1),
                None => (TracedState::Lost, 0),
            },
        };
        Self { id, rule, target, state, attempts, history: Vec::new(), cause: None, replay: None }
    }
}
