//! What is wrong inside one scalar of a rules file, before it has a line and a column.

use std::fmt;
use std::ops::Range;

/// An error at a place inside one scalar; the loader turns it into a `Diagnostic`.
///
/// It has no file and no line on purpose: templates, transforms and URLs are parsed from text
/// alone, and whoever holds the YAML document knows where that text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartError {
    /// The tag of the node, as the caller chose it; 0 where only one text was given.
    pub at: usize,
    /// The place inside the scalar's text, in bytes.
    pub span: Range<usize>,
    /// The stable code, `E02xx` or `E03xx`.
    pub code: &'static str,
    /// One sentence, lower case, without a full stop.
    pub message: String,
    /// The way out, where there is one.
    pub help: Option<String>,
}

impl PartError {
    /// An error of `code` over `span`, at tag 0.
    pub(crate) fn new(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { at: 0, span, code, message: message.into(), help: None }
    }

    /// The same error with its way out.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same error at another node.
    pub(crate) fn at(mut self, tag: usize) -> Self {
        self.at = tag;
        self
    }
}

impl fmt::Display for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PartError {}
