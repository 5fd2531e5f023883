//! Appending to a stream: its events and its new last version in one transaction, or nothing.
//!
//! The same append again finds its own events under the versions that it would give, by identity and
//! digest, and answers as the first did.

use std::time::Duration;

use eventyard_bus::StoreError;
use eventyard_event::{Event, Timestamp};

use super::body::{self, BODY, Packed};
use super::expression::{Change, Condition};
use super::item::Item;
use super::query::Range;
use super::streams::{
    APPENDED, AppendError, Appended, Expected, IDENTITY, StreamName, VERSION, is_at, version_key,
    version_of,
};
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
    /// Appends events to a stream, all of them under consecutive versions or none. An append that was done
    /// already is not done again: with [`Expected::Any`] while nothing was appended behind it.
    ///
    /// Costs two units per event and kilobyte, and two for the stream's last version.
    ///
    /// # Errors
    /// [`AppendError`]; only after [`Store`](AppendError::Store) it may have been appended.
    pub async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Appended, AppendError> {
        let (given, max) = (events.len(), self.settings().transaction_actions_max.max(2) - 1);
        if !(1..=max).contains(&given) {
            return Err(AppendError::Length { given, max });
        }
        for tried in 0..TRIES_MAX {
            let last = match expected {
                Expected::Any => self.tail(stream, events).await?,
                Expected::None => Tail::At(0),
                Expected::Exact(version) => Tail::At(version),
            };
            let last = match last {
                Tail::At(last) => last,
                Tail::Ours(appended) => return Ok(appended),
            };
            let outcome = self.append_after(stream, last, events, now).await?;
            if outcome == Outcome::Done || self.is_there(stream, last, events).await? {
                return Ok(appended(last, given));
            }
            if outcome == Outcome::Refused && expected != Expected::Any {
                let actual = self.last_version(stream).await?;
                return Err(AppendError::Conflict { expected, actual });
            }
            back_off(tried).await;
        }
        Err(StoreError::unavailable(format!("a stream was busy {TRIES_MAX} times")).into())
    }

    /// Where a stream ends, or that it ends with these very events.
    async fn tail(&self, stream: &StreamName, events: &[Event]) -> Result<Tail, StoreError> {
        let pk = self.keys().stream(stream.as_str());
        let query = self.table().query(&pk, Range::Prefix("V#".to_owned()));
        let mut items = query.backwards().by(events.len()).walk().take(events.len()).await?;
        items.reverse();
        let last = items.last().map(version_of).transpose()?.unwrap_or(0);
        if items.len() == events.len() && are_same(&items, events)? {
            let before = last - u64::try_from(events.len()).unwrap_or(last);
            return Ok(Tail::Ours(appended(before, events.len())));
        }
        Ok(Tail::At(last))
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
        let change = Change::new("SET n = :last").with(":last", appended(last, events.len()).last);
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

/// The end of a stream, as seen by an append.
enum Tail {
    /// At this version.
    At(u64),
    /// With the events of this append.
    Ours(Appended),
}

fn appended(last: u64, events: usize) -> Appended {
    let count = u64::try_from(events).unwrap_or(u64::MAX);
    Appended { first: last.saturating_add(1), last: last.saturating_add(count) }
}

/// Whether items are these events, by identity and by what they hold.
fn are_same(items: &[Item], events: &[Event]) -> Result<bool, StoreError> {
    for (item, event) in items.iter().zip(events) {
        let same = item.hash(IDENTITY)? == *event.identity().as_bytes()
            && event_item::digest(item)? == event.digest();
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn back_off(tried: u32) {
    let most = (BACK_OFF * (tried + 1)).min(BACK_OFF_MAX);
    let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    tokio::time::sleep(Duration::from_micros(random() % most.max(1))).await;
}
