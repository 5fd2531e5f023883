//! Rule sets in memory.

use super::MemoryStore;
use crate::{RuleSets, StoreError, StoredRules};
use eventyard_rules::Version;

impl RuleSets for MemoryStore {
    async fn put(&self, rules: &StoredRules) -> Result<(), StoreError> {
        let mut state = self.state();
        state.rule_sets.entry(rules.version.clone()).or_insert_with(|| rules.clone());
        Ok(())
    }

    async fn get(&self, version: &Version) -> Result<Option<StoredRules>, StoreError> {
        Ok(self.state().rule_sets.get(version).cloned())
    }
}
