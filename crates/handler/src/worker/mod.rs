//! What is done with a service: messages in, verdicts out.
//!
//! ```text
//! payload ─shape─▶ messages ─decode─▶ events ─listen─▶ work ─begin─▶ handler ─commit─▶ publish
//! ```

mod attempt;
mod counts;
mod decode;
mod operate;
mod payload;
mod reading;
mod sqs;

pub use counts::Counts;
pub use operate::RedriveError;
pub use payload::{Answer, Failed};
pub(crate) use reading::Reading;

use crate::{Journal, Publisher, Service, ServiceError};
use counts::Counters;
use eventyard_bus::{Cause, Clock};
use eventyard_event::DeliveryId;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A service with its journal, its way to the bus, and a clock.
///
/// Any of its futures may be dropped at any await, as a crash would: what was begun then is begun again when
/// its lease is over.
pub struct Worker<J, P> {
    service: Service,
    journal: Arc<J>,
    publisher: P,
    clock: Arc<dyn Clock>,
    counters: Counters,
}

/// One message of a source.
#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    /// The transport's id.
    id: Option<&'a str>,
    body: &'a [u8],
    /// The delivery and the hops that the transport carried beside the body.
    delivery: Option<DeliveryId>,
    hops: u32,
}

/// Why a message is to come again.
#[derive(Debug, Clone)]
struct Back(Cause);

/// The time that is left for one attempt.
#[derive(Debug, Clone, Copy)]
struct Budget {
    now: Timestamp,
    left: Duration,
}

/// A lease outlives the attempt it is for by this much, for the last write.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// Puts a service together.
    ///
    /// # Errors
    /// [`ServiceError`]: names that cannot be told apart in the journal.
    pub fn new(
        service: Service,
        journal: J,
        publisher: P,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServiceError> {
        service.check()?;
        let counters = Counters::default();
        Ok(Self { service, journal: Arc::new(journal), publisher, clock, counters })
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// What happened so far in this process.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// What is left until the deadline, none when it is over.
    fn budget(&self, deadline: Instant) -> Result<Budget, Back> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Back(Cause::new("NoTime", "there is no time left for the message")));
        }
        Ok(Budget { now: self.clock.now(), left })
    }
}

impl Budget {
    fn lease(self) -> eventyard_bus::Lease {
        eventyard_bus::Lease { now: self.now, until: after(self.now, self.left + LEASE_MARGIN) }
    }
}

fn after(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}
