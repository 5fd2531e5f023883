//! Conjunctions that no value of a path can satisfy.

use std::cmp::Ordering;
use std::ops::Range;

use eventyard_event::json::Value;
use eventyard_filter::outline::{Atom, AtomKind, Operand, Operator, Outline, PathOutline};

/// What one clause demands of the value at a path.
struct Demand<'o> {
    path: &'o PathOutline,
    operator: Operator,
    literal: &'o Value<'static>,
    span: &'o Range<usize>,
}

/// The place of the first clause that contradicts one before it, if the parts cannot all hold.
///
/// Sound, not complete: clauses are compared in pairs, and only those that compare one path with
/// a literal, or ask for one path both ways.
pub(super) fn contradiction(parts: &[Outline]) -> Option<Range<usize>> {
    let demands: Vec<Demand<'_>> = parts.iter().filter_map(demand).collect();
    let asked: Vec<_> = parts.iter().filter_map(existence).collect();
    let clash = second_of_pair(&demands, |a, b| a.path.steps == b.path.steps && !both(a, b));
    let clash = clash.map(|demand| demand.span);
    let asked = second_of_pair(&asked, |a, b| a.0.steps == b.0.steps && a.1 != b.1);
    clash.or(asked.map(|(_, _, span)| *span)).cloned()
}

/// The later one of the first two that clash.
fn second_of_pair<T>(list: &[T], clash: impl Fn(&T, &T) -> bool) -> Option<&T> {
    let mut before = 0..0;
    list.iter().enumerate().find_map(|(index, later)| {
        before.end = index;
        let earlier = list.get(before.clone())?;
        earlier.iter().any(|earlier| clash(earlier, later)).then_some(later)
    })
}

fn demand(part: &Outline) -> Option<Demand<'_>> {
    let Outline::Atom(Atom { span, kind: AtomKind::Compare { left, operator, right }, .. }) = part
    else {
        return None;
    };
    match (left, right) {
        (Operand::Path(path), Operand::Literal(literal)) => {
            Some(Demand { path, operator: *operator, literal, span })
        }
        (Operand::Literal(literal), Operand::Path(path)) => {
            Some(Demand { path, operator: mirrored(*operator), literal, span })
        }
        _ => None,
    }
}

/// The operator with its sides exchanged.
pub(super) fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        same => same,
    }
}

/// `$.p` and `!$.p`, with whether it is to be there.
fn existence(part: &Outline) -> Option<(&PathOutline, bool, &Range<usize>)> {
    let (part, wanted) = match part {
        Outline::Not(inner) => (&**inner, false),
        other => (other, true),
    };
    match part {
        Outline::Atom(Atom { span, kind: AtomKind::Exists(path), .. }) if path.singular => {
            Some((path, wanted, span))
        }
        _ => None,
    }
}

/// Whether some value may satisfy both; `true` also where that is not known.
fn both(a: &Demand<'_>, b: &Demand<'_>) -> bool {
    match (a.operator, b.operator) {
        (Operator::Equal, _) => holds(a.literal, b.operator, b.literal),
        (_, Operator::Equal) => holds(b.literal, a.operator, a.literal),
        (Operator::NotEqual, _) | (_, Operator::NotEqual) => true,
        _ => ranges_meet(a, b),
    }
}

/// Whether a value compares so with a literal (RFC 9535 §2.3.5.2.2).
fn holds(value: &Value<'_>, operator: Operator, literal: &Value<'_>) -> bool {
    let order = order(value, literal);
    match operator {
        Operator::Equal => value == literal,
        Operator::NotEqual => value != literal,
        Operator::Less => order == Some(Ordering::Less),
        Operator::Greater => order == Some(Ordering::Greater),
        Operator::LessOrEqual => order == Some(Ordering::Less) || value == literal,
        Operator::GreaterOrEqual => order == Some(Ordering::Greater) || value == literal,
    }
}

fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Two ranges: of one type, and with room between a lower and an upper end.
fn ranges_meet(a: &Demand<'_>, b: &Demand<'_>) -> bool {
    let is_upper =
        |demand: &Demand<'_>| matches!(demand.operator, Operator::Less | Operator::LessOrEqual);
    let Some(order) = order(a.literal, b.literal) else {
        // Numbers and strings have no order between them; of other types only equal ends meet.
        return a.literal == b.literal;
    };
    let (order, lower, upper) = match (is_upper(a), is_upper(b)) {
        (false, true) => (order, a, b),
        (true, false) => (order.reverse(), b, a),
        _ => return true,
    };
    let closed =
        lower.operator == Operator::GreaterOrEqual && upper.operator == Operator::LessOrEqual;
    order == Ordering::Less || (order == Ordering::Equal && closed)
}
