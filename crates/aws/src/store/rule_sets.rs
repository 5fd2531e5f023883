//! The store as the keeper of rule sets.

use eventyard_bus::{RuleSets, StoreError, StoredRules};
use eventyard_rules::Version;

use super::DynamoStore;
use super::body::{self, BODY, INLINE_MAX, Packed};
use super::expression::Condition;
use super::item::Item;

/// The attribute of the version in force.
const ACTIVE: &str = "v";

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

    async fn set_active(&self, deployed: &Version, active: &Version) -> Result<(), StoreError> {
        let item = Item::new(&self.keys().active_rules(deployed));
        self.table().put(item.with_text(ACTIVE, active.to_string())).await
    }

    async fn active(&self, deployed: &Version) -> Result<Option<Version>, StoreError> {
        let item = self.table().get(&self.keys().active_rules(deployed)).await?;
        let version = |item: &Item| item.text(ACTIVE)?.parse().map_err(|_| item.corrupt(ACTIVE));
        item.as_ref().map(version).transpose()
    }
}
