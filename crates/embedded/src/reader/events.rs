//! Accepted events in the order of the log.

use eventyard_bus::Delivery;
use eventyard_bus::view::EventFilter;
use eventyard_event::{Event, Timestamp};
use redb::{ReadTransaction, ReadableTable};

use super::history::Hashes;
use super::source::Steps;
use crate::store::codec::Damaged;
use crate::store::page::Page;
use crate::store::retention::{first_kept_now, partition};
use crate::store::{Fault, Stored, format, instant, log};

/// Bytes of events that one step reads, about.
const STEP_BYTES: usize = 512 * 1024;

/// Events that one step reads.
const STEP_EVENTS: usize = 1000;

/// Events that one step looks at when few fit: a step's snapshot is not held for long.
const STEP_SEEN: u64 = 200_000;

/// An accepted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its number in the log, from 1; the cursor to go on after it.
    pub sequence: u64,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The input it came by.
    pub via: String,
    /// The CloudEvents object, on one line.
    pub line: String,
}

impl LoggedEvent {
    fn new(sequence: u64, stored: &Stored<'_>) -> Result<Self, Fault> {
        Ok(Self {
            sequence,
            accepted_at: stored.accepted_at,
            via: stored.via.to_owned(),
            line: line(stored)?,
        })
    }
}

/// The document on one line; most are as they were sent.
pub(super) fn line(stored: &Stored<'_>) -> Result<String, Fault> {
    if stored.document.contains(['\n', '\r']) {
        Ok(stored.event()?.line().into_owned())
    } else {
        Ok(stored.document.to_owned())
    }
}

/// Reads the log from where the filter begins.
pub(super) struct EventSteps {
    filter: EventFilter,
    hashes: Hashes,
    /// The next sequence number to look at; none until the start was found.
    next: Option<u64>,
}

impl EventSteps {
    pub fn new(filter: EventFilter) -> Self {
        let hashes = Hashes::of(&filter.hints());
        Self { filter, hashes, next: None }
    }

    /// Where the log begins for this filter.
    fn start(&self, read: &ReadTransaction) -> Result<u64, Fault> {
        let after = self.filter.after.map_or(1, |after| after.saturating_add(1));
        match self.filter.since {
            None => Ok(after),
            Some(since) => Ok(after.max(first_since(read, instant::number(since))?)),
        }
    }

    /// Reads the log as it lies.
    fn all(&self, read: &ReadTransaction, next: &mut u64) -> Result<Vec<LoggedEvent>, Fault> {
        let events = read.open_table(format::EVENTS)?;
        let limit = self.filter.limit.unwrap_or(STEP_EVENTS).min(STEP_EVENTS);
        let (mut found, mut bytes) = (Vec::new(), 0);
        log::scan(&events, *next..=u64::MAX, |sequence, stored| {
            found.push(LoggedEvent::new(sequence, &stored)?);
            *next = sequence + 1;
            bytes += stored.bytes.len();
            Ok(bytes < STEP_BYTES && found.len() < limit)
        })?;
        Ok(found)
    }

    /// Reads only the events whose page entries may fit.
    fn fitting(&self, read: &ReadTransaction, next: &mut u64) -> Result<Vec<LoggedEvent>, Fault> {
        let events = read.open_table(format::EVENTS)?;
        let pages = read.open_table(format::PAGES)?;
        let (mut found, mut bytes, from) = (Vec::new(), 0, *next);
        let first = page_of(&pages, *next)?;
        for entry in pages.range(first..)? {
            let page = Page::read(entry?.1.value())?;
            for (entry, sequence) in page.entries.iter().zip(page.first..) {
                if sequence < *next {
                    continue;
                }
                *next = sequence + 1;
                if self.hashes.may_fit(entry) {
                    let event = log::with_event(&events, sequence, |stored| {
                        let fits = self.filter.takes(&stored.event()?);
                        fits.then(|| LoggedEvent::new(sequence, &stored)).transpose()
                    })?;
                    bytes += event.as_ref().map_or(0, |event| event.line.len());
                    found.extend(event);
                }
                let enough = bytes >= STEP_BYTES || found.len() >= STEP_EVENTS;
                if enough || (!found.is_empty() && sequence - from > STEP_SEEN) {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }
}

impl Steps for EventSteps {
    type Item = LoggedEvent;

    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<LoggedEvent>, Fault> {
        let next = match self.next {
            Some(next) => next,
            None => self.start(read)?,
        };
        let mut next = next.max(first_kept(read)?);
        let found = match self.hashes.may_all_fit() {
            true => self.all(read, &mut next)?,
            false => self.fitting(read, &mut next)?,
        };
        self.next = Some(next);
        Ok(found)
    }
}

/// The page that names the event of a sequence number, or the first one: pages rise with it.
pub(super) fn page_of(
    pages: &impl ReadableTable<u64, &'static [u8]>,
    sequence: u64,
) -> Result<u64, Fault> {
    let last = partition(pages, |page| page.first <= sequence)?;
    Ok(last.saturating_sub(1).max(1))
}

/// The first kept page accepted at `since` or later; the next one to come when there is none.
pub(super) fn first_page_since(read: &ReadTransaction, since: i64) -> Result<u64, Fault> {
    let page = partition(&read.open_table(format::PAGES)?, |page| page.at < since)?;
    Ok(page.max(first_kept_now(read)?))
}

/// The first event accepted at `since` or later; the next one to come when there is none.
fn first_since(read: &ReadTransaction, since: i64) -> Result<u64, Fault> {
    first_of(read, first_page_since(read, since)?)
}

/// The first event that is kept; the next one to come when there is none.
pub(super) fn first_kept(read: &ReadTransaction) -> Result<u64, Fault> {
    first_of(read, first_kept_now(read)?)
}

/// The first event of a page; the next one to come when it is the next page to come.
fn first_of(read: &ReadTransaction, page: u64) -> Result<u64, Fault> {
    let pages = read.open_table(format::PAGES)?;
    if let Some(record) = pages.get(page)? {
        return Ok(Page::head(record.value())?.first);
    }
    let last = pages.last()?.map(|(_, record)| Page::read(record.value())).transpose()?;
    Ok(last.map_or(1, |last| last.end()))
}

/// The event of a delivery item, found by its place in the log; none when it was kept long enough.
pub(super) fn of_delivery(read: &ReadTransaction, item: &Delivery) -> Result<Option<Event>, Fault> {
    if item.position.page.0 < first_kept_now(read)? {
        return Ok(None);
    }
    let pages = read.open_table(format::PAGES)?;
    let page = pages.get(item.position.page.0)?.ok_or(Damaged)?;
    let sequence = Page::head(page.value())?.first + u64::from(item.position.entry);
    let event = log::with_event(&read.open_table(format::EVENTS)?, sequence, |s| s.event())?;
    if event.identity() == item.key.identity { Ok(Some(event)) } else { Err(Damaged.into()) }
}
