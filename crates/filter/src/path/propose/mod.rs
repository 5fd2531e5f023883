//! Proposes what may turn one clause of a condition: other words for it, or another value in the event.
//! Nothing is tried here: the caller does, and takes the first of each kind that turns the verdict.
mod values;
mod words;

pub(crate) use values::beside;

use super::condition::{Atom, Condition};
use super::eval::{Evaluation, Operand as Seen};
use super::ir::{Comparison, Operand, Operator, Test};
use super::scan::Span;
use super::tree::Tree;
use crate::explain::change::{Proposals, Rewrite};
use eventyard_event::json::Value;

/// Proposals for the clause at the bytes `span` of the condition's text.
pub(crate) fn propose<'v>(condition: &Condition, span: &Span, root: &'v Value<'v>) -> Proposals {
    let Some(atom) = find(condition.tree(), span) else { return Proposals::default() };
    let (test, negated) = match &atom.expression {
        Tree::Atom(test) => (test, false),
        Tree::Not(inner) => match &**inner {
            Tree::Atom(test) => (test, true),
            _ => return Proposals::default(),
        },
        Tree::Or(_) | Tree::And(_) => return Proposals::default(),
    };
    let evaluation = Evaluation::new(root);
    let wanted = !evaluation.holds(&atom.expression, root);
    let written = condition.text().get(span.clone()).unwrap_or_default();
    let case = Case { written, evaluation, wanted, negated };
    let dropped = matches!(test, Test::Exists(_)).then(|| left_out(condition.text(), span, wanted));
    let words = words::of(&case, test);
    let rewritten = words.into_iter().filter_map(|to| Rewrite::new(condition.text(), span, to));
    Proposals {
        rewrites: dropped.flatten().into_iter().chain(rewritten).collect(),
        changes: values::of(&case, test),
    }
}

fn find<'t>(tree: &'t Tree<Atom>, span: &Span) -> Option<&'t Atom> {
    match tree {
        Tree::Or(parts) | Tree::And(parts) => parts.iter().find_map(|part| find(part, span)),
        Tree::Not(inner) => find(inner, span),
        Tree::Atom(atom) => (atom.span == *span).then_some(atom),
    }
}

/// The clause that is to be turned.
struct Case<'t, 'v> {
    /// The clause as the user wrote it.
    written: &'t str,
    evaluation: Evaluation<'v>,
    /// What the clause must be for the filter to take the event.
    wanted: bool,
    /// Whether the clause begins with `!`.
    negated: bool,
}

impl<'v> Case<'_, 'v> {
    fn root(&self) -> &'v Value<'v> {
        self.evaluation.root
    }

    fn see<'a>(&self, operand: &'a Operand) -> Seen<'a>
    where
        'v: 'a,
    {
        self.evaluation.operand(operand, self.evaluation.root)
    }
}

/// A comparison with the side that looks into the event first.
struct Sides<'c> {
    seen: &'c Operand,
    operator: Operator,
    wanted: &'c Operand,
    /// Whether the user wrote them the other way round.
    mirrored: bool,
}

impl<'c> Sides<'c> {
    fn of(comparison: &'c Comparison) -> Self {
        let Comparison { left, operator, right } = comparison;
        if matches!(left, Operand::Literal(_)) && !matches!(right, Operand::Literal(_)) {
            let operator = operator.mirrored();
            return Self { seen: right, operator, wanted: left, mirrored: true };
        }
        Self { seen: left, operator: *operator, wanted: right, mirrored: false }
    }
}

/// The operator that holds where this one does not, as far as values have an order.
fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
    }
}

/// The text without the clause and the `&&` beside it; for a clause that is to be false, the `||`.
fn left_out(text: &str, span: &Span, wanted: bool) -> Option<Rewrite> {
    let joint = if wanted { "&&" } else { "||" };
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    let text = match before.trim_end().strip_suffix(joint) {
        Some(rest) => format!("{}{after}", rest.trim_end()),
        None => format!("{before}{}", after.trim_start().strip_prefix(joint)?.trim_start()),
    };
    Some(Rewrite { to: String::new(), text })
}
