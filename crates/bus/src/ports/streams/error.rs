//! Why nothing was appended, or no snapshot was kept.

use super::{Expected, SNAPSHOT_BYTES_MAX};
use crate::StoreError;

/// Why nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The stream is not as expected.
    #[error("the stream is at version {actual}, and {expected} was expected")]
    Conflict {
        /// What was expected.
        expected: Expected,
        /// The stream's last version; 0 when there is no such stream.
        actual: u64,
    },
    /// An append takes one event at least, and not more than one transaction does.
    #[error("an append takes 1 to {max} events, not {given}")]
    Length {
        /// Events given.
        given: usize,
        /// Events at most.
        max: usize,
    },
    /// Two events of the append have the same source and id.
    #[error("two events have the same source and the id `{id}`")]
    Repeated {
        /// Their id.
        id: String,
    },
    /// An event of the append stands in the stream, and what else was appended with it, or what it holds, is
    /// not the same. Found among as many of the last versions as there are events in the append.
    #[error(
        "version {version} is an event of the same source and id already, in another append or with other contents"
    )]
    Known {
        /// The version that it stands under.
        version: u64,
    },
    /// The store failed. Whether it was appended is not known; the same append again is safe.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why no snapshot was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// A snapshot is of a version that the stream has.
    #[error("a snapshot is of a version from 1 to the stream's last, {last}, not of {version}")]
    Version {
        /// The version given.
        version: u64,
        /// The stream's last version; 0 when there is no such stream.
        last: u64,
    },
    /// It is too long, or empty, which a table may not take.
    #[error("a snapshot has 1 to {SNAPSHOT_BYTES_MAX} bytes, not {bytes}")]
    Length {
        /// Bytes given.
        bytes: usize,
    },
    /// The store failed. Whether it was kept is not known; the same again is safe.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SnapshotError {
    /// Nothing, if a snapshot of so many bytes may be kept for a version of a stream whose last is `last`.
    ///
    /// # Errors
    /// [`Version`](Self::Version), [`Length`](Self::Length).
    pub fn check(version: u64, last: u64, bytes: usize) -> Result<(), Self> {
        if !(1..=SNAPSHOT_BYTES_MAX).contains(&bytes) {
            return Err(Self::Length { bytes });
        }
        let is_there = (1..=last).contains(&version);
        if is_there { Ok(()) } else { Err(Self::Version { version, last }) }
    }
}

/// A text that says nothing that can be expected of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is expected of a stream is `any`, `none`, or its last version such as `7`")]
pub struct InvalidExpected;
