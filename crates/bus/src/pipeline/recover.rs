//! Finishing what a crash left open.

use super::{Bus, PageReport, Unsealed};
use crate::{Ledger, Ports, StoreError, What};

/// Why a recovery stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// No page could be taken over; nothing is lost, recover again after a while.
    #[error("no page can be taken over")]
    TakeOver(#[source] StoreError),
    /// A page was taken over and not sealed: give it to [`Bus::resume`], or leave it to a later
    /// recovery.
    #[error("a page that was taken over is not sealed")]
    Unsealed(#[source] Box<Unsealed>),
}

impl<P: Ports> Bus<P> {
    /// Takes over every open page whose lease is over, oldest first, and delivers it by its stored
    /// plan, until there is none left. At start, and again every now and then.
    ///
    /// # Errors
    /// The store failed; the pages before are sealed.
    pub async fn recover(&self) -> Result<PageReport, RecoverError> {
        let mut report = PageReport::default();
        while let Some(sealed) = self.recover_page().await? {
            report.waiting.extend(sealed.waiting);
        }
        Ok(report)
    }

    /// Takes over the oldest open page whose lease is over and delivers it; none when there is none
    /// left. For a worker that looks at its deadline between pages.
    ///
    /// # Errors
    /// The store failed; nothing is lost.
    pub async fn recover_page(&self) -> Result<Option<PageReport>, RecoverError> {
        let lease = self.page_lease();
        let taken = self.ports.ledger().take_over(lease).await.map_err(RecoverError::TakeOver)?;
        let Some(page) = taken else { return Ok(None) };
        let (number, attempt) = (page.claim.page, page.claim.attempt);
        self.observe(What::TakenOver { page: number, attempt });
        let sealed = self.deliver(page).await.map_err(RecoverError::Unsealed)?;
        Ok(Some(sealed))
    }
}
