//! How much of everything there is, without counting.

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};
use serde::{Deserialize, Serialize};

use super::events::first_kept;
use crate::store::retention::first_kept_now;
use crate::store::{Fault, format, numbers};

/// How much of everything there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Accepted events that are kept.
    pub events: u64,
    /// Pages of the log that are kept.
    pub pages: u64,
    /// Pages that are not sealed.
    pub open_pages: u64,
    /// Delivery items, finished or not.
    pub deliveries: u64,
    /// Parked deliveries.
    pub parked: u64,
    /// Messages that could not be decoded.
    pub undecodable: u64,
    /// Queues.
    pub queues: u64,
    /// Messages in queues.
    pub messages: u64,
}

pub(super) fn counts(read: &ReadTransaction) -> Result<Counts, Fault> {
    let meta = read.open_table(format::META)?;
    let next = meta.get(numbers::NEXT_EVENT)?.map_or(1, |found| found.value());
    let pages = read.open_table(format::PAGES)?;
    let newest = pages.last()?.map_or(0, |(page, _)| page.value());
    Ok(Counts {
        events: next.saturating_sub(first_kept(read)?),
        pages: newest.saturating_add(1).saturating_sub(first_kept_now(read)?),
        open_pages: read.open_table(format::OPEN_PAGES)?.len()?,
        deliveries: read.open_table(format::DELIVERIES)?.len()?,
        parked: read.open_table(format::PARKED)?.len()?,
        undecodable: read.open_table(format::UNDECODABLE)?.len()?,
        queues: read.open_table(format::QUEUES)?.len()?,
        messages: read.open_table(format::MESSAGES)?.len()?,
    })
}
