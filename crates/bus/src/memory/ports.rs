//! All memory adapters together.

use super::{ManualClock, MemoryBreakers, MemoryStore, RecordingObserver, RecordingTargets};
use crate::Ports;

/// A bus in memory: keep a clone to look at what happened.
#[derive(Debug, Clone, Default)]
pub struct MemoryPorts {
    /// Ledger, delivery items and rule sets.
    pub store: MemoryStore,
    /// Breakers of targets.
    pub breakers: MemoryBreakers,
    /// Where deliveries go.
    pub targets: RecordingTargets,
    /// The time.
    pub clock: ManualClock,
    /// What was told.
    pub observer: RecordingObserver,
}

impl Ports for MemoryPorts {
    type Ledger = MemoryStore;
    type Deliveries = MemoryStore;
    type RuleSets = MemoryStore;
    type Breakers = MemoryBreakers;
    type Targets = RecordingTargets;
    type Clock = ManualClock;
    type Observer = RecordingObserver;

    fn ledger(&self) -> &Self::Ledger {
        &self.store
    }
    fn deliveries(&self) -> &Self::Deliveries {
        &self.store
    }
    fn rule_sets(&self) -> &Self::RuleSets {
        &self.store
    }
    fn breakers(&self) -> &Self::Breakers {
        &self.breakers
    }
    fn targets(&self) -> &Self::Targets {
        &self.targets
    }
    fn clock(&self) -> &Self::Clock {
        &self.clock
    }
    fn observer(&self) -> &Self::Observer {
        &self.observer
    }
}
