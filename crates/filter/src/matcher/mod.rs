//! All rules at once (skeleton: each rule on its own).
use crate::Filter;
use eventyard_event::{Limits, json};

/// Many filters, compiled into one.
#[derive(Debug, Clone)]
pub struct Matcher {
    filters: std::sync::Arc<[Filter]>,
}

/// Why filters do not compile into a matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherError {}

impl std::fmt::Display for MatcherError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("too many filters")
    }
}

impl std::error::Error for MatcherError {}

/// A matcher with the memory that one thread works in.
#[derive(Debug)]
pub struct Cursor<'m> {
    matcher: &'m Matcher,
    hits: Vec<usize>,
}

impl Matcher {
    /// Compiles.
    ///
    /// # Errors
    /// Too many.
    pub fn new(filters: impl IntoIterator<Item = Filter>) -> Result<Self, MatcherError> {
        Ok(Self { filters: filters.into_iter().collect() })
    }

    /// The numbers of the filters that take the event, ascending.
    #[must_use]
    pub fn matches(&self, event: &json::Checked<'_>) -> Vec<usize> {
        let root = event.root();
        let all = self.filters.iter().enumerate();
        all.filter(|(_, filter)| filter.matches(&root)).map(|(number, _)| number).collect()
    }

    /// Reads, then matches.
    ///
    /// # Errors
    /// As [`json::Checked::parse`].
    pub fn matches_unchecked(
        &self,
        text: &[u8],
        limits: &Limits,
    ) -> Result<Vec<usize>, json::JsonError> {
        Ok(self.matches(&json::Checked::parse(text, limits)?))
    }

    /// For many events on one thread.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { matcher: self, hits: Vec::new() }
    }
}

impl Cursor<'_> {
    /// The numbers of the filters that take the event, ascending.
    pub fn matches(&mut self, event: &json::Checked<'_>) -> &[usize] {
        self.hits = self.matcher.matches(event);
        &self.hits
    }
}
