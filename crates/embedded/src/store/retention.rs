//! How long the log is kept: what is over is hidden at once, and deleted when there is time for it.
//!
//! A page ends as a whole, by the time it was accepted; pages rise with it, so what has ended is a
//! beginning of the log. Nothing reads on this side of [`first_kept`].
//!
//! It is deleted page by page up to the first that somebody still needs: an open page, a delivery that is
//! neither done nor parked, a message in a queue that says its event by reference. The newest page always
//! stays, so that the pages keep their numbers.

use std::time::Duration;

use eventyard_bus::StoreError;
use eventyard_event::{Identity, Timestamp};
use redb::{ReadableTable, TableError};

use super::codec::Damaged;
use super::error::Fault;
use super::page::{Head, Page};
use super::transaction::Transaction;
use super::{Promise, Store, format, instant, log, work};
use crate::queues::{Queue, Record, StoredBody, forget_old};

/// The name of the retention in `meta`, in nanoseconds.
const RETENTION: &str = "retention";

/// Pages that one job deletes: no caller of the writer waits for long.
const PAGES: usize = 64;

/// Which times of acceptance are over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// The last time that is over; none where everything is kept.
    over: Option<i64>,
}

impl Kept {
    /// As it is at this time.
    pub fn at(meta: &impl ReadableTable<&'static str, u64>, now: Timestamp) -> Result<Self, Fault> {
        let retention = meta.get(RETENTION)?.map(|found| found.value());
        let nanos = retention.map(|nanos| i64::try_from(nanos).unwrap_or(i64::MAX));
        Ok(Self { over: nanos.map(|nanos| instant::number(now).saturating_sub(nanos)) })
    }

    /// Whether what was accepted then has ended.
    pub fn has_ended(self, accepted_at: i64) -> bool {
        self.over.is_some_and(|over| accepted_at <= over)
    }
}

/// The page that is the first one kept at this time; the next one to come when there is none.
pub(crate) fn first_kept(
    meta: &impl ReadableTable<&'static str, u64>,
    pages: &impl ReadableTable<u64, &'static [u8]>,
    now: Timestamp,
) -> Result<u64, Fault> {
    let kept = Kept::at(meta, now)?;
    match kept.over {
        None => Ok(pages.first()?.map_or(1, |(page, _)| page.value())),
        Some(_) => partition(pages, |page| kept.has_ended(page.at)),
    }
}

/// The same, in a snapshot.
pub(crate) fn first_kept_now(read: &redb::ReadTransaction) -> Result<u64, Fault> {
    let meta = match read.open_table(format::META) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(1),
        meta => meta?,
    };
    first_kept(&meta, &read.open_table(format::PAGES)?, Timestamp::now())
}

/// The number of the first page for which `before` does not hold: a binary search, since pages are
/// numbered without gaps.
pub(crate) fn partition(
    pages: &impl ReadableTable<u64, &'static [u8]>,
    before: impl Fn(Head) -> bool,
) -> Result<u64, Fault> {
    let first = pages.first()?.map_or(1, |(page, _)| page.value());
    let last = pages.last()?.map_or(0, |(page, _)| page.value());
    let (mut low, mut high) = (first, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let record = pages.get(middle)?.ok_or(Damaged)?;
        match before(Page::head(record.value())?) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(low)
}

impl Store {
    /// Keeps the log for so long from now on, what is there already included; for ever when none. What is
    /// over by this is hidden at once.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; say it again.
    pub async fn keep_for(&self, retention: Option<Duration>) -> Result<(), StoreError> {
        let nanos = retention.map(|long| u64::try_from(long.as_nanos()).unwrap_or(u64::MAX));
        let keep = move |tables: &mut Transaction<'_>| {
            match nanos {
                Some(nanos) => tables.meta.insert(RETENTION, nanos)?,
                None => tables.meta.remove(RETENTION)?,
            };
            Ok(())
        };
        Ok(self.call(Promise::Durable, 0, keep).await?)
    }

    /// Deletes some of what was kept long enough and nobody needs any more, with its deliveries; answers how
    /// many pages, 0 when there is nothing left to delete. A look at every message in the queues, unless
    /// nothing is over.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): nothing was deleted, or it will be forgotten with a crash.
    pub async fn delete_ended(&self, now: Timestamp) -> Result<usize, StoreError> {
        let delete = move |tables: &mut Transaction<'_>| delete(tables, now);
        Ok(self.call(Promise::Relaxed, 0, delete).await?)
    }
}

fn delete(tables: &mut Transaction<'_>, now: Timestamp) -> Result<usize, Fault> {
    let newest = tables.pages.last()?.map_or(0, |(page, _)| page.value());
    let end = first_kept(&tables.meta, &tables.pages, now)?.min(newest);
    let first = tables.pages.first()?.map_or(end, |(page, _)| page.value());
    if first >= end {
        return Ok(0);
    }
    let needed = first_in_queues(tables, instant::number(now))?;
    let mut deleted = 0;
    for number in (first..end).take(PAGES) {
        let page = tables.pages.get(number)?.map(|record| Page::read(record.value()));
        let page = page.transpose()?.ok_or(Damaged)?;
        let is_open = tables.open_pages.get(number)?.is_some();
        if is_open || page.end() > needed || !delete_page(tables, number, &page)? {
            break;
        }
        deleted += 1;
    }
    Ok(deleted)
}

/// Deletes a page with all that belongs to it, unless one of its deliveries is not over.
fn delete_page(tables: &mut Transaction<'_>, number: u64, page: &Page) -> Result<bool, Fault> {
    let mut identities: Vec<Identity> = Vec::with_capacity(page.entries.len());
    let mut chunks = Vec::new();
    if let Some(last) = page.end().checked_sub(1).filter(|last| *last >= page.first) {
        log::scan(&tables.events, page.first..=last, |_, stored| {
            identities.push(stored.identity);
            Ok(true)
        })?;
        for entry in tables.events.range(page.first..=last)? {
            chunks.push(entry?.0.value());
        }
    }
    for identity in &identities {
        if work::is_busy(tables, identity)? {
            return Ok(false);
        }
    }
    for ((entry, sequence), identity) in page.entries.iter().zip(page.first..).zip(&identities) {
        let Transaction { numbers, identities, .. } = &mut *tables;
        let is_newest = numbers.tail.get(identities, entry.slot)? == Some(sequence);
        numbers.tail.forget(identities, entry.slot, sequence)?;
        // Where the same event came again later, the deliveries are those of the later one.
        if is_newest {
            work::forget(tables, identity)?;
        }
    }
    for chunk in chunks {
        tables.events.remove(chunk)?;
    }
    tables.outcomes.remove(number)?;
    tables.pages.remove(number)?;
    Ok(true)
}

/// The first event that a message in a queue says by reference; messages that their queue has kept long
/// enough are deleted first.
fn first_in_queues(tables: &mut Transaction<'_>, now: i64) -> Result<u64, Fault> {
    let mut queues = Vec::new();
    for entry in tables.queues.iter()? {
        queues.push(serde_json::from_slice::<Queue>(entry?.1.value())?);
    }
    for queue in &queues {
        while forget_old(tables, queue, now)? {}
    }
    let mut first = u64::MAX;
    for entry in tables.messages.iter()? {
        if let StoredBody::Event { sequence, .. } = Record::read(entry?.1.value())?.body {
            first = first.min(sequence);
        }
    }
    Ok(first)
}
