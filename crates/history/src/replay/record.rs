//! The record of a replay, kept as a checkpoint.

use eventyard_bus::{Checkpoints, Cursor, ReplayCounts, ReplayName, Replayed, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ReplayAsk, ReplayError};
use crate::record::{self, Kept, Record};

/// Where a replay stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayRecord {
    /// What was asked for; times as they were given.
    pub ask: ReplayAsk,
    /// The rules by which it is planned, decided when it started.
    pub replayed: Replayed,
    /// The next event to read.
    pub cursor: Cursor,
    /// Behind the last event: where the log ended when it started.
    pub end: Cursor,
    /// What became of it.
    pub state: ReplayState,
    /// What it came to so far.
    pub counts: ReplayCounts,
    /// When it was started.
    pub started_at: Timestamp,
    /// When its record was written last.
    pub written_at: Timestamp,
}

/// What became of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplayState {
    /// It goes on, as soon as a worker is there.
    Running,
    /// A person stopped it; it can go on.
    Paused,
    /// It is over.
    Done,
}

impl Record for ReplayRecord {
    const PREFIX: &'static str = "replay/";

    fn name(&self) -> &str {
        self.ask.name.as_str()
    }
}

/// A replay of this name.
///
/// # Errors
/// [`ReplayError::Unknown`], and when the store fails.
pub async fn read(
    checkpoints: &impl Checkpoints,
    name: &ReplayName,
) -> Result<ReplayRecord, ReplayError> {
    Ok(kept(checkpoints, name).await?.record)
}

/// All replays, in the order of their names.
///
/// # Errors
/// The store failed.
pub async fn list(checkpoints: &impl Checkpoints) -> Result<Vec<ReplayRecord>, StoreError> {
    record::all(checkpoints).await
}

/// Stops a replay behind the page that it is at. One that is over stays so.
///
/// # Errors
/// [`ReplayError::Unknown`], and when the store fails.
pub async fn pause(
    checkpoints: &impl Checkpoints,
    name: &ReplayName,
    now: Timestamp,
) -> Result<ReplayRecord, ReplayError> {
    turn(checkpoints, name, ReplayState::Paused, now).await
}

/// Lets a replay go on, after it was paused or its worker was lost. One that is over stays so.
///
/// # Errors
/// [`ReplayError::Unknown`], and when the store fails.
pub async fn resume(
    checkpoints: &impl Checkpoints,
    name: &ReplayName,
    now: Timestamp,
) -> Result<ReplayRecord, ReplayError> {
    turn(checkpoints, name, ReplayState::Running, now).await
}

async fn turn(
    checkpoints: &impl Checkpoints,
    name: &ReplayName,
    state: ReplayState,
    now: Timestamp,
) -> Result<ReplayRecord, ReplayError> {
    // A worker that writes its progress meanwhile is read again.
    loop {
        let Kept { mut record, revision } = kept(checkpoints, name).await?;
        if record.state == ReplayState::Done {
            return Ok(record);
        }
        (record.state, record.written_at) = (state, now);
        if record::write(checkpoints, &record, revision).await? {
            return Ok(record);
        }
    }
}

pub(super) async fn kept(
    checkpoints: &impl Checkpoints,
    name: &ReplayName,
) -> Result<Kept<ReplayRecord>, ReplayError> {
    let (kept, _) = record::look(checkpoints, name.as_str()).await?;
    kept.ok_or_else(|| ReplayError::Unknown(name.clone()))
}
