//! The store as the keeper of rule sets.

use eventyard_bus::{RuleSets, StoreError, StoredRules};
use eventyard_rules::Version;

use super::DynamoStore;
use super::body::{self, BODY, INLINE_MAX, Packed};
use super::expression::Condition;
use super::item::Item;

impl RuleSets for DynamoStore {
    async fn put(&self, rules: &StoredRules) -> Result<(), StoreError> {
        let key = self.keys().rule_set(&rules.version);
        // Every instance stores its rules when it starts: mostly they are there.
        if self.table().get(&key).await?.is_some() {
            return Ok(());
        }
        let item = Item::new(&key);
        let json = serde_json::to_vec(rules).map_err(|_| item.corrupt("b"))?;
        let Packed { item, chunks } = BODY.pack(item, json, INLINE_MAX)?;
        body::write(self.table(), chunks).await?;
        self.table().put_if(item, &Condition::absent()).await?;
        Ok(())
    }

    async fn get(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        let Some(item) = self.table().get(&self.keys().rule_set(version)).await? else {
            return Ok(None);
        };
        let json = BODY.unpack(self.table(), &item).await?.ok_or_else(|| item.corrupt("b"))?;
        serde_json::from_slice(&json).map(Some).map_err(|_| item.corrupt("b"))
    }
}
