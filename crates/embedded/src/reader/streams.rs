//! The events of one stream.

use eventyard_bus::{Direction, StreamEvent, StreamName};
use redb::{ReadTransaction, TableError};

use super::source::Steps;
use crate::store::{Fault, format, stream_log};

/// Events that one step reads.
const STEP_EVENTS: usize = 1000;

/// Reads a stream from a version on.
pub(super) struct StreamSteps {
    stream: StreamName,
    direction: Direction,
    /// The next version to read; none behind the last.
    next: Option<u64>,
}

impl StreamSteps {
    pub fn new(stream: StreamName, from: u64, direction: Direction) -> Self {
        Self { stream, direction, next: Some(from) }
    }
}

impl Steps for StreamSteps {
    type Item = StreamEvent;

    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<StreamEvent>, Fault> {
        let Some(from) = self.next else { return Ok(Vec::new()) };
        let events = match read.open_table(format::STREAM_EVENTS) {
            Ok(events) => events,
            // No writer that knows of streams has opened it yet.
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let name = self.stream.as_str();
        let piece = stream_log::piece(&events, name, from, self.direction, STEP_EVENTS)?;
        self.next = stream_log::next(&piece, self.direction);
        piece.iter().map(stream_log::read).collect()
    }
}
