//! The breakers of targets, where several workers share them.

use super::StoreError;
use crate::breaker::Breaker;
use eventyard_rules::TargetName;
use std::future::Future;

/// A breaker as it is kept: with the number of times it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptBreaker {
    /// Where it stands.
    pub breaker: Breaker,
    /// 0 when it was never written; one more with every write.
    pub revision: u64,
}

/// Keeps the breakers of all targets, so that a target which fails for one worker is left alone by all,
/// and probed by one.
///
/// A target that never failed is not kept: it is closed, at revision 0.
pub trait Breakers: Send + Sync {
    /// Every breaker that was ever written, in order of the targets' names.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn all(
        &self,
    ) -> impl Future<Output = Result<Vec<(TargetName, KeptBreaker)>, StoreError>> + Send;

    /// The breaker of a target as it is now; closed, at revision 0, when it was never written.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn get(
        &self,
        target: &TargetName,
    ) -> impl Future<Output = Result<KeptBreaker, StoreError>> + Send;

    /// Writes a breaker if its revision is still `expected`, and answers whether it did; it has the
    /// revision after `expected` then.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; [`get`](Self::get) says.
    fn put(
        &self,
        target: &TargetName,
        breaker: &Breaker,
        expected: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
