//! Pages of the log: the events that were accepted together, and whose turn it is to deliver them.

use crate::replay::Replayed;
use eventyard_event::{DeliveryId, Event};
use eventyard_rules::Plan;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The number of a page; later pages of one shard have greater numbers.
///
/// A ledger with several shards puts the shard into the upper 16 bits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PageNumber(pub u64);

impl fmt::Display for PageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The right to deliver and seal a page, until another take-over raises the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageClaim {
    /// The page.
    pub page: PageNumber,
    /// 1 for who accepted the page, one more with every take-over; it fences late writers.
    pub attempt: u32,
}

/// The span in which work belongs to one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The time now.
    pub now: Timestamp,
    /// From this time on another worker may take the work over.
    pub until: Timestamp,
}

/// One event with its plan, about to be accepted.
#[derive(Debug, Clone)]
pub struct Accept {
    /// The event.
    pub event: Event,
    /// What is to happen to it.
    pub plan: Plan,
    /// The input it came by, for people: `http`, `sqs:events`.
    pub via: Arc<str>,
    /// The group whose order its source keeps, if it keeps one: a ledger of several shards puts the
    /// pages of one group into one shard, so that their numbers tell the order. All events of a batch have
    /// the same.
    pub order: Option<Arc<str>>,
}

/// An accepted event as the ledger keeps it.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// The event, its document unchanged.
    pub event: Event,
    /// The plan that was made when it was accepted; later rules do not change it.
    pub plan: Plan,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The page that names it.
    pub page: PageNumber,
    /// The input it came by.
    pub via: Arc<str>,
    /// The replay that this copy is made for; none of what the ledger keeps.
    pub replayed: Option<Arc<Replayed>>,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acceptance {
    /// It is stored with its plan, and the bus owns it.
    Accepted,
    /// The same event (identity and digest) was accepted before, or stands earlier in the batch.
    Duplicate,
    /// Another event of the same identity was accepted before, or stands earlier in the batch.
    Conflict,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Accepted {
    /// One for each event, in the order of the batch.
    pub results: Vec<Acceptance>,
    /// The page of the accepted ones, which the caller now delivers; none when nothing was accepted.
    pub page: Option<OpenPage>,
}

/// A page that is not sealed, and the right to deliver it.
#[derive(Debug, Clone)]
pub struct OpenPage {
    /// The right.
    pub claim: PageClaim,
    /// Its events with their stored plans, in log order.
    pub events: Vec<Arc<StoredEvent>>,
}

/// A delivery that happened before its page was sealed, so that it needs no item of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The delivery.
    pub delivery: DeliveryId,
    /// When the target had taken it.
    pub at: Timestamp,
}
