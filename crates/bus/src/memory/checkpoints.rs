//! Checkpoints in memory.

use super::MemoryStore;
use crate::StoreError;
use crate::ports::{Checkpoint, CheckpointName, Checkpoints};

impl Checkpoints for MemoryStore {
    async fn checkpoint(&self, name: &CheckpointName) -> Result<Checkpoint, StoreError> {
        Ok(self.state().checkpoints.get(name).cloned().unwrap_or_default())
    }

    async fn put_checkpoint(
        &self,
        name: &CheckpointName,
        text: Option<&str>,
        expected: u64,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let kept = state.checkpoints.entry(name.clone()).or_default();
        let current = kept.revision == expected;
        if current {
            let revision = expected.saturating_add(1);
            *kept = Checkpoint { text: text.map(str::to_owned), revision };
        }
        Ok(current)
    }

    async fn checkpoints(&self, prefix: &str) -> Result<Vec<CheckpointName>, StoreError> {
        let state = self.state();
        let kept = state.checkpoints.iter().filter(|(_, kept)| kept.text.is_some());
        let names = kept.map(|(name, _)| name);
        Ok(names.filter(|name| name.as_str().starts_with(prefix)).cloned().collect())
    }
}
