//! The log, read again: it is one shard, whose pages are numbered from 1.

use eventyard_bus::{
    Cursor, Hints, History, LoggedEvent, LoggedPage, PageNumber, Place, Sealed, StoreError,
};
use eventyard_event::{Timestamp, short_hash};
use redb::{ReadOnlyTable, ReadTransaction};

use super::Reader;
use super::events::first_page_since;
use crate::store::page::{Entry, Outcomes, Page};
use crate::store::retention::first_kept_now;
use crate::store::{Fault, Store, format, instant, log};

/// Sees what is committed: every accepted page, and seals a few milliseconds later. Where a runtime is, it
/// reads on a thread for what blocks.
impl History for Reader {
    fn shards(&self) -> u16 {
        1
    }

    async fn since(&self, time: Timestamp) -> Result<Cursor, StoreError> {
        let time = instant::number(time);
        let page = self.off_thread(move |read| first_page_since(read, time)).await?;
        Ok(Cursor { places: vec![Place::page(page)] })
    }

    async fn pages(
        &self,
        shard: u16,
        from: u64,
        limit: usize,
        hints: &Hints,
    ) -> Result<Vec<LoggedPage>, StoreError> {
        let hints = hints.clone();
        let limit = if shard == 0 { limit } else { 0 };
        self.off_thread(move |read| pages(read, from, limit, &hints)).await
    }
}

/// Sees seals as well that were written before.
impl History for Store {
    fn shards(&self) -> u16 {
        1
    }

    async fn since(&self, time: Timestamp) -> Result<Cursor, StoreError> {
        self.reader().since(time).await
    }

    async fn pages(
        &self,
        shard: u16,
        from: u64,
        limit: usize,
        hints: &Hints,
    ) -> Result<Vec<LoggedPage>, StoreError> {
        self.flush().await?;
        self.reader().pages(shard, from, limit, hints).await
    }
}

impl Reader {
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let source = self.source.clone();
        let work = move || Ok(source.begin().and_then(|read| work(&read))?);
        match tokio::runtime::Handle::try_current() {
            Err(_) => work(),
            Ok(runtime) => match runtime.spawn_blocking(work).await {
                Ok(read) => read,
                Err(lost) => Err(StoreError::unavailable(lost.to_string())),
            },
        }
    }
}

fn pages(
    read: &ReadTransaction,
    from: u64,
    limit: usize,
    hints: &Hints,
) -> Result<Vec<LoggedPage>, Fault> {
    let tables = Tables {
        events: read.open_table(format::EVENTS)?,
        open: read.open_table(format::OPEN_PAGES)?,
        outcomes: read.open_table(format::OUTCOMES)?,
    };
    let hashes = Hashes::of(hints);
    let from = from.max(first_kept_now(read)?);
    let mut found = Vec::new();
    for entry in read.open_table(format::PAGES)?.range(from..)?.take(limit) {
        let (number, record) = entry?;
        let page = Page::read(record.value())?;
        found.push(tables.logged(number.value(), &page, &hashes)?);
    }
    Ok(found)
}

/// What a page is read from.
struct Tables {
    events: ReadOnlyTable<u64, &'static [u8]>,
    open: ReadOnlyTable<u64, &'static [u8]>,
    outcomes: ReadOnlyTable<u64, &'static [u8]>,
}

impl Tables {
    fn logged(&self, number: u64, page: &Page, hashes: &Hashes) -> Result<LoggedPage, Fault> {
        let outcomes = self.outcomes.get(number)?;
        let outcomes = outcomes.map(|found| Outcomes::read(found.value())).transpose()?;
        let delivered = outcomes.into_iter().flat_map(|outcomes| outcomes.delivered);
        Ok(LoggedPage {
            number: PageNumber(number),
            n: number,
            accepted_at: instant::time(page.at),
            is_sealed: self.open.get(number)?.is_none(),
            events: self.events_of(page, hashes)?,
            outcomes: delivered
                .map(|(delivery, at)| Sealed { delivery, at: instant::time(at) })
                .collect(),
        })
    }

    fn events_of(&self, page: &Page, hashes: &Hashes) -> Result<Vec<LoggedEvent>, Fault> {
        let mut events = Vec::new();
        if page.entries.is_empty() {
            return Ok(events);
        }
        if hashes.may_all_fit() {
            log::scan(&self.events, page.first..=page.end() - 1, |sequence, stored| {
                let entry = u32::try_from(sequence - page.first).unwrap_or(u32::MAX);
                events.push(LoggedEvent { entry, event: stored.stored_event()?.into() });
                Ok(true)
            })?;
            return Ok(events);
        }
        let fitting = (0..).zip(&page.entries).filter(|(_, named)| hashes.may_fit(named));
        for (entry, _) in fitting {
            let sequence = page.first + u64::from(entry);
            let event = log::with_event(&self.events, sequence, |stored| stored.stored_event())?;
            events.push(LoggedEvent { entry, event: event.into() });
        }
        Ok(events)
    }
}

/// What the entries of a page are compared with before an event is read; they have none of the correlation.
pub(super) struct Hashes {
    event_type: Option<u32>,
    source: Option<u32>,
    subject: Option<u32>,
}

impl Hashes {
    pub fn of(hints: &Hints) -> Self {
        let hash = |text: &Option<String>| text.as_deref().map(short_hash);
        Self {
            event_type: hash(&hints.event_type),
            source: hash(&hints.source),
            subject: hash(&hints.subject),
        }
    }

    /// Whether entries say nothing about what is asked for.
    pub fn may_all_fit(&self) -> bool {
        self.event_type.is_none() && self.source.is_none() && self.subject.is_none()
    }

    pub fn may_fit(&self, entry: &Entry) -> bool {
        self.event_type.is_none_or(|hash| hash == entry.event_type)
            && self.source.is_none_or(|hash| hash == entry.source)
            && self.subject.is_none_or(|hash| hash == entry.subject)
    }
}
