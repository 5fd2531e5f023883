//! How far long-lived readers have come: subscriptions and replays, by name.

use super::StoreError;
use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;

/// Keeps a small text for each name, written only by who saw the last one: of two readers of one name,
/// the one that was overtaken learns it with its next write.
pub trait Checkpoints: Send + Sync {
    /// What is kept under a name; nothing, at revision 0, when it was never written or was removed.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn checkpoint(
        &self,
        name: &CheckpointName,
    ) -> impl Future<Output = Result<Checkpoint, StoreError>> + Send;

    /// Writes a text, which is not empty, durable when it returns, if the revision is still `expected`, and answers whether
    /// it did; it has the revision after `expected` then. A removed name keeps counting its revisions.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; [`checkpoint`](Self::checkpoint) says.
    fn put_checkpoint(
        &self,
        name: &CheckpointName,
        text: Option<&str>,
        expected: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The names whose texts begin with `prefix` and that have a text, in their order.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn checkpoints(
        &self,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<CheckpointName>, StoreError>> + Send;
}

/// What is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// The text; none when nothing is kept.
    pub text: Option<String>,
    /// 0 when it was never written; one more with every write.
    pub revision: u64,
}

/// The name of a checkpoint: 1 to 128 of `a`-`z`, `A`-`Z`, `0`-`9`, `-`, `_`, `.`, `:` and `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointName(Arc<str>);

/// A text that is no name of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 128 characters of `a`-`z`, `A`-`Z`, `0`-`9`, `-`, `_`, `.`, `:` and `/`")]
pub struct InvalidCheckpointName;

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 128;

impl CheckpointName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CheckpointName {
    type Err = InvalidCheckpointName;

    fn from_str(text: &str) -> Result<Self, InvalidCheckpointName> {
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-_.:/".contains(&c);
        let is_name = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits);
        is_name.then(|| Self(text.into())).ok_or(InvalidCheckpointName)
    }
}

impl fmt::Display for CheckpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
