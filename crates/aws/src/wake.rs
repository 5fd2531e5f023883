//! Waking the workers of targets: what a store asks for when an item waits.

use eventyard_bus::DeliveryKey;
use eventyard_rules::TargetName;
use futures::future::BoxFuture;
use jiff::Timestamp;

/// A delivery that is to be attempted at its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeUp {
    /// Whose worker is woken.
    pub target: TargetName,
    /// The delivery.
    pub key: DeliveryKey,
    /// From when on it may be attempted.
    pub due: Timestamp,
}

/// Wakes the workers of targets when their deliveries are due.
pub trait Wake: Send + Sync {
    /// Asks for these wake-ups, after the items are stored. It does not fail: a wake-up that is lost costs
    /// time, since the sweeper wakes what is overdue.
    fn wake(&self, wake_ups: Vec<WakeUp>) -> BoxFuture<'_, ()>;

    /// Asks the workers of these targets to look at what is due. It does not fail, for the same reason.
    fn wake_targets(&self, targets: Vec<TargetName>) -> BoxFuture<'_, ()>;
}

/// Wakes nobody: for who looks at the due items itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWake;

impl Wake for NoWake {
    fn wake(&self, _: Vec<WakeUp>) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn wake_targets(&self, _: Vec<TargetName>) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
