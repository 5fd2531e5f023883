//! Delivering an open page, and sealing it.

use super::Bus;
use super::page_work::PageWork;
use super::sort::slots;
use crate::time::after;
use crate::{Deliveries, Ledger, OpenPage, Ports, StoreError};
use eventyard_rules::TargetName;
use std::collections::BTreeSet;
use std::fmt;

/// A page that is sealed, or was taken over by another worker that seals it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageReport {
    /// Targets that have new waiting deliveries: their workers have something to do.
    pub waiting: BTreeSet<TargetName>,
}

/// A page that could not be sealed because the store failed, with all that was done for it: given to
/// [`Bus::resume`] nothing is sent twice. Dropped, it is delivered again when its lease is over.
#[derive(Debug)]
pub struct Unsealed {
    page: OpenPage,
    /// What is to be written; none when nothing was sent yet.
    work: Option<PageWork>,
    error: StoreError,
}

impl Unsealed {
    /// What the store said.
    #[must_use]
    pub fn error(&self) -> &StoreError {
        &self.error
    }
}

impl fmt::Display for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} is not sealed: {}", self.page.claim.page, self.error)
    }
}

impl std::error::Error for Unsealed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl<P: Ports> Bus<P> {
    /// Delivers an open page by its stored plans and seals it.
    ///
    /// First the items of all that is not sent now are recorded; then each inline target gets its
    /// deliveries in one call, in log order, all targets at the same time; then the items of what failed are
    /// recorded, and the page is sealed.
    ///
    /// A page that has waited long for this call gets a new lease first; one that was taken over
    /// meanwhile is left to its new owner. Pages with groups are delivered one after the other, in the order
    /// of their numbers, by who wants the order of groups kept.
    ///
    /// # Errors
    /// [`Unsealed`]: the store failed, the page is open; give it to [`resume`](Self::resume), after a while.
    pub async fn deliver(&self, page: OpenPage) -> Result<PageReport, Box<Unsealed>> {
        let first_look = page.claim.attempt == 1;
        self.run(page, first_look).await
    }

    /// Goes on with a page where the store failed.
    ///
    /// # Errors
    /// As [`deliver`](Self::deliver).
    pub async fn resume(&self, unsealed: Unsealed) -> Result<PageReport, Box<Unsealed>> {
        match unsealed.work {
            Some(work) => self.seal(unsealed.page, work).await,
            // Some of its items may be recorded, and be on their way already.
            None => self.run(unsealed.page, false).await,
        }
    }

    async fn run(&self, page: OpenPage, first_look: bool) -> Result<PageReport, Box<Unsealed>> {
        let sent = match self.keep(&page).await {
            Ok(()) => self.send_page(&page, first_look).await,
            // Whoever took the page over sends and seals it.
            Err(StoreError::Fenced { .. }) => return Ok(PageReport::default()),
            Err(error) => Err(error),
        };
        match sent {
            Ok(work) => self.seal(page, work).await,
            Err(error) => Err(Box::new(Unsealed { page, work: None, error })),
        }
    }

    /// Renews the lease of a page that has waited for its delivery for more than half of it.
    ///
    /// INVARIANT (page-lease): a page is only sent by who holds its lease, and with half of it left,
    /// so that two workers never send it at the same time.
    async fn keep(&self, page: &OpenPage) -> Result<(), StoreError> {
        let lease = self.page_lease();
        let accepted_at = page.events.first().map(|event| event.accepted_at);
        let half = accepted_at.map(|at| after(at, self.settings.page_lease / 2));
        // A page that was taken over is delivered at once.
        if page.claim.attempt > 1 || half.is_none_or(|half| lease.now <= half) {
            return Ok(());
        }
        self.ports.ledger().renew(&page.claim, lease).await
    }

    async fn send_page(&self, page: &OpenPage, first_look: bool) -> Result<PageWork, StoreError> {
        let (mut work, outbox) = self.sort(|| slots(page), first_look).await?;
        self.record(&mut work).await?;
        for shipped in self.ship(outbox).await {
            let now = self.now();
            work.sent(shipped, now);
        }
        Ok(work)
    }

    async fn seal(&self, page: OpenPage, mut work: PageWork) -> Result<PageReport, Box<Unsealed>> {
        if let Err(error) = self.write(&page, &mut work).await {
            return Err(Box::new(Unsealed { page, work: Some(work), error }));
        }
        Ok(PageReport { waiting: work.waiting })
    }

    async fn write(&self, page: &OpenPage, work: &mut PageWork) -> Result<(), StoreError> {
        self.record(work).await?;
        let ledger = self.ports.ledger();
        match ledger.seal(&page.claim, &work.outcomes, self.now()).await {
            // Whoever took the page over seals it.
            Err(StoreError::Fenced { .. }) => Ok(()),
            result => result,
        }
    }

    /// Records the items so far, and tells of them once they are.
    pub(super) async fn record(&self, work: &mut PageWork) -> Result<(), StoreError> {
        if !work.items.is_empty() {
            self.ports.deliveries().record(work.items.clone()).await?;
            work.items.clear();
        }
        work.told.drain(..).for_each(|what| self.observe(what));
        Ok(())
    }
}
