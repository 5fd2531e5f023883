//! Near misses: filters that one clause alone keeps from taking an event, and what would change that.
use super::change::{Change, Proposals, Rewrite};
use crate::path::propose as condition;
use crate::pattern::propose as pattern;
use crate::{Clause, Condition, Explanation, Filter, Options};
use eventyard_event::json::Value;

/// A filter that does not take an event, and the only clause that keeps it from doing so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The clause; it is `decisive`.
    pub clause: Clause,
    /// Edits, each of which makes the filter take the event: at most one of the filter, then at most one of
    /// the event. Each was tried; empty when none was found.
    pub edits: Vec<Edit>,
}

/// An edit after which the filter takes the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Other words for the clause.
    Clause {
        /// Which part of the filter has the clause.
        part: Part,
        /// The clause as it is.
        from: String,
        /// The clause as it would be; empty where it is left out.
        to: String,
        /// The whole text of the part with the edit: a condition, or a pattern as compact JSON.
        text: String,
    },
    /// Another value in the event.
    Event {
        /// Where, as a normalized path (RFC 9535 §2.7): a member of an object that there is, or an element
        /// that there is.
        path: String,
        /// The value to set, as compact JSON; none where the member is to be removed.
        value: Option<String>,
    },
}

/// A part of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The JSONPath condition.
    When,
    /// The EventBridge pattern.
    Pattern,
}

impl Part {
    /// Its name in a rule.
    ///
    /// ```
    /// assert_eq!(eventyard_filter::Part::When.as_str(), "when");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::When => "when",
            Self::Pattern => "pattern",
        }
    }
}

impl Filter {
    /// The clause that alone keeps the filter from taking `root`, with the edits that were found; none when
    /// the filter takes it, or when it fails by more than one clause, or when any one of several clauses
    /// would do (as in `$.a || $.b`).
    ///
    /// ```
    /// use eventyard_event::{Limits, json};
    /// use eventyard_filter::{Condition, Edit, Filter};
    ///
    /// let filter = Filter { when: Some(Condition::parse("$.paid && $.total > 100")?), pattern: None };
    /// let event = json::parse(br#"{"paid":true,"total":70}"#, &Limits::default())?;
    /// let near = filter.near_miss(&event.root).ok_or("not near")?;
    /// assert!(matches!(&near.edits[0], Edit::Clause { to, .. } if to == "$.total >= 70"));
    /// assert!(matches!(&near.edits[1], Edit::Event { value: Some(value), .. } if value == "101"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn near_miss(&self, root: &Value<'_>) -> Option<NearMiss> {
        let (part, why) = self.failing(root)?;
        let mut decisive = why.clauses.into_iter().filter(|clause| clause.decisive);
        let (Some(clause), None) = (decisive.next(), decisive.next()) else { return None };
        let Proposals { rewrites, changes } = match part {
            Part::When => condition::propose(self.when.as_ref()?, &clause.span, root),
            Part::Pattern => pattern::propose(self.pattern.as_ref()?, &clause.span, root),
        };
        let rewrite =
            rewrites.into_iter().find(|rewrite| self.takes_rewritten(part, rewrite, root));
        let change = changes.into_iter().find(|change| self.takes_changed(change, root));
        let from = &clause.text;
        let rewrite =
            rewrite.map(|Rewrite { to, text }| Edit::Clause { part, from: from.clone(), to, text });
        let edits = rewrite.into_iter().chain(change.map(Edit::from)).collect();
        Some(NearMiss { clause, edits })
    }

    /// The explanation of the only part that does not hold. The other is not explained: of two parts that
    /// fail no clause decides alone, and most filters fail in their first clauses.
    fn failing(&self, root: &Value<'_>) -> Option<(Part, Explanation)> {
        let when = self.when.as_ref().filter(|when| !when.matches(root));
        let pattern = self.pattern.as_ref().filter(|pattern| !pattern.matches(root));
        match (when, pattern) {
            (Some(when), None) => Some((Part::When, when.explain(root))),
            (None, Some(pattern)) => Some((Part::Pattern, pattern.explain(root))),
            _ => None,
        }
    }

    fn takes_rewritten(&self, part: Part, rewrite: &Rewrite, root: &Value<'_>) -> bool {
        // What the filter was allowed to contain is no longer known; a rewrite adds no pattern.
        let options = Options { dynamic_regex: true };
        let mut filter = self.clone();
        match part {
            Part::When => filter.when = Condition::parse_with(&rewrite.text, options).ok(),
            Part::Pattern => {
                filter.pattern =
                    self.pattern.as_ref().and_then(|own| pattern::again(own, &rewrite.text));
            }
        }
        // A part that did not parse is none, which would take everything.
        let is_whole = filter.when.is_some() == self.when.is_some()
            && filter.pattern.is_some() == self.pattern.is_some();
        is_whole && filter.matches(root)
    }

    fn takes_changed(&self, change: &Change, root: &Value<'_>) -> bool {
        change.applied(root).is_some_and(|changed| self.matches(&changed))
    }
}

impl From<Change> for Edit {
    fn from(change: Change) -> Self {
        Self::Event { path: change.place(), value: change.value.map(|value| value.to_string()) }
    }
}
