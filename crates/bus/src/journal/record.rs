//! The record of one piece of work, and the keys of all that belongs to it.

use crate::StoreError;
use crate::ports::{RowKey, Work};
use eventyard_event::Digest;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is known of one piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The digest of its event.
    pub digest: Digest,
    /// The attempts so far.
    pub attempt: u32,
    /// Where it stands.
    pub state: State,
}

/// Where work stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An attempt is at it until then.
    Begun { until: Timestamp, reopened: bool },
    /// It is done, and known until then.
    Done { result: String, expires_at: Timestamp },
    /// It waits for a person.
    Parked,
}

/// Stands between the parts of a key: no name holds it.
const SEPARATOR: char = '\u{1f}';

pub(super) fn record_key(work: &Work) -> String {
    work_key('R', work)
}

pub(super) fn outbox_key(work: &Work) -> String {
    work_key('O', work)
}

pub(super) fn parked_key(work: &Work) -> String {
    work_key('P', work)
}

pub(super) fn row_key(service: &str, row: &RowKey) -> String {
    let RowKey { table, key } = row;
    format!("T{SEPARATOR}{service}{SEPARATOR}{table}{SEPARATOR}{key}")
}

/// The beginning of all keys of a service under a letter.
pub(super) fn prefix(letter: char, service: &str) -> String {
    format!("{letter}{SEPARATOR}{service}{SEPARATOR}")
}

fn work_key(letter: char, work: &Work) -> String {
    let Work { service, handler, delivery } = work;
    format!("{letter}{SEPARATOR}{service}{SEPARATOR}{handler}{SEPARATOR}{delivery}")
}

pub(super) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Corrupt { reason: error.to_string() })
}

/// Reads a value; what is wrong with one that cannot be read says its key, and never what it holds.
pub(super) fn read<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let corrupt = |_| StoreError::Corrupt {
        reason: format!("journal entry `{}`", key.replace(SEPARATOR, "/")),
    };
    serde_json::from_slice(bytes).map_err(corrupt)
}
