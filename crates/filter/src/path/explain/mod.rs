//! Why a condition holds or does not: each atom with what it saw and what it wanted.
mod nowhere;

use super::condition::{Atom, Condition};
use super::eval::{Evaluation, Operand as Seen};
use super::ir::{self, Comparison, Operand, Path, Pattern, RegexTest, Test};
use super::text;
use super::tree::Tree;
use crate::{Clause, Explanation};
use eventyard_event::json::Value;

/// Explains a condition for a document.
pub(super) fn explain<'v>(condition: &Condition, root: &'v Value<'v>) -> Explanation {
    let evaluation = Evaluation::new(root);
    let mut clauses = Vec::new();
    let numbered = number(condition.tree(), &mut |atom| {
        clauses.push(clause(condition.text(), atom, &evaluation));
        clauses.len() - 1
    });
    let holds: Vec<bool> = clauses.iter().map(|clause| clause.holds).collect();
    let verdict = |flipped: Option<usize>| {
        numbered.holds(&mut |n| holds.get(*n).is_some_and(|holds| *holds != (flipped == Some(*n))))
    };
    let matched = verdict(None);
    for (n, clause) in clauses.iter_mut().enumerate() {
        clause.decisive = !matched && verdict(Some(n));
    }
    Explanation { matched, clauses }
}

/// The tree over the numbers of its atoms.
fn number(tree: &Tree<Atom>, atom: &mut impl FnMut(&Atom) -> usize) -> Tree<usize> {
    let numbered = tree.map(&mut |a| Ok::<_, std::convert::Infallible>(atom(a)));
    match numbered {
        Ok(tree) => tree,
        Err(never) => match never {},
    }
}

fn clause<'v>(text: &str, atom: &Atom, evaluation: &Evaluation<'v>) -> Clause {
    let root = evaluation.root;
    let holds = evaluation.holds(&atom.expression, root);
    let said = match &atom.expression {
        Tree::Atom(test) => say(test, evaluation, false),
        Tree::Not(inner) => match &**inner {
            Tree::Atom(test) => say(test, evaluation, true),
            _ => Said::default(),
        },
        Tree::Or(_) | Tree::And(_) => Said::default(),
    };
    Clause {
        text: text.get(atom.span.clone()).unwrap_or_default().to_owned(),
        path: said.path,
        actual: said.actual,
        expected: said.expected,
        holds,
        decisive: false,
        span: atom.span.clone(),
    }
}

/// The words of one clause.
#[derive(Default)]
struct Said {
    path: Option<String>,
    actual: String,
    expected: String,
}

fn say(test: &Test, evaluation: &Evaluation<'_>, is_negated: bool) -> Said {
    match test {
        Test::Exists(path) => exists(path, evaluation, is_negated),
        Test::Compare(comparison) => compare(comparison, evaluation),
        Test::Regex(regex) => self::regex(regex, evaluation, is_negated),
    }
}

fn exists(path: &Path, evaluation: &Evaluation<'_>, is_negated: bool) -> Said {
    let counted = evaluation.counted(path, evaluation.root);
    let actual = match (counted.any(), counted.nodes()) {
        (None, _) => nowhere::describe(path, evaluation),
        (Some(node), 1) => text::value(node),
        (Some(node), nodes) => format!("{nodes} nodes, first {}", text::value(node)),
    };
    let expected = match (is_negated, path.is_singular()) {
        (false, true) => "exists",
        (false, false) => "at least one node",
        (true, true) => "missing",
        (true, false) => "no node",
    };
    Said { path: Some(text::path(path)), actual, expected: expected.to_owned() }
}

/// The side that looks into the event is what was seen, the other what was wanted.
fn compare(comparison: &Comparison, evaluation: &Evaluation<'_>) -> Said {
    let Comparison { left, operator, right } = comparison;
    let mirror = matches!(left, Operand::Literal(_)) && !matches!(right, Operand::Literal(_));
    let (seen, operator, wanted) =
        if mirror { (right, operator.mirrored(), left) } else { (left, *operator, right) };
    let value = |operand: &Operand| show(&evaluation.operand(operand, evaluation.root));
    let expected = match wanted {
        Operand::Literal(_) => format!("{} {}", operator.as_str(), value(wanted)),
        other => format!("{} {} (`{}`)", operator.as_str(), value(other), text::operand(other)),
    };
    Said { path: place(seen), actual: value(seen), expected }
}

fn regex(regex: &RegexTest, evaluation: &Evaluation<'_>, is_negated: bool) -> Said {
    let seen = evaluation.operand(&regex.subject, evaluation.root);
    let verb = match (is_negated, regex.whole) {
        (false, true) => "a string that matches",
        (false, false) => "a string that contains a match of",
        (true, true) => "no string that matches",
        (true, false) => "no string that contains a match of",
    };
    let pattern = match &regex.pattern {
        Pattern::Literal { text, .. } => format!("`{text}`"),
        Pattern::Never => "a pattern that is no string".to_owned(),
        Pattern::Dynamic(operand) => {
            format!(
                "{} (`{}`)",
                show(&evaluation.operand(operand, evaluation.root)),
                text::operand(operand)
            )
        }
    };
    Said { path: place(&regex.subject), actual: show(&seen), expected: format!("{verb} {pattern}") }
}

fn show(seen: &Seen<'_>) -> String {
    match seen {
        Seen::Nothing => "missing".to_owned(),
        Seen::Value(value) => text::value(value),
    }
}

/// Where an operand looks, if at the event.
fn place(operand: &ir::Operand) -> Option<String> {
    (!matches!(operand, Operand::Literal(_))).then(|| text::operand(operand))
}
