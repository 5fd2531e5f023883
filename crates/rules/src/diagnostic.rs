//! What is wrong with the rules, and where.
use crate::place::Place;
use crate::{SourceText, render};
use std::fmt;
use std::ops::Range;

/// One error, warning or remark about a place in a rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable: `E0001`, `E0101`, ….
    pub code: &'static str,
    /// Whether the rules are refused for it.
    pub severity: Severity,
    /// One sentence: lower case, no full stop, user input in backticks, never a secret.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The field at that place, such as `rules[3].when`; empty for the whole file.
    pub path: String,
    /// The way out.
    pub help: Option<String>,
    /// Other places that belong to it, each with what it is.
    pub secondary: Vec<(Place, String)>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rules are refused.
    Error,
    /// The rules are taken, but probably do not mean what they say.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Diagnostic {
    /// A diagnostic at `place`, with no path and no help yet.
    #[must_use]
    pub fn new(
        code: &'static str,
        severity: Severity,
        message: impl Into<String>,
        place: &Place,
    ) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            place: place.clone(),
            path: String::new(),
            help: None,
            secondary: Vec::new(),
        }
    }

    /// The same with the way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the path of its field.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn with_secondary(mut self, place: Place, what: impl Into<String>) -> Self {
        self.secondary.push((place, what.into()));
        self
    }

    /// `{code, severity, message, file, line, col, path, help}`; `path` and `help` may be null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.code,
            "severity": self.severity.as_str(),
            "message": self.message,
            "file": &*self.place.file,
            "line": self.place.line,
            "col": self.place.column,
            "path": Some(&self.path).filter(|path| !path.is_empty()),
            "help": self.help,
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.as_str();
        write!(f, "{severity}[{}]: {} ({})", self.code, self.message, self.place)
    }
}

/// Diagnostics together with the texts they point into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    texts: Vec<SourceText>,
}

impl Diagnostics {
    /// `texts` are the files that the diagnostics' places name.
    ///
    /// Where a diagnostic is about a secret or about credentials, the copy of the text that excerpts
    /// are taken from has stars in its place.
    #[must_use]
    pub fn new(list: Vec<Diagnostic>, mut texts: Vec<SourceText>) -> Self {
        for diagnostic in list.iter().filter(|diagnostic| SECRET_CODES.contains(&diagnostic.code)) {
            for text in texts.iter_mut().filter(|text| *text.name == *diagnostic.place.file) {
                mask(&mut text.text, &diagnostic.place.span);
            }
        }
        Self { list, texts }
    }

    /// In file-name order, then position.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// For a terminal: each with its excerpt, a caret under the place, and the way out; coloured
    /// when `color`.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let parts =
            self.list.iter().map(|diagnostic| render::render(diagnostic, &self.texts, color));
        parts.collect::<Vec<_>>().join("\n")
    }

    /// For programs: a list of [`Diagnostic::to_json`].
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.list.iter().map(Diagnostic::to_json).collect()
    }
}

/// Codes of diagnostics whose place is something secret.
const SECRET_CODES: [&str; 2] = ["E0302", "E0304"];

/// Puts stars in place of every byte of `span`, so that all offsets stay.
fn mask(text: &mut String, span: &Range<usize>) {
    if text.get(span.clone()).is_some() {
        text.replace_range(span.clone(), &"*".repeat(span.len()));
    }
}

impl fmt::Display for Diagnostics {
    /// As [`Diagnostics::render`] without colour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
