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

    async fn set_active(&self, deployed: &Version, active: &Version) -> Result<(), StoreError> {
        self.state().active_rules.insert(deployed.clone(), active.clone());
        Ok(())
    }

    async fn active(&self, deployed: &Version) -> Result<Option<Version>, StoreError> {
        Ok(self.state().active_rules.get(deployed).cloned())
    }
}
