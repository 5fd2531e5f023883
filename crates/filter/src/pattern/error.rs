//! Why a pattern was refused, in AWS's own words.
use std::fmt;

/// Why a pattern was refused: AWS's wording, the place, and the way out.
///
/// The reasons are EventBridge's own texts where it has one, so that a search of the web finds them;
/// AWS appends a line and column of its own (`at [Source: (String)"…"; line: 1, column: 12]`), which
/// `at` and `within` replace.
///
/// | code | means |
/// |---|---|
/// | `E0111` | not an EventBridge pattern |
/// | `E0112` | a pattern over one of the limits (length, fields, nesting, `$or` combinations) |
/// | `E0113` | a text that is not JSON (only from [`Pattern::parse_json`](crate::Pattern::parse_json)) |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// `E0111` to `E0113`.
    pub code: &'static str,
    /// What EventBridge prints after `Event pattern is not valid. Reason: `.
    pub reason: String,
    /// The caller's mark of the node that the error is about; from `parse_json` always 0.
    pub at: usize,
    /// Where the error is about a place inside a string: the byte offset in its unescaped text.
    pub within: Option<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

impl PatternError {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Self {
        Self { code: "E0111", reason: reason.into(), at, within: None, help: None }
    }

    pub(super) fn limit(at: usize, reason: impl Into<String>) -> Self {
        Self { code: "E0112", ..Self::new(at, reason) }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn within(mut self, offset: usize) -> Self {
        self.within = Some(offset);
        self
    }
}

/// AWS's whole text, with its prefix.
impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event pattern is not valid. Reason: {}", self.reason)
    }
}

impl std::error::Error for PatternError {}
