//! Reading the log by sequence number, in a transaction of either kind.

use std::ops::RangeInclusive;

use redb::{AccessGuard, ReadableTable};

use super::chunk::{Chunk, Stored};
use super::codec::Damaged;
use super::error::Fault;

/// Reads one event and gives it to `act`.
pub(crate) fn with_event<T>(
    events: &impl ReadableTable<u64, &'static [u8]>,
    sequence: u64,
    act: impl FnOnce(Stored<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let (first, chunk) = chunk_of(events, sequence)?.ok_or(Damaged)?;
    let chunk = Chunk::read(chunk.value())?;
    let index = usize::try_from(sequence - first).map_err(|_| Damaged)?;
    act(chunk.get(index).ok_or(Damaged)??)
}

/// Reads one event and gives it to `act`; none when it was deleted.
pub(crate) fn with_event_if_there<T>(
    events: &impl ReadableTable<u64, &'static [u8]>,
    sequence: u64,
    act: impl FnOnce(Stored<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    // The log is deleted from its beginning on.
    match events.first()? {
        Some((first, _)) if first.value() <= sequence => {
            with_event(events, sequence, act).map(Some)
        }
        _ => Ok(None),
    }
}

/// Reads the events of a range in order and gives each with its number to `act`, until that says
/// no.
pub(crate) fn scan(
    events: &impl ReadableTable<u64, &'static [u8]>,
    range: RangeInclusive<u64>,
    mut act: impl FnMut(u64, Stored<'_>) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let start = match chunk_of(events, *range.start())? {
        Some((first, _)) => first,
        None => *range.start(),
    };
    for entry in events.range(start..=*range.end())? {
        let (first, chunk) = entry?;
        let chunk = Chunk::read(chunk.value())?;
        for (index, sequence) in (0..chunk.len()).zip(first.value()..) {
            if range.contains(&sequence) {
                let stored = chunk.get(index).ok_or(Damaged)??;
                if !act(sequence, stored)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The number of a chunk's first event, and its bytes.
type Place<'a> = (u64, AccessGuard<'a, &'static [u8]>);

/// The chunk that a sequence number falls into.
fn chunk_of<'a>(
    events: &'a impl ReadableTable<u64, &'static [u8]>,
    sequence: u64,
) -> Result<Option<Place<'a>>, Fault> {
    let last = events.range(..=sequence)?.next_back().transpose()?;
    Ok(last.map(|(first, chunk)| (first.value(), chunk)))
}
