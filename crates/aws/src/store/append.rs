//! Appending to a stream: its events and its new last version in one transaction, or nothing.
//!
//! The same append again finds its own events under the versions that it would give, by identity and
//! digest, and answers as the first did.

use std::collections::BTreeMap;
use std::time::Duration;

use eventyard_bus::ports::{Decision, Mark, decide};
use eventyard_bus::{AppendError, Appended, Expected, StoreError, StreamName, Streams as _};
use eventyard_event::{Event, Identity, Timestamp};

use super::body::{self, BODY, Packed};
use super::expression::{Change, Condition};
use super::item::Item;
use super::query::Range;
use super::streams::{APPENDED, IDENTITY, VERSION, is_at, version_key, version_of};
use super::transaction::Outcome;
use super::{DynamoStore, event_item, random, time};

/// The most bytes of an event that stand in the transaction, which takes 4 MB: a hundred such fit.
const INLINE_MAX: usize = 32 * 1024;
/// Writers that may come in between before the stream counts as too busy.
const TRIES_MAX: u32 = 128;
/// The longest wait before the next try, times the number of tries, and at all.
const BACK_OFF: Duration = Duration::from_millis(2);
const BACK_OFF_MAX: Duration = Duration::from_millis(100);

impl DynamoStore {
    /// Tries until the append is done, or was done before, or is refused.
    pub(super) async fn append_to(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Appended, AppendError> {
        for tried in 0..TRIES_MAX {
            let last = match self.weigh(stream, expected, events).await? {
                Decision::Behind(last) => last,
                Decision::Done(appended) => return Ok(appended),
                Decision::Refused(error) => return Err(error),
            };
            let outcome = self.append_after(stream, last, events, now).await?;
            if outcome == Outcome::Done || self.is_there(stream, last, events).await? {
                return Ok(Appended::behind(last, events.len()));
            }
            if outcome == Outcome::Refused && expected != Expected::Any {
                let actual = self.last_version(stream).await?;
                return Err(AppendError::Conflict { expected, actual });
            }
            back_off(tried).await;
        }
        Err(StoreError::unavailable(format!("a stream was busy {TRIES_MAX} times")).into())
    }

    /// Decides from the end of the stream where anything is expected of it, else as if it were as expected:
    /// the transaction is what finds out, and costs no read.
    async fn weigh(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
    ) -> Result<Decision, StoreError> {
        let max = self.append_events_max();
        let (last, marks) = match expected {
            Expected::Any if events.len() <= max => self.tail(stream, events.len()).await?,
            Expected::Any | Expected::None => (0, BTreeMap::new()),
            Expected::Exact(version) => (version, BTreeMap::new()),
        };
        decide(expected, last, events, max, |version| {
            let gap =
                || StoreError::Corrupt { reason: format!("a stream lacks version {version}") };
            marks.get(&version).copied().ok_or_else(gap)
        })
    }

    /// The last version of a stream, and what stands under the last so many.
    async fn tail(
        &self,
        stream: &StreamName,
        count: usize,
    ) -> Result<(u64, BTreeMap<u64, Mark>), StoreError> {
        let pk = self.keys().stream(stream.as_str());
        let query = self.table().query(&pk, Range::Prefix("V#".to_owned()));
        let items = query.backwards().by(count).walk().take(count.max(1)).await?;
        let last = items.first().map(version_of).transpose()?.unwrap_or(0);
        let marks = items.iter().map(|item| Ok((version_of(item)?, mark(item)?)));
        Ok((last, marks.collect::<Result<_, StoreError>>()?))
    }

    /// Whether these events stand behind that version already.
    async fn is_there(
        &self,
        stream: &StreamName,
        last: u64,
        events: &[Event],
    ) -> Result<bool, StoreError> {
        let range = Range::From(version_key(last.saturating_add(1)));
        let query = self.table().query(&self.keys().stream(stream.as_str()), range);
        let items = query.by(events.len()).walk().take(events.len()).await?;
        Ok(items.len() == events.len() && are_same(&items, events)?)
    }

    async fn append_after(
        &self,
        stream: &StreamName,
        last: u64,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let (mut actions, mut chunks) = (Vec::new(), Vec::new());
        for (version, event) in (last.saturating_add(1)..).zip(events) {
            let packed = self.version_item(stream, version, event, now)?;
            chunks.extend(packed.chunks);
            actions.push(self.table().put_action(packed.item, &Condition::absent())?);
        }
        body::write(self.table(), chunks).await?;
        let appended = Appended::behind(last, events.len());
        let change = Change::new("SET n = :last").with(":last", appended.last);
        let head = self.stream_key(stream, "HEAD");
        actions.push(self.table().update_action(&head, change, &is_at(last))?);
        self.table().transact(actions).await
    }

    fn version_item(
        &self,
        stream: &StreamName,
        version: u64,
        event: &Event,
        now: Timestamp,
    ) -> Result<Packed, StoreError> {
        let item = Item::new(&self.stream_key(stream, &version_key(version)))
            .with_number(VERSION, version)
            .with_number(APPENDED, time::number(now))
            .with_bytes(IDENTITY, event.identity().as_bytes().to_vec())
            .with_bytes(event_item::DIGEST, event.digest().as_bytes().to_vec());
        BODY.pack(item, event.document().as_bytes().to_vec(), INLINE_MAX)
    }
}

/// Whether items are these events, by identity and by what they hold.
fn are_same(items: &[Item], events: &[Event]) -> Result<bool, StoreError> {
    for (item, event) in items.iter().zip(events) {
        if mark(item)? != (event.identity(), event.digest()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn mark(item: &Item) -> Result<Mark, StoreError> {
    Ok((Identity::from_bytes(item.hash(IDENTITY)?), event_item::digest(item)?))
}

async fn back_off(tried: u32) {
    let most = (BACK_OFF * (tried + 1)).min(BACK_OFF_MAX);
    let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    tokio::time::sleep(Duration::from_micros(random() % most.max(1))).await;
}
