//! The judge: what the table says of the events of one source, from outside and by the bus's own audit.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use eventyard_aws::store::{DynamoStore, LoggedPage};
use eventyard_bus::audit::{Audit, Report};
use eventyard_bus::{Delivery, DeliveryState, Sealed, StoredEvent};
use eventyard_event::DeliveryId;
use futures::future::try_join_all;
use jiff::Timestamp;

/// What the table says of the events of one source.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Counts, and where the promise does not hold.
    pub report: Report,
    /// The ids of the accepted events, in log order within each shard.
    pub accepted: Vec<String>,
    /// The id of each planned delivery, with what it is.
    pub planned: BTreeMap<DeliveryId, Planned>,
    /// Those that the log or their item calls delivered.
    pub delivered: BTreeSet<DeliveryId>,
    /// Every delivery item.
    pub items: Vec<Delivery>,
}

/// A planned delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The event's id.
    pub event: String,
    /// The rule's name.
    pub rule: String,
    /// The target's name.
    pub target: String,
}

impl Verdict {
    /// The items that are parked.
    #[must_use]
    pub fn parked(&self) -> Vec<&Delivery> {
        let is_parked = |item: &&Delivery| matches!(item.state, DeliveryState::Parked { .. });
        self.items.iter().filter(is_parked).collect()
    }

    /// The ids of the deliveries to a target that count as delivered.
    #[must_use]
    pub fn delivered_to(&self, target: &str) -> BTreeSet<String> {
        let to = |id: &&DeliveryId| self.planned.get(id).is_some_and(|p| p.target == target);
        self.delivered.iter().filter(to).map(ToString::to_string).collect()
    }

    /// Whether nothing is open or on its way any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.report.open == 0 && self.report.in_flight == 0
    }
}

/// Reads the log since a time, and judges the events of a source.
///
/// # Errors
/// When the table fails, or holds what cannot be read.
pub async fn judge(store: &DynamoStore, since: Timestamp, source: &str) -> Result<Verdict> {
    let (mut audit, mut verdict) = (Audit::default(), Verdict::default());
    let mut pages = store.pages_since(since);
    while let Some(page) = pages.next().await? {
        let mine = page.events.iter().filter(|stored| stored.event.source() == source);
        let mine: Vec<_> = mine.collect();
        for stored in &mine {
            audit.event(stored.event.identity(), &stored.plan, page.is_open);
            verdict.plan(stored);
        }
        let identities = mine.iter().map(|stored| stored.event.identity());
        let items = identities.map(|identity| async move { store.items_of(&identity).await });
        for items in try_join_all(items).await? {
            items.iter().for_each(|item| audit.item(item));
            verdict.items(items);
        }
        let outcomes = verdict.outcomes(&page);
        audit.outcomes(&outcomes);
    }
    verdict.report = audit.report();
    Ok(verdict)
}

impl Verdict {
    fn plan(&mut self, stored: &StoredEvent) {
        self.accepted.push(stored.event.id().to_owned());
        for planned in &stored.plan.deliveries {
            let (event, rule) = (stored.event.id().to_owned(), planned.rule.to_string());
            let planned_for = Planned { event, rule, target: planned.target.to_string() };
            self.planned.insert(planned.id, planned_for);
        }
    }

    fn items(&mut self, items: Vec<Delivery>) {
        let is_delivered = |item: &&Delivery| matches!(item.state, DeliveryState::Delivered { .. });
        self.delivered.extend(items.iter().filter(is_delivered).map(|item| item.key.id));
        self.items.extend(items);
    }

    /// The outcomes of a page that are of the source: its other events are others' business.
    fn outcomes(&mut self, page: &LoggedPage) -> Vec<Sealed> {
        let is_mine = |sealed: &&Sealed| self.planned.contains_key(&sealed.delivery);
        let mine: Vec<_> = page.outcomes.iter().filter(is_mine).cloned().collect();
        self.delivered.extend(mine.iter().map(|sealed| sealed.delivery));
        mine
    }
}
