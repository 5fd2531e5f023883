//! One field of a pattern with its alternatives.
use std::ops::Range;

use eventyard_event::json::Value;

use super::operator::{self, Test};

/// A field of a pattern, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// The names from the root, joined by `.`, as the pattern has them. EventBridge joins in the same
    /// way, so a name that holds a dot is the same as two names.
    pub path: String,
    /// The same in the document that is matched.
    pub place: String,
    /// The alternatives; never empty.
    pub tests: Vec<Test>,
    /// Its bytes in the text of the pattern, from the name to the end of the list.
    pub span: Range<usize>,
}

impl Leaf {
    /// Whether one of the alternatives accepts the scalar `value`.
    pub(crate) fn accepts(&self, value: &Value<'_>) -> bool {
        self.tests.iter().any(|test| test.accepts(value))
    }

    /// Whether one of the alternatives is `exists: false`.
    pub(crate) fn takes_absence(&self) -> bool {
        self.tests.iter().any(Test::takes_absence)
    }

    /// What it wants to see.
    pub(crate) fn describe(&self) -> String {
        operator::describe_all(&self.tests)
    }
}
