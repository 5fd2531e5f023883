//! Waiting for what is to come true: asking again, until a deadline that only a defect reaches.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long anything may take before its test fails. Machines that build other things at the same time are slow.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// The time between two questions.
pub const PAUSE: Duration = Duration::from_millis(200);

/// Asks again and again until there is an answer; an error is what was seen instead, and is told at the end.
///
/// # Panics
/// When there is none in time.
#[track_caller]
pub fn eventually<T, E: Debug>(
    what: &str,
    question: impl AsyncFnMut() -> Result<T, E>,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    within(PATIENCE, what, question, caller)
}

async fn within<T, E: Debug>(
    patience: Duration,
    what: &str,
    mut question: impl AsyncFnMut() -> Result<T, E>,
    caller: &std::panic::Location<'_>,
) -> T {
    let end = Instant::now() + patience;
    loop {
        match question().await {
            Ok(answer) => return answer,
            Err(seen) if Instant::now() >= end => {
                panic!("{what}: not within {patience:?}; seen: {seen:#?} ({caller})")
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}
