//! Several calls under way at the same time.

use std::future::Future;

use eventyard_bus::StoreError;
use futures::{StreamExt as _, TryStreamExt as _, stream};

/// Calls that one piece of work has under way at the same time.
const CALLS_AT_ONCE: usize = 10;

/// What all calls answer, in their order; the first failure ends it.
pub(super) fn all<F, T>(
    calls: impl IntoIterator<Item = F>,
) -> impl Future<Output = Result<Vec<T>, StoreError>>
where
    F: Future<Output = Result<T, StoreError>>,
{
    // Gathered before the first is begun: what makes the calls is not part of the future.
    let calls: Vec<F> = calls.into_iter().collect();
    stream::iter(calls).buffered(CALLS_AT_ONCE).try_collect()
}
