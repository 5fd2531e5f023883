//! Parked deliveries, the longest parked first: one walk over the index for each target, merged.

use eventyard_bus::{
    Delivery, DeliveryKey, DeliveryState, ParkedCursor, ParkedPage, ParkedQuery, StoreError,
};

use super::delivery_item::Loaded;
use super::item::Item;
use super::query::Range;
use super::walk::Walk;
use super::{DynamoStore, keys, together};

/// Candidates that are read at once, at most and at least.
const READ_AT_ONCE: usize = 100;
const READ_AT_LEAST: usize = 10;

/// A walk over the parked deliveries of one target, with the first that was not taken yet.
struct Lane {
    first: Option<(String, DeliveryKey)>,
    rest: Walk,
}

impl DynamoStore {
    pub(super) async fn parked_page(&self, query: &ParkedQuery) -> Result<ParkedPage, StoreError> {
        if query.limit == 0 {
            return Ok(ParkedPage::default());
        }
        // One more than asked for tells whether there are more.
        let wanted = query.limit.saturating_add(1);
        let mut lanes = self.lanes(query, wanted).await?;
        let mut found: Vec<(ParkedCursor, Loaded)> = Vec::new();
        while found.len() < wanted {
            let count = (wanted - found.len()).clamp(READ_AT_LEAST, READ_AT_ONCE);
            let places = self.merge(&mut lanes, count).await?;
            if places.is_empty() {
                break;
            }
            let mut loaded = self.load_all(places.iter().map(|(_, key)| *key)).await?;
            found.extend(places.iter().filter_map(|(place, key)| {
                let loaded = loaded.remove(key)?;
                Some((fits(query, place, &loaded.delivery)?, loaded))
            }));
        }
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let next = found.last().map(|(cursor, _)| *cursor).filter(|_| more);
        let items = found.into_iter().map(|(_, loaded)| loaded.complete(self.table()));
        Ok(ParkedPage { items: together::all(items).await?, next })
    }

    /// A lane for each target that the query may find something of.
    async fn lanes(&self, query: &ParkedQuery, size: usize) -> Result<Vec<Lane>, StoreError> {
        let targets = match &query.target {
            Some(target) => vec![target.clone()],
            None => self.registered().await?,
        };
        let range =
            query.after.map_or(Range::All, |after| Range::After(keys::parked_place(&after)));
        let size = size.clamp(READ_AT_LEAST, READ_AT_ONCE);
        let lanes = targets.iter().map(|target| {
            let query = self.table().query_index(&self.keys().parked(target), range.clone());
            let mut rest = query.by(size).walk();
            async move {
                let first = self.step(&mut rest).await?;
                Ok::<_, StoreError>(Lane { first, rest })
            }
        });
        together::all(lanes).await
    }

    /// The next candidates of all lanes, in the order of parking.
    async fn merge(
        &self,
        lanes: &mut [Lane],
        count: usize,
    ) -> Result<Vec<(String, DeliveryKey)>, StoreError> {
        let mut places = Vec::new();
        while places.len() < count {
            let started = lanes.iter_mut().filter(|lane| lane.first.is_some());
            let Some(lane) = started.min_by(|one, other| one.first.cmp(&other.first)) else {
                break;
            };
            let next = self.step(&mut lane.rest).await?;
            places.extend(std::mem::replace(&mut lane.first, next));
        }
        Ok(places)
    }

    async fn step(&self, walk: &mut Walk) -> Result<Option<(String, DeliveryKey)>, StoreError> {
        let item = walk.next().await?;
        item.map(|item| self.parked_candidate(&item)).transpose()
    }

    fn parked_candidate(&self, item: &Item) -> Result<(String, DeliveryKey), StoreError> {
        let key = self.keys().read_delivery(&item.key()?).ok_or_else(|| item.corrupt("sk"))?;
        Ok((item.text("wsk")?.to_owned(), key))
    }
}

/// The place of a delivery that the query is for; none when it is not, or stands elsewhere by now.
fn fits(query: &ParkedQuery, place: &str, delivery: &Delivery) -> Option<ParkedCursor> {
    let DeliveryState::Parked { at } = delivery.state else { return None };
    let cursor = ParkedCursor { at, key: delivery.key };
    let of_target = query.target.as_ref().is_none_or(|target| delivery.target == *target);
    let of_rule = query.rule.as_ref().is_none_or(|rule| delivery.rule == *rule);
    (of_target && of_rule && keys::parked_place(&cursor) == place).then_some(cursor)
}
