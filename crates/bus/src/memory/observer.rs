//! An observer that remembers.

use crate::{Observer, Stage};
use std::sync::{Arc, Mutex, PoisonError};

/// Remembers every stage; clones share their memory.
#[derive(Debug, Clone, Default)]
pub struct RecordingObserver(Arc<Mutex<Vec<Stage>>>);

impl RecordingObserver {
    /// What it was told so far.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The words of what it was told so far.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        self.stages().iter().map(|stage| stage.what.word()).collect()
    }

    /// How often it was told of this word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.words().iter().filter(|told| **told == word).count()
    }
}

impl Observer for RecordingObserver {
    fn observe(&self, stage: &Stage) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(stage.clone());
    }
}
