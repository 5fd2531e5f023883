//! One step: the children that a selector takes, in the order of RFC 9535 §2.3.
use super::{Evaluation, slice};
use crate::path::ir::Selector;
use eventyard_event::json::Value;

/// How a child is found from its parent; the building block of normalized paths (RFC 9535 §2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'k> {
    Name(&'k str),
    Index(usize),
}

/// A child beside its key.
pub(super) type Child<'k, 'v> = (Key<'k>, &'v Value<'v>);

/// All children: elements in order, members in the order of the text.
pub(super) fn children<'v>(
    node: &'v Value<'v>,
) -> Box<dyn DoubleEndedIterator<Item = Child<'v, 'v>> + 'v> {
    match node {
        Value::Array(elements) => {
            Box::new(elements.iter().enumerate().map(|(i, child)| (Key::Index(i), child)))
        }
        Value::Object(members) => {
            let all: Vec<_> =
                members.iter().map(|(name, child)| (Key::Name(name), child)).collect();
            Box::new(all.into_iter())
        }
        _ => Box::new(std::iter::empty()),
    }
}

impl<'v> Evaluation<'v> {
    /// Hands the children that `selector` takes from `node` to `take`, until it answers false.
    pub(super) fn step<'k>(
        &self,
        selector: &'k Selector,
        node: &'v Value<'v>,
        take: &mut impl FnMut(Child<'k, 'v>) -> bool,
    ) -> bool
    where
        'v: 'k,
    {
        match (selector, node) {
            (Selector::Name(name), Value::Object(members)) => {
                members.get(name).is_none_or(|child| take((Key::Name(name), child)))
            }
            (Selector::Index(at), Value::Array(elements)) => {
                element(elements, slice::index(*at, elements.len())).is_none_or(take)
            }
            (Selector::Slice(bounds), Value::Array(elements)) => {
                slice::slice(*bounds, elements.len())
                    .filter_map(|at| element(elements, Some(at)))
                    .all(take)
            }
            (Selector::Wildcard, node) => children(node).all(|(key, child)| take((key, child))),
            (Selector::Filter(filter), node) => {
                children(node).all(|child| !self.takes(filter, child.1) || take(child))
            }
            _ => true,
        }
    }
}

fn element<'v>(elements: &'v [Value<'v>], at: Option<usize>) -> Option<Child<'v, 'v>> {
    at.and_then(|at| elements.get(at).map(|child| (Key::Index(at), child)))
}
