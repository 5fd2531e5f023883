//! A way through a document, step by step.
use super::eval::Key;
use eventyard_event::json::Value;

/// One step that leads to one value: into a member, or to an element from the front.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl Step {
    /// The step as normalized paths have it.
    pub fn key(&self) -> Key<'_> {
        match self {
            Self::Name(name) => Key::Name(name),
            Self::Index(index) => Key::Index(*index),
        }
    }

    /// Where the step leads from `node`.
    pub fn child<'d, 'v>(&self, node: &'d Value<'v>) -> Option<&'d Value<'v>> {
        match self {
            Self::Name(name) => node.get(name),
            Self::Index(index) => node.index(*index),
        }
    }
}
