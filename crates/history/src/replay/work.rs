//! The work of a replay: started once, then step by step, each a page at most.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eventyard_bus::{
    Bus, Checkpoints, Clock, Cursor, History, LoggedEvent, Place, Ports, ReplayCounts, ReplayName,
    Replayed, ReplayedEvent, RuleSets,
};
use eventyard_rules::{RuleName, TargetName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::kept;
use super::{ReplayAsk, ReplayError, ReplayPlan, ReplayRecord, ReplayState};
use crate::list::{Ask, ListedPage, Listing};
use crate::record::{Kept, write};

/// Events that one step delivers: what is repeated at most when a worker dies.
const STEP_EVENTS: usize = 100;

/// What one step of a replay came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// The wait before the next step that keeps the asked rate.
    pub wait: Duration,
    /// Targets whose workers have something to do.
    pub waiting: BTreeSet<TargetName>,
}

/// Starts a replay: decides its rules and its end, and writes its record. Nothing is delivered yet.
///
/// # Errors
/// [`ReplayError`]; nothing was written, or with [`Store`](ReplayError::Store) its record may be.
pub async fn start<P: Ports>(
    bus: &Bus<P>,
    history: &impl History,
    checkpoints: &impl Checkpoints,
    ask: ReplayAsk,
) -> Result<ReplayRecord, ReplayError> {
    ask.of_log()?;
    let now = bus.ports().clock().now();
    let replayed = replayed(bus, &ask).await?;
    let cursor = history.since(ask.since.unwrap_or(Timestamp::MIN)).await?;
    let record = ReplayRecord {
        replayed,
        cursor,
        // What comes from now on is delivered as it comes.
        end: history.since(Timestamp::MAX).await?,
        state: ReplayState::Running,
        counts: ReplayCounts::default(),
        started_at: now,
        written_at: now,
        ask,
    };
    match write(checkpoints, &record, 0).await? {
        true => Ok(record),
        false => Err(ReplayError::NameUsed(record.ask.name)),
    }
}

/// A replay at work.
pub struct Replaying<'a, P: Ports, H, C> {
    bus: &'a Bus<P>,
    checkpoints: &'a C,
    kept: Kept<ReplayRecord>,
    listing: Listing<'a, H>,
    /// The rest of a page that one step did not finish.
    rest: Option<ListedPage>,
}

impl<'a, P: Ports, H: History, C: Checkpoints> Replaying<'a, P, H, C> {
    /// Goes on with a replay from its record.
    ///
    /// # Errors
    /// [`ReplayError`]; nothing was written.
    pub async fn open(
        bus: &'a Bus<P>,
        history: &'a H,
        checkpoints: &'a C,
        name: &ReplayName,
    ) -> Result<Self, ReplayError> {
        let kept = kept(checkpoints, name).await?;
        let from = Some(kept.record.cursor.clone());
        let ask = Ask { from, ..kept.record.ask.of_log()? };
        let listing = Listing::start(history, ask).await?;
        Ok(Self { bus, checkpoints, kept, listing, rest: None })
    }

    /// Where it stands.
    #[must_use]
    pub fn record(&self) -> &ReplayRecord {
        &self.kept.record
    }

    /// Delivers some more events of a running replay, in order, and writes how far it is. One that is not
    /// running stays as it is. One whose rules cannot be had is paused.
    ///
    /// # Errors
    /// [`ReplayError`]: what was delivered in this step is delivered again, under the same ids, when it is opened
    /// again.
    pub async fn step(&mut self) -> Result<Step, ReplayError> {
        let mut next = self.kept.record.clone();
        if next.state != ReplayState::Running {
            return Ok(Step::default());
        }
        let page = match self.rest.take() {
            Some(rest) => Some(rest),
            None => next_within(&mut self.listing, &next.end).await?,
        };
        let Some(mut page) = page else {
            next.state = ReplayState::Done;
            self.write(next).await?;
            return Ok(Step::default());
        };
        let most = step_events(next.ask.rate);
        let later = page.events.split_off(page.events.len().min(most));
        next.cursor = match page.events.last().filter(|_| !later.is_empty()) {
            Some(last) => self.listing.cursor_behind(&page, last),
            None => self.listing.cursor().clone(),
        };
        let again = replan(self.bus, &next.replayed, &next.ask, &page.events).await;
        if let Err(ReplayError::RulesUnknown(_)) = &again {
            // Nobody can go on with it as it is; who waits for its end sees that it stands still.
            let record = self.kept.record.clone();
            self.write(ReplayRecord { state: ReplayState::Paused, ..record }).await?;
        }
        let again = again?;
        let behind = self.bus.replay_waits(&again).await?;
        if !behind.is_zero() {
            page.events.extend(later);
            self.rest = Some(page);
            return Ok(Step { wait: behind, ..Step::default() });
        }
        let report = self.bus.replay(&again).await?;
        next.counts.add(&report.counts);
        let wait = wait(page.events.len(), next.ask.rate);
        self.write(next).await?;
        self.rest = (!later.is_empty()).then_some(ListedPage { events: later, ..page });
        Ok(Step { wait, waiting: report.waiting })
    }

    /// Writes the progress. A person who paused or resumed it meanwhile has the last word.
    async fn write(&mut self, mut next: ReplayRecord) -> Result<(), ReplayError> {
        next.written_at = self.bus.ports().clock().now();
        while !write(self.checkpoints, &next, self.kept.revision).await? {
            let there = kept(self.checkpoints, &next.ask.name).await?;
            if there.record.cursor != self.kept.record.cursor {
                return Err(ReplayError::Overtaken(next.ask.name));
            }
            if next.state == ReplayState::Running {
                next.state = there.record.state;
            }
            self.kept = there;
        }
        self.kept = Kept { record: next, revision: self.kept.revision.saturating_add(1) };
        Ok(())
    }
}

/// What a replay would deliver.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DryRun {
    /// Events that would be read and fit.
    pub events: u64,
    /// Deliveries that would be made.
    pub planned: u64,
    /// The same by rule and target, in the order of their names.
    pub routes: Vec<Route>,
}

/// Deliveries of a rule to a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The rule.
    pub rule: RuleName,
    /// The target.
    pub target: TargetName,
    /// How many.
    pub deliveries: u64,
}

/// Reads what a replay would deliver, without delivering anything.
///
/// # Errors
/// [`ReplayError`].
pub async fn dry_run<P: Ports>(
    bus: &Bus<P>,
    history: &impl History,
    ask: &ReplayAsk,
) -> Result<DryRun, ReplayError> {
    let replayed = replayed(bus, ask).await?;
    let mut listing = Listing::start(history, ask.of_log()?).await?;
    let end = history.since(Timestamp::MAX).await?;
    let (mut found, mut routes) = (DryRun::default(), BTreeMap::<_, u64>::new());
    while let Some(page) = next_within(&mut listing, &end).await? {
        for again in replan(bus, &replayed, ask, &page.events).await? {
            found.events = found.events.saturating_add(1);
            for planned in again.event.plan.deliveries {
                found.planned = found.planned.saturating_add(1);
                let route = routes.entry((planned.rule, planned.target)).or_default();
                *route = route.saturating_add(1);
            }
        }
    }
    let route = |((rule, target), deliveries)| Route { rule, target, deliveries };
    found.routes = routes.into_iter().map(route).collect();
    Ok(found)
}

/// The rules of a replay, decided now.
async fn replayed<P: Ports>(bus: &Bus<P>, ask: &ReplayAsk) -> Result<Replayed, ReplayError> {
    let name = ask.name.clone();
    let rules = match &ask.plan {
        ReplayPlan::AsPlanned => None,
        ReplayPlan::Current => Some(bus.rules().version.clone()),
        ReplayPlan::Version(version) => {
            let stored = bus.ports().rule_sets().get(version).await?;
            stored.ok_or_else(|| ReplayError::RulesUnknown(version.clone()))?;
            Some(version.clone())
        }
    };
    Ok(Replayed { name, rules })
}

async fn replan<P: Ports>(
    bus: &Bus<P>,
    replayed: &Replayed,
    ask: &ReplayAsk,
    events: &[LoggedEvent],
) -> Result<Vec<ReplayedEvent>, ReplayError> {
    let planned = bus.replan(replayed, events, |planned| ask.takes(planned)).await?;
    let unknown = || replayed.rules.clone().map(ReplayError::RulesUnknown);
    match planned {
        Some(planned) => Ok(planned),
        None => Err(unknown().unwrap_or_else(|| ReplayError::Unknown(replayed.name.clone()))),
    }
}

/// The next page that stands before the end.
async fn next_within<H: History>(
    listing: &mut Listing<'_, H>,
    end: &Cursor,
) -> Result<Option<ListedPage>, ReplayError> {
    while let Some(page) = listing.next().await? {
        let end = end.places.get(usize::from(page.shard)).copied().unwrap_or(Place::page(1));
        if page.n < end.page {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

/// The most events of a step: those of a second, so that a slow replay is a trickle and not a row of bursts.
fn step_events(rate: Option<f64>) -> usize {
    let of_a_second = (1..STEP_EVENTS).find(|events| wait(*events, rate) >= Duration::from_secs(1));
    of_a_second.unwrap_or(STEP_EVENTS)
}

/// How long so many events take at this rate.
fn wait(events: usize, rate: Option<f64>) -> Duration {
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    rate.map_or(Duration::ZERO, |rate| {
        Duration::try_from_secs_f64(f64::from(events) / rate).unwrap_or(Duration::MAX)
    })
}
