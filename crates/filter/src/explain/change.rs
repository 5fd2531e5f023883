//! One change of a document: a value set or removed at one place.
use crate::path::Step;
use crate::path::eval::{Key, normalized};
use eventyard_event::json::{Object, Value};
use std::borrow::Cow;

/// Sets or removes one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    path: Vec<Step>,
    /// The new value; none where it is removed.
    pub value: Option<Value<'static>>,
}

impl Change {
    /// Puts `value` at `path` of `root`. The objects that are missing on the way become part of the
    /// value, so that the change is one member of an object that there is; where something else is in the
    /// way there is no change.
    pub fn set(root: &Value<'_>, path: Vec<Step>, value: Value<'static>) -> Option<Self> {
        let mut node = root;
        for (at, step) in path.iter().enumerate() {
            let Some(child) = step.child(node) else {
                let is_member = matches!(step, Step::Name(_)) && node.as_object().is_some();
                let (head, tail) = path.split_at_checked(at.saturating_add(1))?;
                let value = wrapped(tail, value).filter(|_| is_member)?;
                return Some(Self { path: head.to_vec(), value: Some(value) });
            };
            node = child;
        }
        Some(Self { path, value: Some(value) })
    }

    /// Takes the member at `path` away; elements of arrays are not removed, as those after them move.
    pub fn remove(path: Vec<Step>) -> Self {
        Self { path, value: None }
    }

    /// The document with the change; none where it cannot be made.
    pub fn applied<'v>(&self, root: &Value<'v>) -> Option<Value<'v>> {
        changed(root, &self.path, self.value.as_ref())
    }

    /// The normalized path of the place.
    pub fn place(&self) -> String {
        let keys: Vec<Key<'_>> = self.path.iter().map(Step::key).collect();
        normalized(&keys)
    }
}

/// The value inside new objects and arrays for these steps.
fn wrapped(steps: &[Step], value: Value<'static>) -> Option<Value<'static>> {
    steps.iter().rev().try_fold(value, |inner, step| match step {
        Step::Name(name) => {
            let member = (Cow::Owned(name.clone()), inner);
            Some(Value::Object(Object::from_iter([member])))
        }
        Step::Index(0) => Some(Value::Array(vec![inner])),
        Step::Index(_) => None,
    })
}

fn changed<'v>(
    node: &Value<'v>,
    path: &[Step],
    value: Option<&Value<'static>>,
) -> Option<Value<'v>> {
    let (step, rest) = path.split_first()?;
    let child = match (rest, value) {
        ([], None) => return without(node, step),
        ([], Some(value)) => value.clone(),
        (rest, value) => changed(step.child(node)?, rest, value)?,
    };
    match (step, node) {
        (Step::Name(name), Value::Object(members)) => {
            let mut members = members.clone();
            members.insert(name.clone(), child);
            Some(Value::Object(members))
        }
        (Step::Index(index), Value::Array(elements)) => {
            let mut elements = elements.clone();
            *elements.get_mut(*index)? = child;
            Some(Value::Array(elements))
        }
        _ => None,
    }
}

fn without<'v>(node: &Value<'v>, step: &Step) -> Option<Value<'v>> {
    let Step::Name(name) = step else { return None };
    let members = node.as_object().filter(|members| members.get(name).is_some())?;
    let kept = members.iter().filter(|(own, _)| own != name);
    let kept = kept.map(|(own, value)| (Cow::Owned(own.to_owned()), value.clone()));
    Some(Value::Object(kept.collect()))
}

/// What may turn the verdict of a filter, best first; nothing of it has been tried.
#[derive(Debug, Default)]
pub(crate) struct Proposals {
    pub rewrites: Vec<Rewrite>,
    pub changes: Vec<Change>,
}

/// Other words for one clause.
#[derive(Debug)]
pub(crate) struct Rewrite {
    /// The clause as it would be; empty where it is left out.
    pub to: String,
    /// The whole text around it.
    pub text: String,
}

impl Rewrite {
    /// `text` with `to` in the place of the bytes `span`.
    pub fn new(text: &str, span: &std::ops::Range<usize>, to: String) -> Option<Self> {
        let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
        Some(Self { text: format!("{before}{to}{after}"), to })
    }
}
