//! The wish that the bus stops, as everyone hears it.

use tokio::sync::watch;

/// Says that the bus is to stop; when it is dropped, that counts as well.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Hears it.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// A pair of them.
pub(crate) fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Tells everyone, once and for all.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether it was said.
    pub(crate) fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until it is said.
    pub(crate) async fn requested(&mut self) {
        // An error means that the stopper is gone, and with it the bus.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
