//! The adapters of the bus on one machine.

use super::clock::SystemClock;
use super::stages::Announcer;
use super::targets::EmbeddedTargets;
use crate::store::Store;
use eventyard_bus::memory::MemoryBreakers;
use eventyard_bus::{Bus, Ports};

/// The bus on one machine.
pub(crate) type EmbeddedBus = Bus<EmbeddedPorts>;

/// The store is ledger, delivery items and rule sets at once.
pub(crate) struct EmbeddedPorts {
    pub(crate) store: Store,
    pub(crate) breakers: MemoryBreakers,
    pub(crate) targets: EmbeddedTargets,
    pub(crate) clock: SystemClock,
    pub(crate) announcer: Announcer,
}

impl Ports for EmbeddedPorts {
    type Ledger = Store;
    type Deliveries = Store;
    type RuleSets = Store;
    type Breakers = MemoryBreakers;
    type Targets = EmbeddedTargets;
    type Clock = SystemClock;
    type Observer = Announcer;

    fn ledger(&self) -> &Store {
        &self.store
    }

    fn deliveries(&self) -> &Store {
        &self.store
    }

    fn rule_sets(&self) -> &Store {
        &self.store
    }

    fn breakers(&self) -> &MemoryBreakers {
        &self.breakers
    }

    fn targets(&self) -> &EmbeddedTargets {
        &self.targets
    }

    fn clock(&self) -> &SystemClock {
        &self.clock
    }

    fn observer(&self) -> &Announcer {
        &self.announcer
    }
}
