//! Sending deliveries to targets.

use super::Parcel;
use crate::Cause;
use eventyard_rules::Target;
use std::future::Future;
use std::time::Duration;

/// Sends deliveries.
pub trait Targets: Send + Sync {
    /// How deliveries reach this target: at once, or through items and a worker of its own. A target
    /// that may hang is queued, so that it delays no other.
    fn route(&self, target: &Target) -> Route;

    /// Sends parcels to one target in their order; answers one [`Sent`] for each, in the same order.
    ///
    /// It cuts batches to the target's limits, judges them entry by entry, and comes back within the
    /// target's time budget: what was not tried by then is `Retry`. Within one `planned.group` it sends
    /// nothing after a parcel that is to be sent again.
    fn send(
        &self,
        target: &Target,
        parcels: &[Parcel<'_>],
    ) -> impl Future<Output = Vec<Sent>> + Send;
}

/// How deliveries reach a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// While their page is delivered: a quick API.
    Inline,
    /// Through delivery items and the target's own worker.
    Queued,
}

/// What came of one parcel; the adapter decides it once, where the target's answer is still known.
#[must_use = "an unread answer is a lost delivery"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The target has it.
    Delivered,
    /// It failed for a passing reason, or the answer was lost: again later.
    Retry {
        /// Why.
        cause: Cause,
        /// The wait the target asks for.
        after: Option<Duration>,
    },
    /// The target denies us or does not exist: it concerns every delivery to it.
    Denied {
        /// Why.
        cause: Cause,
    },
    /// The target will never take this delivery.
    Park {
        /// Why.
        cause: Cause,
    },
}
