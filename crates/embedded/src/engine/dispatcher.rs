//! Delivers pages, one after the other in the order in which they were accepted.
//!
//! Pages that an earlier process left open come first. What a page does not deliver at once becomes
//! delivery items; their workers are woken by the stages that tell of them.

use super::{EmbeddedBus, Stop};
use eventyard_bus::{OpenPage, PageReport, RecoverError, Unsealed};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Runs until no more pages can come, or the bus stops while the store fails.
pub(crate) async fn run(
    bus: Arc<EmbeddedBus>,
    mut pages: mpsc::Receiver<OpenPage>,
    pause: Duration,
    mut stop: Stop,
) {
    recover(&bus, pause, &mut stop).await;
    while let Some(page) = pages.recv().await {
        seal(&bus, bus.deliver(page).await, pause, &mut stop).await;
    }
}

/// Finishes what an earlier process left open, by the stored plans.
async fn recover(bus: &EmbeddedBus, pause: Duration, stop: &mut Stop) {
    loop {
        match bus.recover().await {
            Ok(_) => return,
            Err(RecoverError::Unsealed(unsealed)) => seal(bus, Err(unsealed), pause, stop).await,
            Err(error) => {
                tracing::warn!(%error, "open pages cannot be taken over");
                if waited_for_stop(pause, stop).await {
                    return;
                }
            }
        }
    }
}

/// Goes on with a page until it is sealed, or the bus stops while the store fails: then it stays
/// open for the next start.
async fn seal(
    bus: &EmbeddedBus,
    mut outcome: Result<PageReport, Box<Unsealed>>,
    pause: Duration,
    stop: &mut Stop,
) {
    while let Err(unsealed) = outcome {
        tracing::warn!(error = %unsealed, "page stays open");
        if waited_for_stop(pause, stop).await {
            return;
        }
        outcome = bus.resume(*unsealed).await;
    }
}

/// Waits for a while; whether the bus was stopped meanwhile.
async fn waited_for_stop(pause: Duration, stop: &mut Stop) -> bool {
    tokio::time::timeout(pause, stop.requested()).await.is_ok()
}
