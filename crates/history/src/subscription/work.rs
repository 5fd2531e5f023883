//! A subscription at work: the next batch, and that it was dealt with.

use eventyard_bus::{Checkpoints, Cursor, Hints, History, LoggedEvent};
use eventyard_filter::Condition;
use jiff::Timestamp;

use super::record::{known, look};
use super::{SubscriptionError, SubscriptionName, SubscriptionRecord, SubscriptionState};
use crate::list::{Ask, Listing};
use crate::record::{Kept, write};

/// Pages that one batch looks through for events that fit.
const PAGES: usize = 200;

/// What a subscription hands out, and where it begins when there is none of its name.
#[derive(Debug, Clone)]
pub struct SubscriptionOptions {
    /// The attributes that events must have.
    pub hints: Hints,
    /// What they must fulfil beside that.
    pub when: Option<Condition>,
    /// Where it begins; one that is there already goes on where it stands.
    pub begin: Begin,
    /// Events after which a batch ends, with the page that they are in.
    pub batch_events: usize,
}

impl Default for SubscriptionOptions {
    /// All events that come from now on, about a hundred in a batch.
    fn default() -> Self {
        Self { hints: Hints::default(), when: None, begin: Begin::Now, batch_events: 100 }
    }
}

/// Where a subscription begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// With the first event that is stored.
    Start,
    /// With the pages accepted at this time or later.
    Since(Timestamp),
    /// With what is accepted after this.
    Now,
}

/// Events to be dealt with together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The events, those of one shard in their order. It may be none: then only the place moves.
    pub events: Vec<LoggedEvent>,
    /// Where the batch begins.
    from: Cursor,
    /// Where reading goes on behind it.
    behind: Cursor,
}

impl Batch {
    /// Where reading goes on behind these events: for a projection that keeps its place together with what it
    /// made of them.
    #[must_use]
    pub fn behind(&self) -> &Cursor {
        &self.behind
    }
}

/// What became of a batch that was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is not handed out again.
    Noted,
    /// Meanwhile somebody set the subscription elsewhere, or another reader of its name was quicker: the next
    /// batch begins there.
    Overtaken,
}

/// A reader of a subscription.
pub struct Subscription<'a, H, C> {
    history: &'a H,
    checkpoints: &'a C,
    options: SubscriptionOptions,
    kept: Kept<SubscriptionRecord>,
    /// None where the record is to be read again first.
    listing: Option<Listing<'a, H>>,
}

impl<'a, H: History, C: Checkpoints> Subscription<'a, H, C> {
    /// Goes on with the subscription of this name, or begins it.
    ///
    /// # Errors
    /// [`SubscriptionError`]; with [`Store`](SubscriptionError::Store) it may have begun.
    pub async fn open(
        history: &'a H,
        checkpoints: &'a C,
        name: SubscriptionName,
        options: SubscriptionOptions,
        now: Timestamp,
    ) -> Result<Self, SubscriptionError> {
        let kept = loop {
            let (kept, revision) = look(checkpoints, &name).await?;
            if let Some(kept) = kept {
                break kept;
            }
            let record = begin(history, &name, options.begin, now).await?;
            // Where another reader of the name began it first, it goes on with that.
            if write(checkpoints, &record, revision).await? {
                break Kept { record, revision: revision.saturating_add(1) };
            }
        };
        Ok(Self { history, checkpoints, options, kept, listing: None })
    }

    /// Where it stood when that was last read or noted.
    #[must_use]
    pub fn record(&self) -> &SubscriptionRecord {
        &self.kept.record
    }

    /// The next events; none when there are none for now, or it is paused. To be followed by
    /// [`done`](Self::done) once they are dealt with; without, a later call hands them out again.
    ///
    /// Costs a read of the record where the last call found nothing, and a read of each shard.
    ///
    /// # Errors
    /// [`SubscriptionError`]; the same call again goes on with the same events.
    pub async fn next(&mut self) -> Result<Option<Batch>, SubscriptionError> {
        let listing = match self.listing.take() {
            // Another cursor means that the batch before was not noted.
            Some(listing) if *listing.cursor() == self.kept.record.cursor => listing,
            _ => {
                self.kept = known(self.checkpoints, &self.kept.record.name).await?;
                Listing::start(self.history, self.ask()).await?
            }
        };
        if self.kept.record.state == SubscriptionState::Paused {
            return Ok(None);
        }
        self.batch(listing).await
    }

    async fn batch(
        &mut self,
        mut listing: Listing<'a, H>,
    ) -> Result<Option<Batch>, SubscriptionError> {
        let from = listing.cursor().clone();
        let (mut events, mut is_over) = (Vec::new(), false);
        for _ in 0..PAGES {
            if events.len() >= self.options.batch_events.max(1) {
                break;
            }
            match listing.next().await? {
                Some(page) => events.extend(page.events),
                None => {
                    is_over = true;
                    break;
                }
            }
        }
        let behind = listing.cursor().clone();
        if !is_over {
            self.listing = Some(listing);
        }
        Ok((behind != from).then_some(Batch { events, from, behind }))
    }

    /// Notes that a batch was dealt with, durably.
    ///
    /// A pause that came meanwhile is kept, and the batch is noted all the same.
    ///
    /// # Errors
    /// [`SubscriptionError`]: unknown whether it is noted; if not, it is handed out again.
    pub async fn done(&mut self, batch: Batch, now: Timestamp) -> Result<Noted, SubscriptionError> {
        let count = u64::try_from(batch.events.len()).unwrap_or(u64::MAX);
        loop {
            let Kept { record, revision } = &self.kept;
            if record.cursor != batch.from {
                self.listing = None;
                return Ok(Noted::Overtaken);
            }
            let mut next = record.clone();
            next.cursor.clone_from(&batch.behind);
            next.events = next.events.saturating_add(count);
            next.written_at = now;
            if write(self.checkpoints, &next, *revision).await? {
                self.kept = Kept { record: next, revision: revision.saturating_add(1) };
                return Ok(Noted::Noted);
            }
            self.kept = known(self.checkpoints, &self.kept.record.name).await?;
        }
    }

    fn ask(&self) -> Ask {
        Ask {
            hints: self.options.hints.clone(),
            when: self.options.when.clone(),
            from: Some(self.kept.record.cursor.clone()),
            sealed_only: true,
            ..Ask::default()
        }
    }
}

async fn begin(
    history: &impl History,
    name: &SubscriptionName,
    begin: Begin,
    now: Timestamp,
) -> Result<SubscriptionRecord, SubscriptionError> {
    let since = match begin {
        Begin::Start => Timestamp::MIN,
        Begin::Since(since) => since,
        Begin::Now => Timestamp::MAX,
    };
    Ok(SubscriptionRecord {
        name: name.clone(),
        cursor: history.since(since).await?,
        state: SubscriptionState::Running,
        events: 0,
        started_at: now,
        written_at: now,
    })
}
