//! The store as the ledger.

use std::sync::Arc;

use eventyard_bus::{
    Accept, Accepted, Lease, Ledger, OpenPage, PageClaim, PageNumber, Sealed, StoreError,
    StoredEvent,
};
use eventyard_event::{Identity, Timestamp};

use super::expression::Change;
use super::{DynamoStore, event_item, page_item, time};
use crate::crash;

impl Ledger for DynamoStore {
    const PAGE_EVENTS_MAX: usize = 100;

    async fn accept(&self, batch: Vec<Accept>, lease: Lease) -> Result<Accepted, StoreError> {
        let (given, max) = (batch.len(), Self::PAGE_EVENTS_MAX);
        if given > max {
            return Err(StoreError::BatchTooLong { given, max });
        }
        self.accept_batch(batch, lease).await
    }

    async fn seal(
        &self,
        claim: &PageClaim,
        outcomes: &[Sealed],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        crash::point("before-seal");
        let key = self.keys().page(claim.page);
        let seal = page_item::seal(outcomes, now);
        let sealed = self.table().update_if(&key, seal, &page_item::is_held(claim)).await?;
        if sealed.is_none() && !self.is_sealed_by(claim).await? {
            return Err(StoreError::Fenced { claim: *claim });
        }
        crash::point("sealed");
        Ok(())
    }

    async fn take_over(&self, lease: Lease) -> Result<Option<OpenPage>, StoreError> {
        self.take_over_oldest(lease).await
    }

    async fn renew(&self, claim: &PageClaim, lease: Lease) -> Result<(), StoreError> {
        let key = self.keys().page(claim.page);
        let change = Change::new("SET u = :u").with(":u", time::number(lease.until));
        match self.table().update_if(&key, change, &page_item::is_held(claim)).await? {
            Some(_) => Ok(()),
            None => Err(StoreError::Fenced { claim: *claim }),
        }
    }

    async fn is_open(&self, identity: &Identity) -> Result<bool, StoreError> {
        let Some(event) = self.table().get(&self.keys().event(identity)).await? else {
            return Ok(false);
        };
        self.is_page_open(event_item::page(&event)?).await
    }

    async fn event(&self, identity: &Identity) -> Result<Option<Arc<StoredEvent>>, StoreError> {
        let item = self.table().get(&self.keys().event(identity)).await?;
        let Some(item) = item else { return Ok(None) };
        if time::is_expired(&item, Timestamp::now())? {
            return Ok(None);
        }
        event_item::read(self.table(), &item).await.map(Some)
    }
}

impl DynamoStore {
    /// Whether a page was sealed under this very claim: a seal that is given again.
    async fn is_sealed_by(&self, claim: &PageClaim) -> Result<bool, StoreError> {
        let item = self.table().get(&self.keys().page(claim.page)).await?;
        let page = item.as_ref().map(page_item::read).transpose()?;
        Ok(page.is_some_and(|page| page.until.is_none() && page.attempt == claim.attempt))
    }

    /// Whether a page is there and not sealed.
    pub(super) async fn is_page_open(&self, page: PageNumber) -> Result<bool, StoreError> {
        let page = self.table().get(&self.keys().page(page)).await?;
        Ok(page.is_some_and(|page| page.has(page_item::UNTIL)))
    }
}
