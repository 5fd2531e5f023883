//! Texts in, a rule set out, or everything that is wrong with them.
//!
//! [`file`] reads each file on its own, several at once; [`merge`] makes one rule set of them: unique names, the
//! overlay, targets that exist.
mod bus;
mod file;
mod filter;
mod http;
mod merge;
mod parallel;
mod reader;
mod resource;
mod rule;
pub(crate) mod shape;
mod source;
mod target;
pub(crate) mod tree;

use crate::{Diagnostics, RuleSet};
use eventyard_filter::View;

/// One rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// Its name; files are taken in the order of their names.
    pub name: String,
    /// Its YAML or JSON.
    pub text: String,
}

impl SourceText {
    /// A file of that name with that text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// How rules files are read.
#[derive(Debug, Clone, Copy)]
pub struct LoadOptions<'a> {
    /// A file whose targets replace those of the same name.
    pub overlay: Option<&'a SourceText>,
    /// What `$` and the names of patterns stand for.
    pub view: View,
    /// Lets HTTP targets on this machine itself through; for development.
    pub allow_insecure_targets: bool,
    /// What rules files may ask of us.
    pub limits: RulesLimits,
}

impl Default for LoadOptions<'_> {
    /// No overlay, events, public HTTPS targets only.
    fn default() -> Self {
        Self {
            overlay: None,
            view: View::Event,
            allow_insecure_targets: false,
            limits: RulesLimits::default(),
        }
    }
}

/// What rules files may ask of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulesLimits {
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Rules of all files.
    pub rules: usize,
    /// Lists and mappings within each other; at most 255.
    pub depth: usize,
    /// YAML aliases in one file; those inside an anchored value count again at each use.
    pub aliases: usize,
}

impl Default for RulesLimits {
    /// 4 MiB, 100,000 rules, depth 64, 100 aliases.
    fn default() -> Self {
        Self { file_bytes: 4 * 1_048_576, rules: 100_000, depth: 64, aliases: 100 }
    }
}

/// Reads rules files into one rule set. The order of `files` does not matter: that of their names
/// does. The time grows linearly with the texts; files are read on all processors.
///
/// # Errors
/// Everything that is wrong with all files, in file-name order then position; there is no rule set
/// then.
pub fn load(files: &[SourceText], options: &LoadOptions<'_>) -> Result<RuleSet, Diagnostics> {
    load_on(parallel::threads(), files, options)
}

/// As [`load`], on that many threads: nothing in the answer depends on it.
fn load_on(
    threads: usize,
    files: &[SourceText],
    options: &LoadOptions<'_>,
) -> Result<RuleSet, Diagnostics> {
    let mut sorted: Vec<&SourceText> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let drafts = parallel::map(&sorted, threads, |file| file::read(file, options));
    let overlay = options.overlay.map(|file| file::read_overlay(file, options));
    merge::merge(&sorted, drafts, overlay, options)
}

#[cfg(test)]
mod tests;
