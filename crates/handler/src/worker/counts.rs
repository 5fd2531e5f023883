//! What happened, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// What happened so far in one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Handlers that succeeded.
    pub handled: u64,
    /// Deliveries that were done before.
    pub duplicates: u64,
    /// Deliveries that are to come again.
    pub retried: u64,
    /// Deliveries that wait for a person.
    pub parked: u64,
    /// Deliveries that their handler dropped.
    pub dropped: u64,
    /// Events that no handler takes.
    pub unhandled: u64,
    /// Events that were published.
    pub published: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) handled: AtomicU64,
    pub(super) duplicates: AtomicU64,
    pub(super) retried: AtomicU64,
    pub(super) parked: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) unhandled: AtomicU64,
    pub(super) published: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            handled: of(&self.handled),
            duplicates: of(&self.duplicates),
            retried: of(&self.retried),
            parked: of(&self.parked),
            dropped: of(&self.dropped),
            unhandled: of(&self.unhandled),
            published: of(&self.published),
        }
    }
}

pub(super) fn add(counter: &AtomicU64, more: usize) {
    counter.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
}
