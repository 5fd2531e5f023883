//! The rules of a bus on one machine: a folder, and how it is read.

use eventyard_files::{rules_file, rules_files};
use eventyard_rules::{LoadOptions, RuleSet, load};
use std::io;
use std::path::PathBuf;

/// Where the rules of a bus are, and how they are read.
#[derive(Debug, Clone)]
pub(crate) struct RulesSource {
    pub(crate) folder: PathBuf,
    pub(crate) overlay: Option<PathBuf>,
    pub(crate) allow_insecure_targets: bool,
}

/// Why there is no rule set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RulesError {
    #[error("rules cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("{}", .0.render(false))]
    Refused(eventyard_rules::Diagnostics),
}

impl RulesSource {
    /// Reads and checks all files.
    pub(crate) fn load(&self) -> Result<RuleSet, RulesError> {
        let files = rules_files(&self.folder)?;
        let overlay = self.overlay.as_deref().map(rules_file).transpose()?;
        let options = LoadOptions {
            overlay: overlay.as_ref(),
            allow_insecure_targets: self.allow_insecure_targets,
            ..LoadOptions::default()
        };
        load(&files, &options).map_err(RulesError::Refused)
    }
}
