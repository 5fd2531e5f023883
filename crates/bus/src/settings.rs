//! Every duration and number of the pipeline; the defaults are the protocol's.

use std::time::Duration;

/// Every duration and number of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a page belongs to who accepted or took it over; longer than its delivery takes.
    pub page_lease: Duration,
    /// How long an attempt belongs to who claimed it; longer than any target's time budget.
    pub attempt_lease: Duration,
    /// Deliveries of one call of [`Bus::attempt`](crate::Bus::attempt), sent together.
    pub round_deliveries_max: usize,
    /// Older rule sets that are kept compiled for events accepted under them.
    pub rule_sets_max: usize,
    /// When a failed delivery is tried again.
    pub retry: RetrySettings,
    /// When a target is left alone, and how it is taken up again.
    pub breaker: BreakerSettings,
}

impl Default for Settings {
    /// Leases of 2 minutes, rounds of 32 deliveries, 8 older rule sets.
    fn default() -> Self {
        Self {
            page_lease: Duration::from_secs(120),
            attempt_lease: Duration::from_secs(120),
            round_deliveries_max: 32,
            rule_sets_max: 8,
            retry: RetrySettings::default(),
            breaker: BreakerSettings::default(),
        }
    }
}

/// When a failed delivery is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySettings {
    /// The longest wait after the first attempt; it doubles with each.
    pub base: Duration,
    /// The longest wait after any attempt.
    pub cap: Duration,
}

impl Default for RetrySettings {
    /// 1 second doubling to 15 minutes: with full jitter 450 s in the mean, so that 185 attempts fill
    /// about 22 of the 24 hours that a rule tries by default.
    fn default() -> Self {
        Self { base: Duration::from_secs(1), cap: Duration::from_secs(900) }
    }
}

/// When a target is left alone, and how it is taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Rounds in a row without one success after which the breaker opens; at least 1.
    pub failures: u32,
    /// The time from one probe of an open breaker to the next.
    pub probe_every: Duration,
    /// The time from one round of a draining breaker to the next; each may carry twice as many.
    pub drain_every: Duration,
    /// The deliveries of a round at which a draining breaker closes.
    pub drain_full: u32,
}

impl Default for BreakerSettings {
    /// Five failures; one probe a minute; then 1, 2, 4 … 32 deliveries a second.
    fn default() -> Self {
        Self {
            failures: 5,
            probe_every: Duration::from_secs(60),
            drain_every: Duration::from_secs(1),
            drain_full: 32,
        }
    }
}
