//! Snapshots of streams, each under its version; the newest is the last of them.

use eventyard_bus::{Snapshot, SnapshotError, StoreError, StreamName, Streams as _};
use eventyard_event::Timestamp;

use super::body::{self, BODY, INLINE_MAX};
use super::item::Item;
use super::keys::twenty;
use super::query::Range;
use super::streams::VERSION;
use super::{DynamoStore, time};

const PREFIX: &str = "SNAP#";
const TAKEN: &str = "t";

impl DynamoStore {
    /// Keeps a snapshot. A stream's last version only rises, so what was read of it still holds.
    pub(super) async fn keep_snapshot(
        &self,
        stream: &StreamName,
        version: u64,
        state: &[u8],
        now: Timestamp,
    ) -> Result<(), SnapshotError> {
        SnapshotError::check(version, self.last_version(stream).await?, state.len())?;
        let key = self.stream_key(stream, &format!("{PREFIX}{}", twenty(version)));
        let item =
            Item::new(&key).with_number(VERSION, version).with_number(TAKEN, time::number(now));
        let packed = BODY.pack(item, state.to_vec(), INLINE_MAX)?;
        body::write(self.table(), packed.chunks).await?;
        Ok(self.table().put(packed.item).await?)
    }

    pub(super) async fn newest_snapshot(
        &self,
        stream: &StreamName,
    ) -> Result<Option<Snapshot>, StoreError> {
        let pk = self.keys().stream(stream.as_str());
        let query = self.table().query(&pk, Range::Prefix(PREFIX.to_owned()));
        let Some(item) = query.backwards().by(1).walk().next().await? else { return Ok(None) };
        let state = BODY.unpack(self.table(), &item).await?.ok_or_else(|| item.corrupt("b"))?;
        let taken_at = time::time(&item, TAKEN)?;
        Ok(Some(Snapshot { version: item.number(VERSION)?, state, taken_at }))
    }
}
