//! Why a `when` or a query was refused, and where.
use std::fmt;
use std::ops::Range;

/// Why a condition or query was refused: a stable code, the place in the text, and the way out.
///
/// | code | means |
/// |---|---|
/// | `E0101` | not RFC 9535 syntax |
/// | `E0102` | an operator or function of another JSONPath dialect |
/// | `E0103` | a regular expression that is not an I-Regexp (RFC 9485) |
/// | `E0104` | a regular expression over one of its limits |
/// | `E0105` | a regular expression that comes out of the event |
/// | `E0106` | a comparison with a query that may select more than one node |
/// | `E0107` | a function whose arguments or use are ill-typed (RFC 9535 §2.4.3) |
/// | `E0108` | a text over one of the limits (length, nesting, segments) |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// `E0101` to `E0108`.
    pub code: &'static str,
    /// Bytes of the user's text that the error is about; empty at the place where something is missing.
    pub span: Range<usize>,
    /// What is wrong: lower case, no full stop, user input in backticks.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl FilterError {
    pub(crate) fn new(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.span.start)
    }
}

impl std::error::Error for FilterError {}
