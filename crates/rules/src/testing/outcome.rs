//! What running a case found.

use std::fmt;

use crate::Place;

/// The result of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The file's name.
    pub file: String,
    /// The case's name.
    pub name: String,
    /// Where the case begins.
    pub place: Place,
    /// All that was not as expected; none when the case passed.
    pub failures: Vec<Failure>,
}

impl CaseResult {
    /// Whether everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// One thing that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What, in one sentence.
    pub message: String,
    /// The difference: lines that begin with `-` were expected and not there, with `+` were there
    /// and not expected.
    pub difference: Vec<String>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), difference: Vec::new() }
    }

    pub(super) fn with(mut self, difference: Vec<String>) -> Self {
        self.difference = difference;
        self
    }
}

/// The sentence, and the difference below it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.difference.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}
