//! The bus's promise, computed: `accepted = delivered ∪ parked ∪ in flight`.
//!
//! Comes in: every accepted event with its plan and whether its page is open, the outcomes of the
//! sealed pages, every delivery item; in any order. Goes out: counts, and each delivery for which
//! the promise does not hold. Pure, so that the command line, the crash test and the simulation have the same judge.

use crate::{Delivery, DeliveryState, Sealed};
use eventyard_event::{DeliveryId, Identity};
use eventyard_rules::{Plan, RuleName, TargetName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Collects what is known; its [`report`](Self::report) judges it.
///
/// Memory: one small record for each planned delivery.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    events: u64,
    open_events: u64,
    deliveries: BTreeMap<DeliveryId, Known>,
}

/// What is known of one delivery id.
#[derive(Debug, Clone, Default)]
struct Known {
    planned: Option<Planned>,
    outcome: bool,
    item: Option<Standing>,
}

#[derive(Debug, Clone)]
struct Planned {
    identity: Identity,
    rule: RuleName,
    target: TargetName,
    page_is_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Delivered,
    Parked,
    Dropped,
    InFlight,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Accepted events.
    pub accepted: u64,
    /// Of those, events whose page is not sealed yet.
    pub open: u64,
    /// Planned deliveries; the sum of the four counts below and of the lost ones.
    pub planned: u64,
    /// Deliveries that happened.
    pub delivered: u64,
    /// Deliveries that are parked.
    pub parked: u64,
    /// Parked deliveries that a person discarded.
    pub dropped: u64,
    /// Deliveries that are waiting, being attempted, or in an open page.
    pub in_flight: u64,
    /// Where the promise does not hold; none is how it should be.
    pub violations: Vec<Violation>,
}

impl Report {
    /// Whether the promise holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }
}

/// A delivery for which the promise does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "violation", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Violation {
    /// Planned, its page is sealed, and nothing is known of it.
    Lost {
        /// The event.
        identity: Identity,
        /// The delivery.
        delivery: DeliveryId,
        /// Its rule.
        rule: RuleName,
        /// Its target.
        target: TargetName,
    },
    /// Delivered or recorded, and in the plan of no accepted event.
    Unplanned {
        /// The delivery.
        delivery: DeliveryId,
    },
}

impl Audit {
    /// An accepted event with its plan, and whether its page is not sealed yet.
    pub fn event(&mut self, identity: Identity, plan: &Plan, page_is_open: bool) {
        self.events += 1;
        self.open_events += u64::from(page_is_open);
        for planned in &plan.deliveries {
            let (rule, target) = (planned.rule.clone(), planned.target.clone());
            let known = self.deliveries.entry(planned.id).or_default();
            known.planned = Some(Planned { identity, rule, target, page_is_open });
        }
    }

    /// The outcomes of a sealed page.
    pub fn outcomes(&mut self, outcomes: &[Sealed]) {
        for sealed in outcomes {
            self.deliveries.entry(sealed.delivery).or_default().outcome = true;
        }
    }

    /// A delivery item. What a replay delivers again was not promised when the event was accepted, and is
    /// not counted.
    pub fn item(&mut self, item: &Delivery) {
        if item.replayed.is_some() {
            return;
        }
        let standing = match item.state {
            DeliveryState::Delivered { .. } => Standing::Delivered,
            DeliveryState::Parked { .. } => Standing::Parked,
            DeliveryState::Dropped { .. } => Standing::Dropped,
            DeliveryState::Waiting { .. } | DeliveryState::InFlight { .. } => Standing::InFlight,
        };
        self.deliveries.entry(item.key.id).or_default().item = Some(standing);
    }

    /// Judges what was collected.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut report =
            Report { accepted: self.events, open: self.open_events, ..Report::default() };
        for (id, known) in &self.deliveries {
            report.count(*id, known);
        }
        report
    }
}

impl Report {
    fn count(&mut self, delivery: DeliveryId, known: &Known) {
        let Some(planned) = &known.planned else {
            self.violations.push(Violation::Unplanned { delivery });
            return;
        };
        self.planned += 1;
        match (known.outcome, known.item) {
            (true, _) | (_, Some(Standing::Delivered)) => self.delivered += 1,
            (_, Some(Standing::Parked)) => self.parked += 1,
            (_, Some(Standing::Dropped)) => self.dropped += 1,
            (_, Some(Standing::InFlight)) => self.in_flight += 1,
            (false, None) if planned.page_is_open => self.in_flight += 1,
            (false, None) => self.violations.push(Violation::Lost {
                identity: planned.identity,
                delivery,
                rule: planned.rule.clone(),
                target: planned.target.clone(),
            }),
        }
    }
}
