//! The store as the keeper of rule sets.

use eventyard_bus::{RuleSets, StoreError, StoredRules};
use eventyard_rules::Version;

use super::codec::Damaged;
use super::error::Fault;
use super::transaction::Transaction;
use super::{Promise, Store};
use redb::ReadableTable;

impl RuleSets for Store {
    async fn put(&self, rules: &StoredRules) -> Result<(), StoreError> {
        let version = rules.version.clone();
        let json = serde_json::to_vec(rules).map_err(Fault::from)?;
        let work = move |tables: &mut Transaction<'_>| {
            if tables.rule_sets.get(version.as_str())?.is_none() {
                tables.rule_sets.insert(version.as_str(), &*json)?;
            }
            Ok(())
        };
        Ok(self.call(Promise::Durable, 0, work).await?)
    }

    async fn get(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        let version = version.clone();
        let work = move |tables: &mut Transaction<'_>| {
            let json = tables.rule_sets.get(version.as_str())?;
            Ok(json.map(|json| serde_json::from_slice(json.value())).transpose()?)
        };
        Ok(self.call(Promise::Read, 0, work).await?)
    }

    async fn set_active(&self, deployed: &Version, active: &Version) -> Result<(), StoreError> {
        let (key, active) = (active_key(deployed), active.clone());
        let work = move |tables: &mut Transaction<'_>| {
            tables.rule_sets.insert(&*key, active.as_str().as_bytes())?;
            Ok(())
        };
        Ok(self.call(Promise::Durable, 0, work).await?)
    }

    async fn active(&self, deployed: &Version) -> Result<Option<Version>, StoreError> {
        let key = active_key(deployed);
        let work = move |tables: &mut Transaction<'_>| {
            let Some(active) = tables.rule_sets.get(&*key)? else { return Ok(None) };
            let text = std::str::from_utf8(active.value()).map_err(|_| Damaged)?;
            Ok(Some(text.parse().map_err(|_| Damaged)?))
        };
        Ok(self.call(Promise::Read, 0, work).await?)
    }
}

/// Among the versions, which have no such beginning.
fn active_key(deployed: &Version) -> String {
    format!("active/{deployed}")
}
