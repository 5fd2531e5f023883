//! Older rule sets, read again for events that were accepted under them.

use crate::{RuleSets, StoreError, StoredRules};
use eventyard_rules::{LoadOptions, RuleSet, Version};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The last few older rule sets that were asked for. One that is missing, or that this program reads
/// no more, is remembered as such.
#[derive(Debug)]
pub(super) struct Archive {
    options: LoadOptions<'static>,
    max: usize,
    read: Mutex<VecDeque<(Version, Option<Arc<RuleSet>>)>>,
}

impl Archive {
    pub(super) fn new(options: LoadOptions<'static>, max: usize) -> Self {
        Self { options, max: max.max(1), read: Mutex::default() }
    }

    /// The rule set of this version; none when it cannot be had.
    pub(super) async fn get(
        &self,
        sets: &impl RuleSets,
        version: &Version,
    ) -> Result<Option<Arc<RuleSet>>, StoreError> {
        if let Some(known) = self.known(version) {
            return Ok(known);
        }
        let rules = sets.get(version).await?.and_then(|stored| self.load(&stored));
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.truncate(self.max.saturating_sub(1));
        read.push_front((version.clone(), rules.clone()));
        Ok(rules)
    }

    fn known(&self, version: &Version) -> Option<Option<Arc<RuleSet>>> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.iter().find(|(known, _)| known == version).map(|(_, rules)| rules.clone())
    }

    fn load(&self, stored: &StoredRules) -> Option<Arc<RuleSet>> {
        match stored.load(&self.options) {
            Ok(rules) => Some(Arc::new(rules)),
            Err(_) => {
                tracing::error!(version = %stored.version, "a stored rule set cannot be read");
                None
            }
        }
    }
}
