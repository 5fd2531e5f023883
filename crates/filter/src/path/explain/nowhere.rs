//! Why a query selects nothing: how far it leads, and what its filter saw there.
use super::show;
use crate::path::eval::Evaluation;
use crate::path::ir::{Comparison, Expression, Operand, Path, Segment, Selector, Start, Test};
use crate::path::text;
use crate::path::tree::Tree;
use eventyard_event::json::Value;

/// Children and member names that are shown.
const SHOWN_MAX: usize = 8;

/// Describes why `path` selects nothing in the event.
pub(super) fn describe(path: &Path, evaluation: &Evaluation<'_>) -> String {
    let what = if path.is_singular() { "missing" } else { "no node" };
    for end in (1..path.segments.len()).rev() {
        let (segments, rest) = path.segments.split_at(end);
        let prefix = Path::new(path.start, segments.to_vec());
        let counted = evaluation.counted(&prefix, evaluation.root);
        let Some(node) = counted.any() else { continue };
        let found = match counted.nodes() {
            1 => describe_node(node, rest.first(), evaluation),
            nodes => format!("{nodes} nodes"),
        };
        return format!("{what}; `{}` is {found}", text::segments(path.start, segments));
    }
    what.to_owned()
}

/// What the last node is, from which `next` led nowhere.
fn describe_node<'v>(
    node: &'v Value<'v>,
    next: Option<&Segment>,
    evaluation: &Evaluation<'v>,
) -> String {
    let children: Vec<&'v Value<'v>> = match node {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        scalar => return text::value(scalar),
    };
    match (next.and_then(looked_at), node) {
        (Some(operand), _) if !children.is_empty() => {
            format!(
                "{} of {}, {}",
                kind(node),
                children.len(),
                seen(operand, &children, evaluation)
            )
        }
        (_, Value::Object(members)) => {
            let names = members.iter().map(|(name, _)| name.to_owned());
            format!("an object with {}", listed(names, members.len()))
        }
        _ => format!("{} of {}", kind(node), children.len()),
    }
}

fn kind(node: &Value<'_>) -> &'static str {
    if matches!(node, Value::Array(_)) { "an array" } else { "an object" }
}

/// `` `@.qty` is 1, 3 ``: what a filter compared, child by child.
fn seen<'v>(operand: &Operand, children: &[&'v Value<'v>], evaluation: &Evaluation<'v>) -> String {
    let values = children.iter().map(|child| show(&evaluation.operand(operand, child)));
    format!("`{}` is {}", text::operand(operand), listed(values, children.len()))
}

fn listed(all: impl Iterator<Item = String>, total: usize) -> String {
    let shown: Vec<String> = all.take(SHOWN_MAX).collect();
    let more = if total > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// What the filter of a segment looks at first in each child.
fn looked_at(segment: &Segment) -> Option<&Operand> {
    match segment.selectors.as_slice() {
        [Selector::Filter(filter)] if !segment.descendant => first_operand(&filter.expression),
        _ => None,
    }
}

fn first_operand(expression: &Expression) -> Option<&Operand> {
    match expression {
        Tree::Or(parts) | Tree::And(parts) => parts.iter().find_map(first_operand),
        Tree::Not(inner) => first_operand(inner),
        Tree::Atom(Test::Compare(Comparison { left, right, .. })) => {
            [left, right].into_iter().find(|operand| is_of_child(operand))
        }
        Tree::Atom(Test::Regex(regex)) => {
            Some(&regex.subject).filter(|operand| is_of_child(operand))
        }
        Tree::Atom(Test::Exists(_)) => None,
    }
}

/// Whether an operand starts at the child, not at the event.
fn is_of_child(operand: &Operand) -> bool {
    match operand {
        Operand::Literal(_) => false,
        Operand::Singular(path) | Operand::Count(path) | Operand::Value(path) => {
            path.start == Start::Current
        }
        Operand::Length(inner) => is_of_child(inner),
    }
}
