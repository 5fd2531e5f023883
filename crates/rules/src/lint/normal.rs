//! A text for a filter that is the same for filters of the same meaning, written otherwise.

use eventyard_filter::outline::{Atom, AtomKind, Operand, Outline, PathOutline};
use eventyard_filter::{Condition, Filter, Pattern};

use super::bounds::mirrored;
use super::claim::key;

/// Sound, not complete: equal texts mean equal filters.
///
/// The order of `&&`, `||`, of the sides of a comparison, of the fields of a pattern and of their
/// alternatives does not count, nor does one that is written twice.
pub(super) fn form(filter: &Filter) -> String {
    let when = filter.when.as_ref().map(condition);
    let pattern = filter.pattern.as_ref().map(pattern);
    format!("{when:?} {pattern:?}")
}

fn condition(when: &Condition) -> String {
    outline(&when.outline(), when.text())
}

fn outline(part: &Outline, text: &str) -> String {
    match part {
        Outline::Not(inner) => format!("!({})", outline(inner, text)),
        Outline::And(parts) => sorted("&&", parts.iter().map(|part| outline(part, text))),
        Outline::Or(parts) => sorted("||", parts.iter().map(|part| outline(part, text))),
        Outline::Atom(one) => atom(one, text),
    }
}

fn atom(atom: &Atom, text: &str) -> String {
    let own = text.get(atom.span.clone()).unwrap_or_default();
    let path = |path: &PathOutline| format!("${}", path.steps.concat());
    match &atom.kind {
        AtomKind::Compare {
            left: Operand::Path(left),
            operator,
            right: Operand::Literal(value),
        } => {
            format!("{} {operator:?} {value}", path(left))
        }
        AtomKind::Compare {
            left: Operand::Literal(value),
            operator,
            right: Operand::Path(right),
        } => {
            format!("{} {:?} {value}", path(right), mirrored(*operator))
        }
        AtomKind::Exists(one) if one.singular => path(one),
        AtomKind::Compare { left: Operand::Path(_), right: Operand::Path(_), .. } => key(atom, own),
        // The kind tells apart what has the span of one clause.
        kind => format!("{} {kind:?}", key(atom, own)),
    }
}

fn pattern(pattern: &Pattern) -> String {
    let outline = pattern.outline();
    let fields: Vec<String> = outline.fields.iter().map(|field| field.key()).collect();
    let field = |number: &usize| fields.get(*number).cloned().unwrap_or_default();
    let combinations = outline.combinations.iter();
    sorted("$or", combinations.map(|all| sorted("&&", all.iter().map(field))))
}

fn sorted(sign: &str, parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    parts.sort_unstable();
    parts.dedup();
    if let [one] = parts.as_slice() {
        return one.clone();
    }
    format!("({sign} {})", parts.join(" ; "))
}
