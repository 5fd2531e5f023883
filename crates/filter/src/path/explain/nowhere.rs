//! Why a query selects nothing: how far it leads, and what its filter saw there.
use super::show;
use crate::path::eval::Evaluation;
use crate::path::ir::{Comparison, Expression, Operand, Path, Segment, Selector, Start, Test};
use crate::path::text;
use crate::path::tree::Tree;
use eventyard_event::json::Value;

/// Children and member names that are shown.
const SHOWN_MAX: usize = 8;
/// Operands of a filter that are shown.
const OPERANDS_MAX: usize = 4;

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
    let looked_at = next.map(looked_at).unwrap_or_default();
    match node {
        _ if !children.is_empty() && !looked_at.is_empty() => {
            let seen = looked_at.iter().map(|operand| seen(operand, &children, evaluation));
            let seen: Vec<String> = seen.collect();
            format!("{} of {}, {}", kind(node), children.len(), seen.join("; "))
        }
        Value::Object(members) => {
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

/// What the filter of a segment looks at in each child: each operand once, as many as are shown.
fn looked_at(segment: &Segment) -> Vec<&Operand> {
    let mut found = Vec::new();
    if let ([Selector::Filter(filter)], false) = (segment.selectors.as_slice(), segment.descendant)
    {
        collect(&filter.expression, &mut found);
    }
    found
}

fn collect<'e>(expression: &'e Expression, found: &mut Vec<&'e Operand>) {
    match expression {
        Tree::Or(parts) | Tree::And(parts) => parts.iter().for_each(|part| collect(part, found)),
        Tree::Not(inner) => collect(inner, found),
        Tree::Atom(Test::Compare(Comparison { left, right, .. })) => {
            [left, right].into_iter().for_each(|operand| add(operand, found));
        }
        Tree::Atom(Test::Regex(regex)) => add(&regex.subject, found),
        Tree::Atom(Test::Exists(_)) => {}
    }
}

fn add<'e>(operand: &'e Operand, found: &mut Vec<&'e Operand>) {
    let text = text::operand(operand);
    let known = found.iter().any(|other| text::operand(other) == text);
    if is_of_child(operand) && !known && found.len() < OPERANDS_MAX {
        found.push(operand);
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
