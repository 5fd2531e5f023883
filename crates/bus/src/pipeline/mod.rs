//! The pipeline: events in, deliveries out, the log sealed behind them.
//!
//! ```text
//! ingest:  plan ─▶ accept ─▶ page            deliver: page ─▶ sort ─▶ record items ─▶ send inline ─▶ record, seal
//! recover: take over ─▶ deliver              attempt: due items ─▶ weigh ─▶ permit, rate ─▶ claim ─▶ send ─▶ settle
//! ```
//! Nothing here sleeps or spawns: whoever runs the bus calls these futures when it is time, and may
//! drop any of them at any await, as a crash would.

mod archive;
mod attempt;
mod deliver;
mod gates;
mod ingest;
mod live;
mod operate;
mod page_work;
mod recover;
mod replay;
mod round;
mod share;
mod ship;
mod slot;
mod sort;
mod verdict;

pub use attempt::Next;
pub use deliver::{PageReport, Unsealed};
pub use recover::RecoverError;
pub use replay::{ReplayCounts, ReplayReport, ReplayedEvent};

use crate::{Clock, Observer, Ports, Settings, Stage, StoreError, What};
use arc_swap::ArcSwap;
use archive::Archive;
use attempt::Unsettled;
use eventyard_rules::{LoadOptions, RuleSet};
use gates::Gates;
use jiff::Timestamp;
use live::Live;
use std::sync::Arc;

/// A bus over its ports; shared as `Arc<Bus<_>>` by everyone who drives it.
///
/// All calls may run at the same time as any other. No lock is held over an await.
#[derive(Debug)]
pub struct Bus<P: Ports> {
    ports: P,
    settings: Settings,
    live: ArcSwap<Live>,
    archive: Archive,
    gates: Gates,
    unsettled: Unsettled,
}

impl<P: Ports> Bus<P> {
    /// A bus under these rules, which are stored first. `options` say how stored rule sets are read
    /// again, when an event that was accepted under one still has deliveries.
    ///
    /// Call [`recover`](Self::recover) next.
    ///
    /// # Errors
    /// What [`RuleSets::put`](crate::RuleSets::put) says; there is no bus then.
    pub async fn start(
        ports: P,
        rules: Arc<RuleSet>,
        options: LoadOptions<'static>,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let bus = Self {
            ports,
            settings,
            live: ArcSwap::from_pointee(Live::new(Arc::clone(&rules))),
            archive: Archive::new(options, settings.rule_sets_max),
            gates: Gates::new(settings.breaker),
            unsettled: Unsettled::default(),
        };
        bus.activate(rules).await?;
        Ok(bus)
    }

    /// Puts a rule set in force, after it is stored; events that were planned before keep their plans.
    ///
    /// # Errors
    /// What [`RuleSets::put`](crate::RuleSets::put) says; the rules before stay in force.
    pub async fn activate(&self, rules: Arc<RuleSet>) -> Result<(), StoreError> {
        live::store(&self.ports, &rules).await?;
        let (version, targets) = (rules.version.clone(), rules.targets.len());
        let loaded = What::RulesLoaded { version, rules: rules.rules.len(), targets };
        self.live.store(Arc::new(Live::new(rules)));
        self.observe(loaded);
        Ok(())
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.live.load().rules)
    }

    /// The adapters it runs on.
    #[must_use]
    pub fn ports(&self) -> &P {
        &self.ports
    }

    /// Its durations and numbers.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells the observer; for stages that happen outside of the pipeline, such as refused rules.
    pub fn observe(&self, what: What) {
        self.ports.observer().observe(&Stage { at: self.now(), what });
    }

    fn now(&self) -> Timestamp {
        self.ports.clock().now()
    }
}
