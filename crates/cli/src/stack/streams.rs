//! Streams of a bus on AWS.

use std::sync::Arc;

use anyhow::Result;
use eventyard_aws::NoWake;
use eventyard_aws::store::DynamoStore;
use eventyard_bus::{AppendError, Appended, Direction, Expected, StreamName, Streams as _};
use eventyard_event::Event;
use jiff::Timestamp;

use crate::place::StackPlace;

/// Events that are read at once.
const PIECE_EVENTS: usize = 100;

/// Appends events to a stream; the functions of the stack route them.
///
/// # Errors
/// When AWS does not answer or denies it: it may have been appended, and the same again is safe.
pub async fn append(
    place: &StackPlace,
    stream: &StreamName,
    expected: Expected,
    events: &[Event],
) -> Result<std::result::Result<Appended, AppendError>> {
    let stack = super::stack(&place.name).await?;
    let store = super::store(&stack, &place.bus, Arc::new(NoWake));
    match store.append(stream, expected, events, Timestamp::now()).await {
        Err(AppendError::Store(error)) => Err(super::remote(error.into(), place)),
        answer => Ok(answer),
    }
}

/// Hands each event of a stream to `each`, piece by piece.
pub(super) async fn read(
    store: &DynamoStore,
    stream: &StreamName,
    mut from: u64,
    direction: Direction,
    limit: Option<usize>,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut left = limit.unwrap_or(usize::MAX);
    loop {
        let wanted = left.min(PIECE_EVENTS);
        let piece = store.read(stream, from, direction, wanted).await?;
        piece.iter().try_for_each(|event| each(&event.line()))?;
        left -= piece.len();
        let Some(last) = piece.last().filter(|_| piece.len() == wanted && left > 0) else {
            return Ok(());
        };
        from = match direction {
            Direction::Forwards => last.version.saturating_add(1),
            Direction::Backwards => last.version.saturating_sub(1),
        };
    }
}
