//! EventBridge patterns: the language of AWS's rules, pasted unchanged.
//!
//! A pattern is a map of field names; a list holds the alternatives for one field. All fields must
//! match, one alternative of each suffices. Fields inside an array of objects must match in one and
//! the same element. Sources: "Amazon EventBridge event patterns" of AWS's user guide, and the
//! behaviour of aws/event-ruler, which EventBridge runs. `cargo xtask conformance` compares the answers
//! and the refusal texts with AWS's recorded ones.
//!
//! Where EventBridge surprises, a pattern means here what it means there:
//! - Only scalars are values. `exists: false` holds where an object or an empty array stands.
//! - `anything-but` takes `null`, booleans and values of other types; it never takes what is missing.
//! - A name with a dot is two names, in the pattern and in the document.
//! - Numbers compare as binary64. Exact values that are IP addresses compare as addresses, also in
//!   another spelling; `cidr` refuses /32 and /128.
//! - Inside arrays of objects, `exists: false` regards the element that the fields before it (by path)
//!   have chosen, and all elements when there is none.
//!
//! Where EventBridge would silently do something else than what is written, the pattern is refused:
//! - one path twice (there the last one counts, also when `$or` repeats a field from around it);
//! - an `$or` that is not a list of two or more maps (there it becomes a field of that name).
//!
//! Two things differ: the alternatives of one field are independent of each other (there `cidr` beside
//! `prefix` keeps the prefix from ever matching an address), and the cap on wildcards, whose number AWS
//! does not publish, is that of `complexity`.
//!
//! The way of a pattern: [`Spanned`] tree → `compile` (refusals) → `Leaf`s and their combinations →
//! `search` (the answer) → `explain` (why).

pub(crate) mod address;
mod compile;
mod complexity;
mod error;
mod explain;
pub(crate) mod fold;
pub(crate) mod glob;
pub(crate) mod leaf;
mod node;
pub(crate) mod operator;
mod outline;
pub(crate) mod propose;
pub(crate) mod range;
mod search;
mod view;
mod walk;

use eventyard_event::{Limits, json, json::Value};

use crate::Explanation;
use compile::{Alternative, Compiled};
use leaf::Leaf;
use std::sync::Arc;

pub use error::PatternError;
pub use node::{Member, PatternNode, Spanned};
pub use outline::{Bound, FieldOutline, PatternOutline, TestOutline};
pub use view::View;

pub(crate) use node::escaped;

/// A compiled EventBridge pattern.
///
/// ```
/// use eventyard_event::{Limits, json};
/// use eventyard_filter::{Pattern, View};
///
/// let pattern = r#"{"detail-type":["OrderPlaced"],"detail":{"total":[{"numeric":[">",1000]}]}}"#;
/// let pattern = Pattern::parse_json(pattern, View::Event)?;
/// let event = json::parse(br#"{"type":"OrderPlaced","data":{"total":1200}}"#, &Limits::default())?;
/// assert!(pattern.matches(&event.root));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Shared: a matcher holds the patterns of its rules too.
    inner: Arc<Compiled>,
}

impl Pattern {
    /// Compiles the tree of a pattern.
    ///
    /// # Errors
    /// [`PatternError`] for the first thing that EventBridge refuses, or that is over a limit: 4,096
    /// characters of compact JSON, 256 fields, 1,000 combinations of `$or`, 64 levels.
    pub fn compile(pattern: &Spanned, view: View) -> Result<Self, PatternError> {
        compile::compile(pattern, view).map(|compiled| Self { inner: Arc::new(compiled) })
    }

    /// Compiles a pattern from its JSON text.
    ///
    /// # Errors
    /// As [`Pattern::compile`]; `E0113` with the byte offset in `within` when the text is not JSON, or
    /// when an object has one name twice (EventBridge would silently take the last).
    pub fn parse_json(text: &str, view: View) -> Result<Self, PatternError> {
        let refuse =
            |reason: String| PatternError { code: "E0113", ..PatternError::new(0, reason) };
        let document = json::parse(text.as_bytes(), &Limits::default())
            .map_err(|error| refuse(error.to_string()).within(error.offset))?;
        if document.duplicates > 0 {
            let help = "write each name once, with all its values in one list";
            return Err(refuse("an object has one name twice".to_owned()).help(help));
        }
        Self::compile(&Spanned::from_json(&document.root), view)
    }

    /// Whether the document `root` matches. Never fails, never blocks: see [`Pattern::explain`] for why.
    ///
    /// The time is proportional to the fields of the pattern times the nodes of the document, times the
    /// combinations of `$or`. A document that spells one path in several ways (`{"a.b":…}` beside
    /// `{"a":{"b":…}}`) with an array in each can need more: after 250,000 failed choices of elements
    /// the answer is `false`.
    #[must_use]
    pub fn matches(&self, root: &Value<'_>) -> bool {
        search::find(&self.inner.leaves, &self.inner.combinations, &(0..0), root).is_some()
    }

    /// The fields, numbered.
    pub(crate) fn leaves(&self) -> &[Leaf] {
        &self.inner.leaves
    }

    /// Which fields must match together; one of these suffices.
    pub(crate) fn combinations(&self) -> &[Vec<usize>] {
        &self.inner.combinations
    }

    /// Every field with what it saw, what it wanted, and whether it holds.
    ///
    /// `matched` is always the answer of [`Pattern::matches`]. Spans are bytes of [`Pattern::text`].
    #[must_use]
    pub fn explain(&self, root: &Value<'_>) -> Explanation {
        explain::explain(self, root)
    }

    /// The pattern as compact JSON, members in the order of the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// `false` only when the pattern refuses every document with these top-level members.
    ///
    /// For static checks (loops): a member that is not named may have any value. Members whose own name
    /// holds a dot are not thought of; no event has one.
    #[must_use]
    pub fn may_match(&self, known: &[(&str, &Value<'_>)]) -> bool {
        search::may_match(&self.inner.leaves, &self.inner.combinations, known)
    }
}
