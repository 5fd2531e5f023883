//! One event's story: stored, matched, each delivery and attempt.

use std::collections::HashMap;

use eventyard_bus::{Attempt, Cause, Delivery, DeliveryState};
use eventyard_event::{DeliveryId, Event, Identity, Timestamp, short_hash};
use eventyard_rules::{Planned, RuleName, TargetName, Version};
use redb::{ReadTransaction, ReadableTable};
use serde::{Deserialize, Serialize};

use crate::store::page::{Outcomes, Page};
use crate::store::{Fault, format, instant, log, work};

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

/// Reads the story of every event of an id.
pub(super) fn trace(
    read: &ReadTransaction,
    id: &str,
    source: Option<&str>,
) -> Result<Trace, Fault> {
    let events = read.open_table(format::EVENTS)?;
    let mut found = Vec::new();
    for sequence in candidates(read, id, source)? {
        let traced = log::with_event(&events, sequence, |stored| {
            let event = stored.event()?;
            let ours = event.id() == id && source.is_none_or(|source| event.source() == source);
            ours.then(|| traced(read, stored, event)).transpose()
        })?;
        found.extend(traced);
    }
    Ok(Trace { id: id.to_owned(), events: found })
}

/// The events whose page entries may be of this id and source.
fn candidates(read: &ReadTransaction, id: &str, source: Option<&str>) -> Result<Vec<u64>, Fault> {
    let (id, source) = (short_hash(id), source.map(short_hash));
    let mut found = Vec::new();
    for entry in read.open_table(format::PAGES)?.iter()? {
        let page = Page::read(entry?.1.value())?;
        let entries = page.entries.iter().zip(page.first..);
        let fitting = entries.filter(|(entry, _)| {
            entry.id == id && source.is_none_or(|source| entry.source == source)
        });
        found.extend(fitting.map(|(_, sequence)| sequence));
    }
    Ok(found)
}

fn traced(
    read: &ReadTransaction,
    stored: crate::store::Stored<'_>,
    event: Event,
) -> Result<TracedEvent, Fault> {
    let plan = stored.plan()?;
    let outcomes = read.open_table(format::OUTCOMES)?;
    let outcomes = outcomes.get(stored.page)?.map(|found| Outcomes::read(found.value()));
    let outcomes = outcomes.transpose()?;
    let mut items = items(read, &stored.identity)?;
    let deliveries = plan.deliveries.into_iter().map(|planned| {
        let item = items.remove(&planned.id);
        delivery(planned, item, outcomes.as_ref())
    });
    Ok(TracedEvent {
        event,
        accepted_at: stored.accepted_at,
        via: stored.via.to_owned(),
        page: stored.page,
        sealed: outcomes.is_some(),
        rules: plan.rules,
        matched: plan.matched,
        deliveries: deliveries.collect(),
    })
}

/// The delivery items of one event.
fn items(
    read: &ReadTransaction,
    identity: &Identity,
) -> Result<HashMap<DeliveryId, Delivery>, Fault> {
    let (first, last) = work::keys_of(identity);
    let table = read.open_table(format::DELIVERIES)?;
    let range = table.range(first..=last)?.map(|entry| {
        let item: Delivery = serde_json::from_slice(entry?.1.value())?;
        Ok((item.key.id, item))
    });
    range.collect()
}

/// What is known of one planned delivery: from its item, else from its page.
fn delivery(
    planned: Planned,
    item: Option<Delivery>,
    outcomes: Option<&Outcomes>,
) -> TracedDelivery {
    let Planned { id, rule, target, .. } = planned;
    if let Some(item) = item {
        let Delivery { state, attempts, history, cause, .. } = item;
        return TracedDelivery { id, rule, target, state: state.into(), attempts, history, cause };
    }
    let (state, attempts) = match outcomes {
        None => (TracedState::Open, 0),
        Some(outcomes) => match outcomes.delivered.iter().find(|(delivered, _)| *delivered == id) {
            Some((_, at)) => (TracedState::Delivered { at: instant::time(*at) }, 1),
            None => (TracedState::Lost, 0),
        },
    };
    TracedDelivery { id, rule, target, state, attempts, history: Vec::new(), cause: None }
}
