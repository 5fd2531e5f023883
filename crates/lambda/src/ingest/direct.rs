//! Asynchronous invocations: an SNS subscription, an EventBridge rule, or anybody's `Invoke`.
//!
//! Lambda tries an invocation that failed twice more and then gives it to the function's on-failure
//! destination, which is the ingest queue: its record holds the payload, and `decode` knows it
//! ([asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)).

use super::{Message, Source, Verdict, take};
use eventyard_bus::{Bus, Ports};
use eventyard_event::Limits;
use tokio::time::Instant;

/// An invocation of which something could not be stored: Lambda is to try it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the events of this invocation are not stored; Lambda tries again")]
pub struct NotStored;

/// Takes the payload of one invocation, whatever events it holds.
///
/// # Errors
/// [`NotStored`]: what of it was stored is a duplicate the next time.
pub async fn invocation<P: Ports>(
    bus: &Bus<P>,
    message: Message<'_>,
    via: &str,
    limits: &Limits,
    deadline: Instant,
) -> Result<(), NotStored> {
    let source = Source { via, order: None, deadline };
    match take(bus, &[message], &source, limits).await.as_slice() {
        [Verdict::Done] => Ok(()),
        _ => Err(NotStored),
    }
}
