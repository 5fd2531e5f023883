//! Records of long-lived readers, kept as checkpoints: JSON under what they are called by, written only by who saw
//! the last one.

use eventyard_bus::{CheckpointName, Checkpoints, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is kept of one reader.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// What the checkpoints of its kind begin with.
    const PREFIX: &'static str;

    /// Its name behind that.
    fn name(&self) -> &str;
}

/// A record and the revision that it was read at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept<R> {
    pub record: R,
    pub revision: u64,
}

/// What is kept under a name, and the revision that it is at, with or without a record.
pub(crate) async fn look<R: Record>(
    checkpoints: &impl Checkpoints,
    name: &str,
) -> Result<(Option<Kept<R>>, u64), StoreError> {
    let checkpoint = checkpoints.checkpoint(&key::<R>(name)?).await?;
    let revision = checkpoint.revision;
    let record = checkpoint.text.map(|text| parse(&text)).transpose()?;
    Ok((record.map(|record| Kept { record, revision }), revision))
}

/// All records of a kind, in the order of their names.
pub(crate) async fn all<R: Record>(checkpoints: &impl Checkpoints) -> Result<Vec<R>, StoreError> {
    let mut records = Vec::new();
    for name in checkpoints.checkpoints(R::PREFIX).await? {
        let text = checkpoints.checkpoint(&name).await?.text;
        records.extend(text.map(|text| parse(&text)).transpose()?);
    }
    Ok(records)
}

/// Writes a record if nobody else did since that revision; 0 for one that never was.
pub(crate) async fn write<R: Record>(
    checkpoints: &impl Checkpoints,
    record: &R,
    revision: u64,
) -> Result<bool, StoreError> {
    let text = serde_json::to_string(record).map_err(|error| damaged(&error))?;
    checkpoints.put_checkpoint(&key::<R>(record.name())?, Some(&text), revision).await
}

/// Removes what is kept under a name if nobody wrote it since that revision.
pub(crate) async fn remove<R: Record>(
    checkpoints: &impl Checkpoints,
    name: &str,
    revision: u64,
) -> Result<bool, StoreError> {
    checkpoints.put_checkpoint(&key::<R>(name)?, None, revision).await
}

fn key<R: Record>(name: &str) -> Result<CheckpointName, StoreError> {
    let reason = || format!("`{name}` cannot name a checkpoint");
    let key = format!("{}{name}", R::PREFIX).parse();
    key.map_err(|_| StoreError::Corrupt { reason: reason() })
}

fn parse<R: Record>(text: &str) -> Result<R, StoreError> {
    serde_json::from_str(text).map_err(|error| damaged(&error))
}

fn damaged(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { reason: format!("the record of a reader cannot be read: {error}") }
}
