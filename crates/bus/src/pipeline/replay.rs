//! Delivering events of the log again.

use super::Bus;
use super::page_work::PageWork;
use super::slot::Slot;
use crate::ports::LoggedEvent;
use crate::replay::Replayed;
use crate::time::{after, since};
use crate::{Deliveries, DeliveryState, LogPosition, Ports, StoreError, StoredEvent};
use eventyard_rules::{Planned, RuleSet, TargetName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How soon a target is looked at again whose worker is behind.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Events as a replay delivers them.
#[derive(Debug, Clone)]
pub struct ReplayedEvent {
    /// The event's place in its page.
    pub entry: u32,
    /// The event, marked, with the plan of the replay.
    pub event: StoredEvent,
}

/// What became of events that were delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplayReport {
    /// How many deliveries came to what.
    pub counts: ReplayCounts,
    /// Targets that have new waiting deliveries: their workers have something to do.
    pub waiting: BTreeSet<TargetName>,
}

/// What the deliveries of a replay came to while it ran; what waits or is parked goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReplayCounts {
    /// Events that were read and fitted.
    pub events: u64,
    /// Deliveries planned for them.
    pub planned: u64,
    /// Delivered at once.
    pub delivered: u64,
    /// Handed to their targets' workers: queued targets, and what failed for a passing reason.
    pub waiting: u64,
    /// Parked.
    pub parked: u64,
}

impl ReplayCounts {
    /// Adds other counts to these.
    pub fn add(&mut self, other: &Self) {
        let add = |to: &mut u64, more: u64| *to = to.saturating_add(more);
        add(&mut self.events, other.events);
        add(&mut self.planned, other.planned);
        add(&mut self.delivered, other.delivered);
        add(&mut self.waiting, other.waiting);
        add(&mut self.parked, other.parked);
    }
}

impl<P: Ports> Bus<P> {
    /// The events as a replay delivers them: only those deliveries that `takes` says yes to. None when the
    /// rules that it is to be planned with cannot be had.
    ///
    /// # Errors
    /// The store failed; nothing was written.
    pub async fn replan(
        &self,
        replayed: &Replayed,
        events: &[LoggedEvent],
        takes: impl Fn(&Planned) -> bool,
    ) -> Result<Option<Vec<ReplayedEvent>>, StoreError> {
        let Some(rules) = self.rules_of(replayed).await? else { return Ok(None) };
        let again = events.iter().map(|LoggedEvent { entry, event }| {
            let mut event = replayed.event(event, &self.rules().bus.name, rules.as_deref());
            event.plan.deliveries.retain(&takes);
            ReplayedEvent { entry: *entry, event }
        });
        Ok(Some(again.collect()))
    }

    /// How long a replay leaves the targets of these events alone: while one has work that is due, or is not well
    /// and has work waiting. So live deliveries find no more of a replay before them than one step of it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn replay_waits(&self, events: &[ReplayedEvent]) -> Result<Duration, StoreError> {
        let planned = events.iter().flat_map(|again| &again.event.plan.deliveries);
        let targets: BTreeSet<_> = planned.map(|planned| &planned.target).collect();
        let (now, mut until) = (self.now(), None);
        for target in targets {
            let Some(due) = self.ports.deliveries().next_due(target).await? else { continue };
            if due <= now || !self.gates.is_closed(target, now) {
                let next = self.gates.next_permit(target, now).max(after(now, LOOK_AGAIN));
                until = until.max(Some(next));
            }
        }
        Ok(until.map_or(Duration::ZERO, |until| since(until, now)))
    }

    /// Delivers events again, in their order, as a page is delivered: what is not sent now, and what fails
    /// for a passing reason, has an item and goes on by itself.
    ///
    /// Given again, after a crash, what was sent at once is sent again under the same ids, and what has an
    /// item is left to it.
    ///
    /// # Errors
    /// The store failed; some of it may have been sent. Give it again.
    pub async fn replay(&self, events: &[ReplayedEvent]) -> Result<ReplayReport, StoreError> {
        let now = self.now();
        let slots = || events.iter().flat_map(|again| slots(again, now));
        let planned = slots().count();
        let (mut work, outbox) = self.sort(slots, false).await?;
        let mut counts = ReplayCounts {
            events: u64::try_from(events.len()).unwrap_or(u64::MAX),
            planned: u64::try_from(planned).unwrap_or(u64::MAX),
            ..ReplayCounts::default()
        };
        count(&work, &mut counts);
        self.record(&mut work).await?;
        for shipped in self.ship(outbox).await {
            let now = self.now();
            work.sent(shipped, now);
        }
        count(&work, &mut counts);
        self.record(&mut work).await?;
        Ok(ReplayReport { counts, waiting: work.waiting })
    }

    /// The rules of a replay: none inside where it goes as it was planned; none at all where they cannot be
    /// had.
    pub(super) async fn rules_of(
        &self,
        replayed: &Replayed,
    ) -> Result<Option<Option<Arc<RuleSet>>>, StoreError> {
        let Some(version) = &replayed.rules else { return Ok(Some(None)) };
        let live = self.rules();
        if live.version == *version {
            return Ok(Some(Some(live)));
        }
        Ok(self.archive.get(self.ports.rule_sets(), version).await?.map(Some))
    }

    /// An event as its delivery item is to be sent: as it was accepted, or as its replay has it.
    pub(super) async fn as_replayed(
        &self,
        replayed: Option<&Replayed>,
        event: Option<Arc<StoredEvent>>,
    ) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        let (Some(replayed), Some(event)) = (replayed, &event) else { return Ok(event) };
        let Some(rules) = self.rules_of(replayed).await? else { return Ok(None) };
        let again = replayed.event(event, &self.rules().bus.name, rules.as_deref());
        Ok(Some(Arc::new(again)))
    }
}

/// The deliveries of an event in the plan's order. Their budgets begin now, however old the event is.
fn slots(again: &ReplayedEvent, now: jiff::Timestamp) -> impl Iterator<Item = Slot<'_>> {
    let ReplayedEvent { entry, event } = again;
    (0_u32..).zip(&event.plan.deliveries).map(move |(delivery, planned)| {
        let delivery = delivery | mark(event);
        let position = LogPosition { page: event.page, entry: *entry, delivery };
        Slot::replayed(event, planned, position, now)
    })
}

/// Keeps the places of a replay's deliveries apart from those of the plan, and of other replays.
fn mark(event: &StoredEvent) -> u32 {
    let name = event.replayed.as_ref().map_or("", |replayed| replayed.name.as_str());
    1 << 31 | (eventyard_event::short_hash(name) & 0x7FFF) << 16
}

fn count(work: &PageWork, counts: &mut ReplayCounts) {
    counts.delivered = u64::try_from(work.outcomes.len()).unwrap_or(u64::MAX);
    for item in &work.items {
        match item.state {
            DeliveryState::Parked { .. } => counts.parked += 1,
            _ => counts.waiting += 1,
        }
    }
}
