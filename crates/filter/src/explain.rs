//! What a filter answers when asked why: every clause with what it saw and what it wanted.
pub(crate) mod change;
mod near_miss;

use std::ops::Range;

pub use near_miss::{Edit, NearMiss, Part};

/// The verdict of a filter on one event, with every clause that contributed to it.
///
/// `matched` always equals what `matches` of the same filter answers for the same event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// Whether the filter takes the event.
    pub matched: bool,
    /// The clauses in the order of the text; empty when the filter has none (it takes everything).
    pub clauses: Vec<Clause>,
}

/// One clause of a filter: the smallest part that is true or false on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The clause as the user wrote it.
    pub text: String,
    /// Where in the event it looked, if at one place.
    pub path: Option<String>,
    /// What it saw there: a value as compact JSON (cut when long), or words such as `missing`.
    pub actual: String,
    /// What it wanted to see, in words and compact JSON.
    pub expected: String,
    /// Whether the clause is true for this event.
    pub holds: bool,
    /// Whether flipping this clause alone makes the filter match; never set when it matches anyway.
    pub decisive: bool,
    /// Bytes of the filter's text that the clause covers.
    pub span: Range<usize>,
}

impl Explanation {
    /// Joins the explanations of two filters that must both hold.
    ///
    /// A clause stays decisive only if the other filter matches: else flipping it alone changes nothing.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        let hide = |clauses: &mut Vec<Clause>| clauses.iter_mut().for_each(|c| c.decisive = false);
        if !other.matched {
            hide(&mut self.clauses);
        }
        if !self.matched {
            hide(&mut other.clauses);
        }
        self.matched &= other.matched;
        self.clauses.append(&mut other.clauses);
        self
    }
}
