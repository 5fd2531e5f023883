//! The targets that ever had a delivery: where to look for what is due and what is parked.

use std::sync::PoisonError;

use eventyard_bus::StoreError;
use eventyard_rules::TargetName;

use super::expression::{Change, Condition};
use super::query::Range;
use super::{DynamoStore, together};

/// The attribute that a registered target has.
const REGISTERED: &str = "w";

impl DynamoStore {
    /// Registers a target, once in the life of a process: a read, and a write if nobody did before.
    pub(super) async fn register(&self, target: &TargetName) -> Result<(), StoreError> {
        let registered = || self.0.registered.lock().unwrap_or_else(PoisonError::into_inner);
        if registered().contains(target) {
            return Ok(());
        }
        let key = self.keys().target(target);
        if !self.table().get(&key).await?.is_some_and(|item| item.has(REGISTERED)) {
            let change = Change::new("SET w = :w").with(":w", 1);
            let missing = Condition::that("attribute_not_exists(w)");
            self.table().update_if(&key, change, &missing).await?;
        }
        registered().insert(target.clone());
        Ok(())
    }

    /// Every registered target, in order of the names.
    pub(super) async fn registered(&self) -> Result<Vec<TargetName>, StoreError> {
        let mut walk = self.table().query(&self.keys().targets(), Range::All).walk();
        let mut targets = Vec::new();
        while let Some(item) = walk.next().await? {
            if item.has(REGISTERED) {
                targets.push(item.text("sk")?.parse().map_err(|_| item.corrupt("sk"))?);
            }
        }
        Ok(targets)
    }

    /// The registered targets with unfinished deliveries.
    pub(super) async fn busy_targets(&self) -> Result<Vec<TargetName>, StoreError> {
        let targets = self.registered().await?;
        let busy = together::all(targets.iter().map(|target| self.has_unfinished(target))).await?;
        let targets = targets.into_iter().zip(busy);
        Ok(targets.filter_map(|(target, busy)| busy.then_some(target)).collect())
    }
}
