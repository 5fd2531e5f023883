//! Ledger, delivery items and rule sets behind one lock.

use super::streams::Stream;
use crate::audit::{Audit, Report};
use crate::ports::{Checkpoint, CheckpointName, StreamName};
use crate::time::after;
use crate::{
    Delivery, DeliveryKey, PageClaim, PageNumber, Sealed, StoredEvent, StoredRules, Undecodable,
};
use eventyard_event::Identity;
use eventyard_rules::Version;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Ledger, delivery items and rule sets in memory; clones share their state.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) events: BTreeMap<Identity, Arc<StoredEvent>>,
    pub(super) pages: BTreeMap<PageNumber, Page>,
    pub(super) items: BTreeMap<DeliveryKey, Delivery>,
    pub(super) undecodable: BTreeMap<(String, String), Undecodable>,
    pub(super) rule_sets: BTreeMap<Version, StoredRules>,
    pub(super) active_rules: BTreeMap<Version, Version>,
    pub(super) checkpoints: BTreeMap<CheckpointName, Checkpoint>,
    pub(super) streams: BTreeMap<StreamName, Stream>,
    /// How long events are kept; for ever when none.
    pub(super) retention: Option<Duration>,
}

impl State {
    /// Whether an event was kept long enough by that time.
    pub(super) fn is_expired(&self, event: &StoredEvent, now: Timestamp) -> bool {
        let end = self.retention.map(|retention| after(event.accepted_at, retention));
        end.is_some_and(|end| end <= now)
    }
}

/// One page of the log.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) claim: PageClaim,
    pub(super) events: Vec<Arc<StoredEvent>>,
    pub(super) stands: PageState,
}

#[derive(Debug)]
pub(super) enum PageState {
    Open { until: Timestamp },
    Sealed { outcomes: Vec<Sealed> },
}

impl MemoryStore {
    /// A store that shows events only so long after they were accepted, by the system's clock.
    #[must_use]
    pub fn keeping(retention: Duration) -> Self {
        Self(Arc::new(Mutex::new(State { retention: Some(retention), ..State::default() })))
    }

    /// Every accepted event, in log order.
    #[must_use]
    pub fn events(&self) -> Vec<Arc<StoredEvent>> {
        let state = self.state();
        state.pages.values().flat_map(|page| page.events.iter().cloned()).collect()
    }

    /// Every delivery item, by key.
    #[must_use]
    pub fn items(&self) -> Vec<Delivery> {
        self.state().items.values().cloned().collect()
    }

    /// The pages that are not sealed.
    #[must_use]
    pub fn open_pages(&self) -> usize {
        let open = |page: &&Page| matches!(page.stands, PageState::Open { .. });
        self.state().pages.values().filter(open).count()
    }

    /// Whether the bus's promise holds for what is in here.
    #[must_use]
    pub fn audit(&self) -> Report {
        let state = self.state();
        let mut audit = Audit::default();
        for page in state.pages.values() {
            let open = matches!(page.stands, PageState::Open { .. });
            for event in &page.events {
                audit.event(event.event.identity(), &event.plan, open);
            }
            if let PageState::Sealed { outcomes } = &page.stands {
                audit.outcomes(outcomes);
            }
        }
        state.items.values().for_each(|item| audit.item(item));
        audit.report()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
