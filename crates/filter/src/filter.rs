//! A rule's whole filter: its `when` and its `pattern`, both of which must hold.
use crate::{Condition, Explanation, Pattern};
use eventyard_event::json::Value;

/// What decides whether a rule takes an event: `when`, `pattern`, or both.
///
/// With neither, every event is taken. Holding both, both must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The JSONPath condition.
    pub when: Option<Condition>,
    /// The EventBridge pattern.
    pub pattern: Option<Pattern>,
}

impl Filter {
    /// Whether the document `root` is taken. Never fails.
    #[must_use]
    pub fn matches(&self, root: &Value<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.matches(root))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(root))
    }

    /// The verdict with every clause of both parts, those of `when` first.
    #[must_use]
    pub fn explain(&self, root: &Value<'_>) -> Explanation {
        let everything = Explanation { matched: true, clauses: Vec::new() };
        let when = self.when.as_ref().map(|when| when.explain(root));
        let pattern = self.pattern.as_ref().map(|pattern| pattern.explain(root));
        [when, pattern].into_iter().flatten().fold(everything, Explanation::and)
    }
}
