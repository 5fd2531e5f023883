//! Rule sets by version: what was in force when an event was accepted.

use super::StoreError;
use eventyard_rules::{Diagnostics, LoadOptions, RuleSet, SourceText, Version, load};
use serde::{Deserialize, Serialize};
use std::future::Future;

/// Keeps the texts of rule sets; they outlive every event routed by them.
pub trait RuleSets: Send + Sync {
    /// Stores a rule set, durable when it returns. One that is there already stays as it is: equal
    /// versions mean equal texts.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; the same call again is safe.
    fn put(&self, rules: &StoredRules) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The rule set of this version, if it was stored.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn get(
        &self,
        version: &Version,
    ) -> impl Future<Output = Result<Option<StoredRules>, StoreError>> + Send;

    /// Notes which rules are in force where the rules `deployed` were deployed, for workers that cannot see
    /// it for themselves. The last note counts.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable): unknown; the same call again is safe.
    fn set_active(
        &self,
        deployed: &Version,
        active: &Version,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The version that was noted last for this deployment; none when there was none.
    ///
    /// # Errors
    /// [`Unavailable`](StoreError::Unavailable), [`Corrupt`](StoreError::Corrupt).
    fn active(
        &self,
        deployed: &Version,
    ) -> impl Future<Output = Result<Option<Version>, StoreError>> + Send;
}

/// A rule set as texts, enough to load it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRules {
    /// The version of these texts.
    pub version: Version,
    /// The files, in the order of their names.
    pub files: Vec<RulesFile>,
    /// The overlay, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<RulesFile>,
}

impl StoredRules {
    /// Reads the texts again; `options` say how, but for the overlay, which is the stored one.
    ///
    /// # Errors
    /// What [`load`] says: they were written by a version of this program that took what this one does not.
    pub fn load(&self, options: &LoadOptions<'_>) -> Result<RuleSet, Diagnostics> {
        let files: Vec<_> = self.files.iter().map(RulesFile::source).collect();
        let overlay = self.overlay.as_ref().map(RulesFile::source);
        load(&files, &LoadOptions { overlay: overlay.as_ref(), ..*options })
    }
}

/// One file of a stored rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl RulesFile {
    fn source(&self) -> SourceText {
        SourceText::new(self.name.clone(), self.text.clone())
    }
}
