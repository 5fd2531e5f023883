//! What people do: redrive and discard parked deliveries; and keeping what is no event.

use super::Bus;
use crate::{Deliveries, Delivery, DeliveryKey, DeliveryRef, Ports, StoreError, Undecodable, What};

impl<P: Ports> Bus<P> {
    /// Makes a parked delivery due now: same delivery id, new budget, and `edit` as its body if given. Its
    /// target is probed at once even if its breaker is open. Wake the target's worker next.
    ///
    /// # Errors
    /// As [`Deliveries::redrive`].
    pub async fn redrive(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
    ) -> Result<Delivery, StoreError> {
        let edited = edit.is_some();
        let now = self.now();
        let item = self.ports.deliveries().redrive(key, edit, now).await?;
        self.allow_probe(&item.target, now).await;
        self.observe(What::Redriven { delivery: DeliveryRef::from(&item), edited });
        Ok(item)
    }

    /// Discards a parked delivery, for a reason that is kept.
    ///
    /// # Errors
    /// As [`Deliveries::drop`].
    pub async fn drop_parked(
        &self,
        key: &DeliveryKey,
        reason: &str,
    ) -> Result<Delivery, StoreError> {
        let item = self.ports.deliveries().drop(key, reason, self.now()).await?;
        let reason = reason.to_owned();
        self.observe(What::Dropped { delivery: DeliveryRef::from(&item), reason });
        Ok(item)
    }

    /// Keeps a message that is no event, with its bytes and the reason; durable when it returns, so
    /// that its source can be acknowledged.
    ///
    /// # Errors
    /// As [`Deliveries::park_undecodable`].
    pub async fn park_undecodable(&self, message: Undecodable) -> Result<(), StoreError> {
        let refused = What::Refused { via: message.via.clone(), cause: message.cause.clone() };
        self.ports.deliveries().park_undecodable(message).await?;
        self.observe(refused);
        Ok(())
    }
}
