//! What a store can be told.

use std::time::Duration;

/// How a table is used; the same for everybody who uses the same bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Into how many logs pages are divided, 1 to 100; decided when the bus is created. More may be added
    /// later, but pages in shards beyond this number are not seen.
    pub shards: u16,
    /// How long events, pages and finished deliveries are kept; for ever when none. What is parked or
    /// unfinished is never forgotten, so this is longer than anybody leaves a delivery parked.
    pub retention: Option<Duration>,
    /// The most actions of one transaction: 100 in AWS, 10 in older versions of DynamoDB Local.
    pub transaction_actions_max: usize,
}

/// The most shards: their numbers are two digits of a key.
const SHARDS_MAX: u16 = 100;

impl Default for StoreSettings {
    fn default() -> Self {
        Self { shards: 16, retention: None, transaction_actions_max: 100 }
    }
}

impl StoreSettings {
    /// The number of shards, within its range.
    pub(super) fn shards(&self) -> u16 {
        self.shards.clamp(1, SHARDS_MAX)
    }
}
