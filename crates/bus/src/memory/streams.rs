//! Streams in memory.

use super::MemoryStore;
use crate::StoreError;
use crate::ports::{
    APPEND_EVENTS_MAX, AppendError, Appended, Decision, Direction, Expected, Mark, Snapshot,
    SnapshotError, StreamEvent, StreamName, Streams, decide,
};
use eventyard_event::Event;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One stream: its events in order, from version 1.
#[derive(Debug, Default)]
pub(super) struct Stream {
    events: Vec<StreamEvent>,
    snapshots: BTreeMap<u64, Snapshot>,
    listed: u64,
}

impl Stream {
    fn last(&self) -> u64 {
        self.events.last().map_or(0, |event| event.version)
    }

    fn mark(&self, version: u64) -> Result<Mark, StoreError> {
        let place = usize::try_from(version.saturating_sub(1)).ok();
        let event = place.and_then(|place| self.events.get(place));
        let event = event.ok_or_else(|| StoreError::unavailable("a version is not there"))?;
        Ok((event.event.identity(), event.event.digest()))
    }

    fn append(&mut self, after: u64, events: &[Event], now: Timestamp) -> Appended {
        let versions = after.saturating_add(1)..;
        let new = versions.zip(events).map(|(version, event)| {
            let event = event.clone();
            StreamEvent { version, event, appended_at: now }
        });
        self.events.extend(new);
        Appended::behind(after, events.len())
    }
}

impl Streams for MemoryStore {
    fn append_events_max(&self) -> usize {
        APPEND_EVENTS_MAX
    }

    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Appended, AppendError> {
        let mut state = self.state();
        let known = state.streams.entry(stream.clone()).or_default();
        let last = known.last();
        match decide(expected, last, events, APPEND_EVENTS_MAX, |version| known.mark(version))? {
            Decision::Behind(last) => Ok(known.append(last, events, now)),
            Decision::Done(appended) => Ok(appended),
            Decision::Refused(error) => Err(error),
        }
    }

    async fn read(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StreamEvent>, StoreError> {
        let state = self.state();
        let events = state.streams.get(stream).into_iter().flat_map(|stream| &stream.events);
        Ok(match direction {
            Direction::Forwards => {
                events.filter(|event| event.version >= from).take(limit).cloned().collect()
            }
            Direction::Backwards => {
                let mut events: Vec<_> = events.filter(|event| event.version <= from).collect();
                events.reverse();
                events.into_iter().take(limit).cloned().collect()
            }
        })
    }

    async fn last_version(&self, stream: &StreamName) -> Result<u64, StoreError> {
        Ok(self.state().streams.get(stream).map_or(0, Stream::last))
    }

    async fn put_snapshot(
        &self,
        stream: &StreamName,
        version: u64,
        state: &[u8],
        now: Timestamp,
    ) -> Result<(), SnapshotError> {
        let mut kept = self.state();
        let last = kept.streams.get(stream).map_or(0, Stream::last);
        SnapshotError::check(version, last, state.len())?;
        let snapshot = Snapshot { version, state: state.to_vec(), taken_at: now };
        let stream = kept.streams.entry(stream.clone()).or_default();
        stream.snapshots.insert(version, snapshot);
        Ok(())
    }

    async fn snapshot(&self, stream: &StreamName) -> Result<Option<Snapshot>, StoreError> {
        let state = self.state();
        let newest = state.streams.get(stream).and_then(|s| s.snapshots.last_key_value());
        Ok(newest.map(|(_, snapshot)| snapshot.clone()))
    }

    async fn listed(&self, stream: &StreamName) -> Result<u64, StoreError> {
        Ok(self.state().streams.get(stream).map_or(0, |stream| stream.listed))
    }

    async fn advance_listed(
        &self,
        stream: &StreamName,
        from: u64,
        to: u64,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let stream = state.streams.entry(stream.clone()).or_default();
        let current = stream.listed == from;
        if current {
            stream.listed = to;
        }
        Ok(current)
    }
}
