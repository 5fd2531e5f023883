//! How the events of streams lie in the database, and what a transaction does with them.
//!
//! `// INVARIANT (unlisted)`: a stream is in `unlisted` while its last version is greater than the one it was
//! routed to; both change in one transaction.

use std::ops::{Bound, RangeInclusive};

use eventyard_bus::ports::{Decision, Mark, decide};
use eventyard_bus::{
    AppendError, Appended, Direction, Expected, Snapshot, SnapshotError, StreamEvent, StreamName,
};
use eventyard_event::{Digest, Event, Identity, Timestamp};
use redb::ReadableTable;

use super::codec::{Damaged, Decode, Encode};
use super::error::Fault;
use super::transaction::Transaction;
use super::{chunk, instant};

/// Bytes of events that one piece has, about.
const PIECE_BYTES: usize = 512 * 1024;

/// The last version of a stream, and the one up to which it was routed.
type Marks = (u64, u64);

/// Appends events, or says why not; `records` are their [`record`]s.
pub(crate) fn append(
    tables: &mut Transaction<'_>,
    name: &str,
    expected: Expected,
    events: &[Event],
    records: &[Vec<u8>],
    max: usize,
) -> Result<Result<Appended, AppendError>, Fault> {
    let (last, listed) = marks(&tables.streams, name)?;
    let mark = |version| mark(&tables.stream_events, name, version);
    let after = match decide(expected, last, events, max, mark)? {
        Decision::Behind(after) => after,
        Decision::Done(appended) => return Ok(Ok(appended)),
        Decision::Refused(error) => return Ok(Err(error)),
    };
    let appended = Appended::behind(after, events.len());
    for (version, record) in (appended.first..=appended.last).zip(records) {
        tables.stream_events.insert((name, version), &**record)?;
    }
    tables.streams.insert(name, (appended.last, listed))?;
    tables.unlisted.insert(name, ())?;
    Ok(Ok(appended))
}

/// Notes that a stream was routed up to `to`, if it was `from`.
pub(crate) fn advance(
    tables: &mut Transaction<'_>,
    name: &str,
    from: u64,
    to: u64,
) -> Result<bool, Fault> {
    let (last, listed) = marks(&tables.streams, name)?;
    if listed != from {
        return Ok(false);
    }
    tables.streams.insert(name, (last, to))?;
    if to >= last {
        tables.unlisted.remove(name)?;
    }
    Ok(true)
}

/// Keeps a snapshot, or says why not.
pub(crate) fn put_snapshot(
    tables: &mut Transaction<'_>,
    name: &str,
    version: u64,
    state: &[u8],
    now: Timestamp,
) -> Result<Result<(), SnapshotError>, Fault> {
    let (last, _) = marks(&tables.streams, name)?;
    if let Err(error) = SnapshotError::check(version, last, state.len()) {
        return Ok(Err(error));
    }
    let mut record = Vec::with_capacity(state.len() + 8);
    record.put_i64(instant::number(now));
    record.put(state);
    tables.snapshots.insert((name, version), &*record)?;
    Ok(Ok(()))
}

/// The snapshot of the highest version.
pub(crate) fn snapshot(tables: &Transaction<'_>, name: &str) -> Result<Option<Snapshot>, Fault> {
    let newest = tables.snapshots.range(versions(name, 1..=u64::MAX))?.next_back().transpose()?;
    let Some((key, record)) = newest else { return Ok(None) };
    let mut decode = Decode::new(record.value());
    let taken_at = instant::time(decode.i64()?);
    Ok(Some(Snapshot { version: key.value().1, state: decode.rest().to_vec(), taken_at }))
}

/// The last version of a stream, and the one up to which it was routed; 0 when there is no such stream.
pub(crate) fn marks(
    streams: &impl ReadableTable<&'static str, Marks>,
    name: &str,
) -> Result<Marks, Fault> {
    Ok(streams.get(name)?.map_or((0, 0), |marks| marks.value()))
}

/// Names of streams with events that were not routed, in order behind one, at most so many.
pub(crate) fn unlisted(
    tables: &Transaction<'_>,
    after: Option<&StreamName>,
    limit: usize,
) -> Result<Vec<StreamName>, Fault> {
    let after = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.as_str()));
    let names = tables.unlisted.range::<&str>((after, Bound::Unbounded))?.take(limit);
    names.map(|entry| Ok(entry?.0.value().parse().map_err(|_| Damaged)?)).collect()
}

/// An event under its version, as it lies in the database.
pub(crate) type Raw = (u64, Vec<u8>);

/// Some events of a stream, at most `limit` and not many bytes; none only where there are none.
pub(crate) fn piece(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    name: &str,
    from: u64,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Raw>, Fault> {
    let range = match direction {
        Direction::Forwards => from.max(1)..=u64::MAX,
        Direction::Backwards => 1..=from,
    };
    let (mut found, mut bytes) = (Vec::new(), 0);
    if range.is_empty() || limit == 0 {
        return Ok(found);
    }
    let mut entries = events.range(versions(name, range))?;
    loop {
        let next = match direction {
            Direction::Forwards => entries.next(),
            Direction::Backwards => entries.next_back(),
        };
        let Some((key, record)) = next.transpose()? else { return Ok(found) };
        bytes += record.value().len();
        found.push((key.value().1, record.value().to_vec()));
        if found.len() >= limit || bytes >= PIECE_BYTES {
            return Ok(found);
        }
    }
}

/// The version that a piece is gone on from; none when it was the last there can be.
pub(crate) fn next(piece: &[Raw], direction: Direction) -> Option<u64> {
    let (version, _) = piece.last()?;
    match direction {
        Direction::Forwards => version.checked_add(1),
        Direction::Backwards => version.checked_sub(1).filter(|&version| version > 0),
    }
}

/// An event as it lies in the database: identity, digest, time, document.
pub(crate) fn record(event: &Event, now: Timestamp) -> Vec<u8> {
    let document = event.document();
    let mut record = Vec::with_capacity(document.len() + 40);
    record.put(event.identity().as_bytes());
    record.put(event.digest().as_bytes());
    record.put_i64(instant::number(now));
    record.put(document.as_bytes());
    record
}

/// The event of a record.
pub(crate) fn read((version, record): &Raw) -> Result<StreamEvent, Fault> {
    let mut decode = Decode::new(record);
    decode.bytes(32)?;
    let appended_at = instant::time(decode.i64()?);
    let document = std::str::from_utf8(decode.rest()).map_err(|_| Damaged)?;
    Ok(StreamEvent { version: *version, event: chunk::event(document)?, appended_at })
}

fn mark(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    name: &str,
    version: u64,
) -> Result<Mark, Fault> {
    let record = events.get((name, version))?.ok_or(Damaged)?;
    let mut decode = Decode::new(record.value());
    Ok((Identity::from_bytes(decode.array()?), Digest::from_bytes(decode.array()?)))
}

fn versions(name: &str, range: RangeInclusive<u64>) -> RangeInclusive<(&str, u64)> {
    (name, *range.start())..=(name, *range.end())
}
