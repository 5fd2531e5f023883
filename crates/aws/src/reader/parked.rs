//! What was given up, with the original bytes.

use eventyard_bus::view::{ParkedDelivery, ParkedFilter};
use eventyard_bus::{
    Deliveries as _, Delivery, Ledger as _, ParkedCursor, ParkedQuery, StoreError, Undecodable,
};

use super::{StackReader, all};
use crate::store::DynamoStore;

/// Items that are read together.
const STEP: usize = 100;

/// The parked deliveries that a filter takes.
pub struct ParkedList {
    store: DynamoStore,
    filter: ParkedFilter,
    after: Option<ParkedCursor>,
    left: usize,
}

impl StackReader {
    /// Parked deliveries that fit the filter, the longest parked first, each with its event; those whose
    /// event was kept long enough are over with it.
    #[must_use]
    pub fn parked(&self, filter: ParkedFilter) -> ParkedList {
        let (after, left) = (filter.after, filter.limit.unwrap_or(usize::MAX));
        ParkedList { store: self.store.clone(), filter, after, left }
    }

    /// What could not be decoded, by input and message id.
    #[must_use]
    pub fn undecodable(&self) -> UndecodableList {
        UndecodableList { store: self.store.clone(), after: None, is_done: false }
    }
}

impl ParkedList {
    /// Some more deliveries; none behind the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Vec<ParkedDelivery>>, StoreError> {
        if self.left == 0 {
            return Ok(None);
        }
        let query = ParkedQuery {
            target: self.filter.target.clone(),
            rule: self.filter.rule.clone(),
            after: self.after,
            limit: self.left.min(STEP),
        };
        let page = self.store.parked(&query).await?;
        let found = all(page.items.into_iter().map(|item| with_event(&self.store, item))).await?;
        let found: Vec<_> = found.into_iter().flatten().collect();
        self.left = match page.next {
            Some(_) => self.left.saturating_sub(found.len()),
            None => 0,
        };
        self.after = page.next;
        Ok(Some(found))
    }
}

/// A delivery with its event; what is parked ends with its event.
async fn with_event(
    store: &DynamoStore,
    delivery: Delivery,
) -> Result<Option<ParkedDelivery>, StoreError> {
    let stored = store.event(&delivery.key.identity).await?;
    Ok(stored.map(|stored| ParkedDelivery { delivery, event: stored.event.clone() }))
}

/// Messages that are no events.
pub struct UndecodableList {
    store: DynamoStore,
    after: Option<(String, String)>,
    is_done: bool,
}

impl UndecodableList {
    /// Some more messages; none behind the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Vec<Undecodable>>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        let after = self.after.as_ref().map(|(via, id)| (via.as_str(), id.as_str()));
        let found = self.store.undecodable(after, STEP).await?;
        self.is_done = found.len() < STEP;
        self.after = found.last().map(|last| (last.via.clone(), last.message_id.clone()));
        Ok(Some(found))
    }
}
