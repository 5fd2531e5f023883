//! Reading many items at once.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use eventyard_bus::StoreError;

use super::calls::{Table, unavailable};
use super::item::{Item, Key};
use super::together;

/// The most keys of one call (DynamoDB, BatchGetItem).
const KEYS_MAX: usize = 100;
/// Calls in a row that bring nothing before the table counts as not there; the waits between them
/// double, up to a second or so.
const FRUITLESS_MAX: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(25);

impl Table {
    /// The items that are there of these keys, as they are now.
    pub async fn get_all(
        &self,
        keys: impl IntoIterator<Item = Key>,
    ) -> Result<HashMap<Key, Item>, StoreError> {
        let distinct: BTreeSet<Key> = keys.into_iter().collect();
        let keys: Vec<Key> = distinct.into_iter().collect();
        if let [key] = &*keys {
            let item = self.get(key).await?;
            return Ok(item.map(|item| (key.clone(), item)).into_iter().collect());
        }
        let calls = keys.chunks(KEYS_MAX).map(|keys| self.get_some(keys));
        let parts = together::all(calls).await?;
        parts.into_iter().flatten().map(|item| Ok((item.key()?, item))).collect()
    }

    /// The items of at most [`KEYS_MAX`] keys; asks again for those that an answer left out.
    async fn get_some(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut wanted = Some(request(keys)?);
        let (mut items, mut fruitless) = (Vec::new(), 0);
        while let Some(request) = wanted.take() {
            let asked = request.keys().len();
            let call = self.client.batch_get_item().request_items(&self.name, request);
            let answer = call.send().await.map_err(unavailable("BatchGetItem"))?;
            let found = answer.responses.unwrap_or_default().into_values().flatten();
            items.extend(found.map(Item::from));
            wanted = answer.unprocessed_keys.unwrap_or_default().into_values().next();
            let left = wanted.as_ref().map_or(0, |left| left.keys().len());
            fruitless = if left < asked { 0 } else { fruitless + 1 };
            if fruitless > FRUITLESS_MAX {
                return Err(StoreError::unavailable("BatchGetItem: keys stay unprocessed"));
            }
            if left > 0 {
                tokio::time::sleep(FIRST_WAIT * 2_u32.pow(fruitless)).await;
            }
        }
        Ok(items)
    }
}

fn request(keys: &[Key]) -> Result<KeysAndAttributes, StoreError> {
    let keys = keys.iter().map(Key::attributes).collect();
    let request = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
    request.build().map_err(|_| StoreError::unavailable("BatchGetItem: no keys"))
}
