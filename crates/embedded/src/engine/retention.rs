//! The log is kept as long as the rules say: `bus.retention` of the rules in force.
//!
//! What is over is hidden as soon as the store knows the retention, at the start and after each reload; it is
//! deleted now and then.

use super::{EmbeddedBus, Stop};
use eventyard_bus::{Clock as _, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often what is over is deleted.
const EVERY: Duration = Duration::from_secs(600);

/// Tells the store the retention and deletes what is over, until the bus stops.
pub(crate) async fn run(bus: Arc<EmbeddedBus>, mut reloaded: watch::Receiver<()>, mut stop: Stop) {
    while !stop.is_requested() {
        if let Err(error) = keep(&bus, &stop).await {
            tracing::warn!(%error, "what was kept long enough is not deleted yet");
        }
        tokio::select! {
            () = stop.requested() => return,
            changed = reloaded.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn keep(bus: &EmbeddedBus, stop: &Stop) -> Result<(), StoreError> {
    let (store, clock) = (&bus.ports().store, &bus.ports().clock);
    store.keep_for(Some(bus.rules().bus.retention)).await?;
    let mut pages = 0;
    while !stop.is_requested() {
        match store.delete_ended(clock.now()).await? {
            0 => break,
            some => pages += some,
        }
    }
    if pages > 0 {
        tracing::info!(pages, "pages of the log were kept long enough and are deleted");
    }
    Ok(())
}
