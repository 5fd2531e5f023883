//! Breakers of one process.

use crate::StoreError;
use crate::breaker::Breaker;
use crate::ports::{Breakers, KeptBreaker};
use eventyard_rules::TargetName;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Breakers in memory: enough where one process sends everything. After a restart a target that still
/// fails opens its breaker again.
#[derive(Debug, Clone, Default)]
pub struct MemoryBreakers(Arc<Mutex<BTreeMap<TargetName, KeptBreaker>>>);

impl MemoryBreakers {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<TargetName, KeptBreaker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breakers for MemoryBreakers {
    async fn all(&self) -> Result<Vec<(TargetName, KeptBreaker)>, StoreError> {
        Ok(self.kept().iter().map(|(target, kept)| (target.clone(), kept.clone())).collect())
    }

    async fn get(&self, target: &TargetName) -> Result<KeptBreaker, StoreError> {
        Ok(self.kept().get(target).cloned().unwrap_or_default())
    }

    async fn put(
        &self,
        target: &TargetName,
        breaker: &Breaker,
        expected: u64,
    ) -> Result<bool, StoreError> {
        let mut all = self.kept();
        let kept = all.entry(target.clone()).or_default();
        let current = kept.revision == expected;
        if current {
            *kept = KeptBreaker { breaker: breaker.clone(), revision: expected.saturating_add(1) };
        }
        Ok(current)
    }
}
