//! Parked deliveries again, or discarded. The store wakes the worker of each target once the item is
//! written.

use eventyard_bus::view::{ParkedFilter, Redrive, RedriveError};
use eventyard_bus::{Deliveries as _, DeliveryKey, StoreError};
use eventyard_event::Timestamp;

use super::StackReader;

impl StackReader {
    /// Does what is asked with every parked delivery that is meant; answers how many, without those that
    /// somebody else was quicker with.
    ///
    /// # Errors
    /// [`RedriveError`].
    pub async fn redrive(&self, request: &Redrive, now: Timestamp) -> Result<usize, RedriveError> {
        request.check()?;
        let (target, rule) = (request.target.clone(), request.rule.clone());
        let mut parked = self.parked(ParkedFilter { target, rule, after: None, limit: None });
        let limit = request.limit.unwrap_or(usize::MAX);
        let mut done = 0;
        while let Some(some) = parked.next().await? {
            for one in some.iter().filter(|one| request.takes(one)) {
                if done >= limit {
                    return Ok(done);
                }
                done += usize::from(self.redrive_one(request, &one.delivery.key, now).await?);
                if request.delivery.is_some() {
                    return Ok(done);
                }
            }
        }
        Ok(done)
    }

    async fn redrive_one(
        &self,
        request: &Redrive,
        key: &DeliveryKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = match &request.drop {
            Some(reason) => self.store.drop(key, reason, now).await,
            None => self.store.redrive(key, request.edit.clone(), now).await,
        };
        match done {
            Ok(_) => Ok(true),
            Err(StoreError::NotParked { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
