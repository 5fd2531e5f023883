//! Finds the values of a field in a document: through objects by name, through arrays by every element.
use std::hash::{Hash, Hasher};
use std::ptr;

use eventyard_event::json::Value;

/// A scalar that a field's path leads to.
#[derive(Debug, Clone)]
pub(super) struct Found<'v, 'p> {
    pub value: &'v Value<'v>,
    /// The way to it from the root.
    pub trail: Vec<Step<'v, 'p>>,
}

/// One step of the way to a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'v, 'p> {
    /// Into the member of an object.
    Member(&'p str),
    /// Into an element of an array that holds objects or arrays: all fields must choose the same.
    Element(Pin<'v, 'p>),
    /// To a scalar of an array: the scalars of one array do not exclude each other.
    Scalar(usize),
}

/// The choice of one element of one array.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin<'v, 'p> {
    array: &'v [Value<'v>],
    pub index: usize,
    /// The part of the field's path that led to the array.
    path: &'p str,
}

impl Pin<'_, '_> {
    fn same_array(&self, array: &[Value<'_>]) -> bool {
        ptr::eq(self.array.as_ptr().cast::<()>(), array.as_ptr().cast())
    }

    /// Whether the path of another field may lead through the array.
    pub(super) fn concerns(&self, path: &str) -> bool {
        path.strip_prefix(self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl PartialEq for Pin<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.same_array(other.array) && self.index == other.index
    }
}

impl Eq for Pin<'_, '_> {}

impl Hash for Pin<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.array.as_ptr().hash(state);
        self.index.hash(state);
    }
}

/// All scalars that `path` (names joined by `.`) leads to from `root` when arrays are entered only where
/// `pins` allow. Objects are not scalars, and an empty array holds none.
pub(super) fn scalars<'v, 'p>(
    root: &'v Value<'v>,
    path: &'p str,
    pins: &[Pin<'v, 'p>],
) -> Vec<Found<'v, 'p>> {
    let mut walk = Walk { path, pins, trail: Vec::new(), found: Vec::new() };
    walk.descend(root, path);
    walk.found
}

/// All scalars that `value` is or, being an array, holds.
pub(super) fn held<'v>(value: &'v Value<'v>) -> Vec<Found<'v, 'static>> {
    let mut walk = Walk { path: "", pins: &[], trail: Vec::new(), found: Vec::new() };
    walk.arrive(value);
    walk.found
}

/// What stands at `path` when no scalar does: `an object` or `an empty array`.
pub(super) fn kind(root: &Value<'_>, path: &str) -> Option<&'static str> {
    match root {
        Value::Object(object) => names(path).find_map(|(name, tail)| {
            let value = object.get(name)?;
            tail.map_or_else(|| compound(value), |tail| kind(value, tail))
        }),
        Value::Array(array) => array.iter().find_map(|element| kind(element, path)),
        _ => None,
    }
}

fn compound(value: &Value<'_>) -> Option<&'static str> {
    match value {
        Value::Object(_) => Some("an object, whose fields are not looked at"),
        Value::Array(array) if array.is_empty() => Some("an empty array"),
        Value::Array(_) => Some("an array of objects, whose fields are not looked at"),
        _ => None,
    }
}

/// Every name that `rest` of a path may start with, and what is left of it then.
///
/// INVARIANT (dots): a name may hold dots, so `{"a.b":1}` and `{"a":{"b":1}}` have the same field, as
/// they have for AWS.
fn names(rest: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let parts = rest.match_indices('.').filter_map(|(dot, _)| {
        let (name, tail) = rest.split_at_checked(dot)?;
        Some((name, tail.strip_prefix('.')))
    });
    parts.chain([(rest, None)])
}

struct Walk<'w, 'v, 'p> {
    path: &'p str,
    pins: &'w [Pin<'v, 'p>],
    trail: Vec<Step<'v, 'p>>,
    found: Vec<Found<'v, 'p>>,
}

impl<'v, 'p> Walk<'_, 'v, 'p> {
    /// Looks for what `rest` of the path names, below `node`.
    fn descend(&mut self, node: &'v Value<'v>, rest: &'p str) {
        match node {
            Value::Object(object) => {
                for (name, tail) in names(rest) {
                    let Some(value) = object.get(name) else { continue };
                    self.trail.push(Step::Member(name));
                    match tail {
                        None => self.arrive(value),
                        Some(tail) => self.descend(value, tail),
                    }
                    self.trail.pop();
                }
            }
            Value::Array(array) => {
                let path = self.path.strip_suffix(rest).unwrap_or_default();
                let path = path.strip_suffix('.').unwrap_or(path);
                self.elements(array, path, |walk, element| walk.descend(element, rest));
            }
            _ => {}
        }
    }

    /// Takes `value`, to which the whole path led.
    fn arrive(&mut self, value: &'v Value<'v>) {
        match value {
            Value::Object(_) => {}
            Value::Array(array) => {
                for (index, element) in array.iter().enumerate() {
                    if !matches!(element, Value::Array(_) | Value::Object(_)) {
                        self.trail.push(Step::Scalar(index));
                        self.take(element);
                        self.trail.pop();
                    }
                }
                self.elements(array, self.path, Self::arrive);
            }
            scalar => self.take(scalar),
        }
    }

    fn take(&mut self, value: &'v Value<'v>) {
        self.found.push(Found { value, trail: self.trail.clone() });
    }

    /// Enters the arrays and objects of an array, or only the one that is pinned.
    fn elements(
        &mut self,
        array: &'v [Value<'v>],
        path: &'p str,
        enter: impl Fn(&mut Self, &'v Value<'v>),
    ) {
        let pinned = self.pins.iter().find(|pin| pin.same_array(array)).map(|pin| pin.index);
        for (index, element) in array.iter().enumerate() {
            let inside = matches!(element, Value::Array(_) | Value::Object(_));
            if inside && pinned.is_none_or(|pinned| pinned == index) {
                self.trail.push(Step::Element(Pin { array, index, path }));
                enter(self, element);
                self.trail.pop();
            }
        }
    }
}
