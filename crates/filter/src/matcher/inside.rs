//! Keys from inside a filter on children: `$.items[?@.sku == 'x']` needs an element of `items` whose
//! `sku` is `x`.
//!
//! They are looked up as the places of patterns are, which pass through arrays. A filter also takes the
//! members of an object, where such places do not lead: that the value is an object is a key too.
use super::facts::literal_keys;
use super::key::{Fact, Keys};
use super::program::{DOTS_MAX, Program};
use super::slots::SlotId;
use crate::path::Step;
use crate::path::ir::{Comparison, Operand, Operator, Path, Segment, Selector, Start, Test};
use crate::path::tree::Tree;
use eventyard_event::json::Value;

/// A filter on the children of one value.
pub(super) struct Inside<'f> {
    /// The place of the value.
    slot: SlotId,
    /// The names that lead to it.
    names: Vec<String>,
    filter: &'f Tree<Test>,
}

impl<'f> Inside<'f> {
    /// The filter that `rest` begins with, behind `steps`.
    pub fn of(slot: SlotId, steps: &[Step], rest: &'f [Segment]) -> Option<Self> {
        let first = rest.first().filter(|first| !first.descendant)?;
        let [Selector::Filter(filter)] = first.selectors.as_slice() else { return None };
        let name = |step: &Step| match step {
            Step::Name(name) => Some(name.clone()),
            Step::Index(_) => None,
        };
        let names = steps.iter().map(name).collect::<Option<Vec<_>>>()?;
        // Places of patterns begin in an object; the children of the event itself may be elements.
        (!names.is_empty()).then_some(Self { slot, names, filter: &filter.expression })
    }
}

impl Program {
    /// The keys of a filter that takes a child.
    pub(super) fn inside(&mut self, inside: &Inside<'_>) -> Option<Keys> {
        let of_elements = self.of_children(inside, inside.filter, true)?;
        let of_members = Keys::one(inside.slot, Fact::Object, false);
        Keys::either([Some(Keys { exact: false, ..of_elements }), Some(of_members)])
    }

    /// The keys of an expression about a child that holds, or does not.
    fn of_children(&mut self, inside: &Inside<'_>, tree: &Tree<Test>, holds: bool) -> Option<Keys> {
        match (tree, holds) {
            (Tree::Atom(test), _) => self.of_child(inside, test, holds),
            (Tree::Not(inner), _) => self.of_children(inside, inner, !holds),
            (Tree::And(parts), true) | (Tree::Or(parts), false) => {
                let all: Vec<_> =
                    parts.iter().map(|part| self.of_children(inside, part, holds)).collect();
                Keys::both(all)
            }
            (Tree::And(parts), false) | (Tree::Or(parts), true) => {
                let all: Vec<_> =
                    parts.iter().map(|part| self.of_children(inside, part, holds)).collect();
                Keys::either(all)
            }
        }
    }

    fn of_child(&mut self, inside: &Inside<'_>, test: &Test, holds: bool) -> Option<Keys> {
        let Test::Compare(Comparison { left, operator, right }) = test else { return None };
        let operator = match (operator, holds) {
            (operator, true) => *operator,
            (Operator::NotEqual, false) => Operator::Equal,
            _ => return None,
        };
        let (path, operator, literal) = match (left, right) {
            (Operand::Singular(path), Operand::Literal(literal)) => (path, operator, literal),
            (Operand::Literal(literal), Operand::Singular(path)) => {
                (path, operator.mirrored(), literal)
            }
            _ => return None,
        };
        // Only scalars are values of such places.
        let is_scalar = !matches!(literal, Value::Array(_) | Value::Object(_));
        let slot = self.child_slot(inside, path).filter(|_| is_scalar)?;
        literal_keys(slot, operator, literal)
    }

    /// The place of a path that begins at the child.
    fn child_slot(&mut self, inside: &Inside<'_>, path: &Path) -> Option<SlotId> {
        let name = |segment: &Segment| match segment.selectors.as_slice() {
            [Selector::Name(name)] if !segment.descendant => Some(name.clone()),
            _ => None,
        };
        let below = path.segments.iter().map(name).collect::<Option<Vec<_>>>()?;
        let names: Vec<String> = inside.names.iter().cloned().chain(below).collect();
        let joined = names.join(".");
        let is_spread = !names.is_empty() && joined.matches('.').count() <= DOTS_MAX;
        (path.start == Start::Current && is_spread).then(|| self.slots.flat(&joined))
    }
}
