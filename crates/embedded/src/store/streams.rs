//! The store as the keeper of streams.

use eventyard_bus::ports::APPEND_EVENTS_MAX;
use eventyard_bus::{
    AppendError, Appended, Direction, Expected, Snapshot, SnapshotError, StoreError, StreamEvent,
    StreamName, Streams,
};
use eventyard_event::{Event, Timestamp};

use super::stream_log::{self, Raw};
use super::transaction::Transaction;
use super::{Promise, Store};

impl Streams for Store {
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
        let (name, events, max) = (stream.clone(), events.to_vec(), self.append_events_max());
        let records: Vec<_> = events.iter().map(|event| stream_log::record(event, now)).collect();
        let bytes = records.iter().map(Vec::len).sum();
        let work = move |tables: &mut Transaction<'_>| {
            stream_log::append(tables, name.as_str(), expected, &events, &records, max)
        };
        let appended = self.call(Promise::Durable, bytes, work).await.map_err(StoreError::from)?;
        if appended.is_ok() {
            self.news().notify_one();
        }
        appended
    }

    async fn read(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StreamEvent>, StoreError> {
        let (mut events, mut from) = (Vec::new(), Some(from));
        // Piece by piece, so that a long stream does not hold the writer up.
        while let Some(at) = from.filter(|_| events.len() < limit) {
            let (name, left) = (stream.clone(), limit - events.len());
            let work = move |tables: &mut Transaction<'_>| {
                stream_log::piece(&tables.stream_events, name.as_str(), at, direction, left)
            };
            let piece: Vec<Raw> = self.call(Promise::Read, 0, work).await?;
            from = stream_log::next(&piece, direction);
            for raw in &piece {
                events.push(stream_log::read(raw)?);
            }
        }
        Ok(events)
    }

    async fn last_version(&self, stream: &StreamName) -> Result<u64, StoreError> {
        Ok(self.marks(stream).await?.0)
    }

    async fn put_snapshot(
        &self,
        stream: &StreamName,
        version: u64,
        state: &[u8],
        now: Timestamp,
    ) -> Result<(), SnapshotError> {
        let (name, state) = (stream.clone(), state.to_vec());
        let bytes = state.len();
        let work = move |tables: &mut Transaction<'_>| {
            stream_log::put_snapshot(tables, name.as_str(), version, &state, now)
        };
        self.call(Promise::Durable, bytes, work).await.map_err(StoreError::from)?
    }

    async fn snapshot(&self, stream: &StreamName) -> Result<Option<Snapshot>, StoreError> {
        let name = stream.clone();
        let work = move |tables: &mut Transaction<'_>| stream_log::snapshot(tables, name.as_str());
        Ok(self.call(Promise::Read, 0, work).await?)
    }

    async fn listed(&self, stream: &StreamName) -> Result<u64, StoreError> {
        Ok(self.marks(stream).await?.1)
    }

    async fn advance_listed(
        &self,
        stream: &StreamName,
        from: u64,
        to: u64,
    ) -> Result<bool, StoreError> {
        let name = stream.clone();
        let work = move |tables: &mut Transaction<'_>| {
            stream_log::advance(tables, name.as_str(), from, to)
        };
        // What a crash forgets of it is routed again, and found to be there already.
        Ok(self.call(Promise::Relaxed, 0, work).await?)
    }
}

impl Store {
    /// Names of streams with events that were not routed, in order behind one, at most so many.
    pub(crate) async fn unlisted(
        &self,
        after: Option<&StreamName>,
        limit: usize,
    ) -> Result<Vec<StreamName>, StoreError> {
        let after = after.cloned();
        let work =
            move |tables: &mut Transaction<'_>| stream_log::unlisted(tables, after.as_ref(), limit);
        Ok(self.call(Promise::Read, 0, work).await?)
    }

    async fn marks(&self, stream: &StreamName) -> Result<(u64, u64), StoreError> {
        let name = stream.clone();
        let work =
            move |tables: &mut Transaction<'_>| stream_log::marks(&tables.streams, name.as_str());
        Ok(self.call(Promise::Read, 0, work).await?)
    }
}
