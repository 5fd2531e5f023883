//! Conditions and clauses that hold for every event, or for none.

use eventyard_event::json::Value;
use eventyard_filter::Condition;
use eventyard_filter::outline::{Atom, AtomKind, Operand, Operator, Outline};

use super::Clause;
use super::bounds::contradiction;

/// What is certain without an event. Sound: what it calls constant is so for every document.
pub(super) fn constants(outline: &Outline, text: &str) -> Vec<Clause> {
    let takes_all = matches!(outline, Outline::Atom(atom) if is_root(atom));
    if takes_all {
        // `when: $` is how one says "every event".
        return Vec::new();
    }
    if let Some(holds) = truth(outline, text) {
        return vec![clause("condition", holds, 0..text.trim_end().len())];
    }
    let mut found = Vec::new();
    atoms(outline, text, &mut found);
    contradictions(outline, &mut found);
    found
}

/// Whether the outline holds for every document, for none, or neither is certain.
fn truth(outline: &Outline, text: &str) -> Option<bool> {
    match outline {
        Outline::Not(inner) => truth(inner, text).map(|holds| !holds),
        Outline::Atom(atom) => atom_truth(atom, text),
        Outline::And(parts) => {
            let all = || parts.iter().map(|part| truth(part, text));
            if all().any(|one| one == Some(false)) || contradiction(parts).is_some() {
                return Some(false);
            }
            all().all(|one| one == Some(true)).then_some(true)
        }
        Outline::Or(parts) => {
            let all = || parts.iter().map(|part| truth(part, text));
            if all().any(|one| one == Some(true)) {
                return Some(true);
            }
            all().all(|one| one == Some(false)).then_some(false)
        }
    }
}

fn atom_truth(atom: &Atom, text: &str) -> Option<bool> {
    match &atom.kind {
        AtomKind::Exists(_) => is_root(atom).then_some(true),
        AtomKind::Compare { left: Operand::Literal(_), right: Operand::Literal(_), .. } => {
            // The evaluator itself decides; there is no path, so any document will do.
            let clause = text.get(atom.span.clone())?;
            Some(Condition::parse(clause).ok()?.matches(&Value::Null))
        }
        AtomKind::Compare { left, operator, right } => never_ordered(left, *operator, right),
        AtomKind::Regex { .. } => None,
    }
}

/// `<` and `>` hold between two numbers or two strings only (RFC 9535 §2.3.5.2.2).
fn never_ordered(left: &Operand, operator: Operator, right: &Operand) -> Option<bool> {
    let strict = matches!(operator, Operator::Less | Operator::Greater);
    let unordered = |operand: &Operand| {
        matches!(operand, Operand::Literal(value)
            if !matches!(value, Value::Number(_) | Value::String(_)))
    };
    (strict && (unordered(left) || unordered(right))).then_some(false)
}

/// `$` or `@` alone.
fn is_root(atom: &Atom) -> bool {
    matches!(&atom.kind, AtomKind::Exists(path) if path.singular && path.steps.is_empty())
}

fn atoms(outline: &Outline, text: &str, found: &mut Vec<Clause>) {
    match outline {
        Outline::Not(inner) => atoms(inner, text, found),
        Outline::And(parts) | Outline::Or(parts) => {
            parts.iter().for_each(|part| atoms(part, text, found));
        }
        Outline::Atom(atom) => {
            let holds = atom_truth(atom, text);
            found.extend(holds.map(|holds| clause("clause", holds, atom.span.clone())));
        }
    }
}

/// Alternatives that can never hold, while others can.
fn contradictions(outline: &Outline, found: &mut Vec<Clause>) {
    match outline {
        Outline::Not(inner) => contradictions(inner, found),
        Outline::Or(parts) => parts.iter().for_each(|part| contradictions(part, found)),
        Outline::And(parts) => {
            found.extend(contradiction(parts).map(|span| clause("clause", false, span)));
            parts.iter().for_each(|part| contradictions(part, found));
        }
        Outline::Atom(_) => {}
    }
}

fn clause(what: &str, holds: bool, span: std::ops::Range<usize>) -> Clause {
    let (code, message, help) = if holds {
        ("L0105", "always holds", "leave it out; `when: $` takes every event")
    } else {
        ("L0106", "never holds", "no event can fit; is a value or an operator mistaken?")
    };
    Clause { code, span, message: format!("this {what} {message}"), help: help.to_owned() }
}
