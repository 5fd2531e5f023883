//! The store as the keeper of rule sets.

use eventyard_bus::{RuleSets, StoreError, StoredRules};
use eventyard_rules::Version;

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
}
