//! Where events enter: accepted into a page, and the page handed to the dispatcher.
//!
//! The way from acceptance to dispatcher is walked by a task of its own, because the connection that
//! brought the events may be gone in between, and a page that nobody delivers would wait for the
//! next start. The channel is bounded: when delivery falls behind, who brings events waits.

use super::EmbeddedBus;
use eventyard_bus::{Accept, Acceptance, OpenPage, StoreError};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Accepts batches; a clone is another handle of the same intake.
#[derive(Clone)]
pub(crate) struct Intake {
    bus: Arc<EmbeddedBus>,
    pages: mpsc::Sender<OpenPage>,
}

/// A batch on its way into the log. It gets there whether or not somebody waits for it.
pub(crate) struct Pending(JoinHandle<Result<Vec<Acceptance>, StoreError>>);

impl Intake {
    /// An intake, and the pages that come out of it.
    pub(crate) fn new(bus: Arc<EmbeddedBus>, pages_max: usize) -> (Self, mpsc::Receiver<OpenPage>) {
        let (pages, receiver) = mpsc::channel(pages_max);
        (Self { bus, pages }, receiver)
    }

    /// Begins to accept a planned batch of at most one page.
    pub(crate) fn submit(&self, batch: Vec<Accept>) -> Pending {
        let Self { bus, pages } = self.clone();
        Pending(tokio::spawn(async move {
            let accepted = bus.accept(batch).await?;
            if let Some(page) = accepted.page {
                // Without a dispatcher the bus is stopping: the page is open, the next start has it.
                let _ = pages.send(page).await;
            }
            Ok(accepted.results)
        }))
    }
}

impl Pending {
    /// What became of each event, in the order of the batch; each accepted one is durable.
    ///
    /// # Errors
    /// The store failed: any of them may have been accepted.
    pub(crate) async fn results(self) -> Result<Vec<Acceptance>, StoreError> {
        self.0.await.unwrap_or_else(|lost| Err(StoreError::unavailable(lost.to_string())))
    }
}
