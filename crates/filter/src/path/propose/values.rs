//! Other values in the event, with which a clause may turn.
use super::{Case, Sides, opposite};
use crate::explain::change::Change;
use crate::path::Step;
use crate::path::eval::Operand as Seen;
use crate::path::ir::{Comparison, Operand, Operator, Path, Pattern, RegexTest, Selector, Test};
use eventyard_event::json::{Number, Value};
use std::borrow::Cow;

/// Up to here whole numbers are exact as binary64.
const EXACT_MAX: f64 = 9e15;

/// Changes of the one place that the clause looks at, best first.
pub(super) fn of(case: &Case<'_, '_>, test: &Test) -> Vec<Change> {
    let truth = case.wanted != case.negated;
    let (path, values) = match test {
        Test::Exists(path) => {
            (Some(path), if truth { vec![Value::Bool(true)] } else { Vec::new() })
        }
        Test::Compare(comparison) => compare(case, comparison, truth),
        Test::Regex(regex) => {
            (place(&regex.subject), if truth { texts(regex) } else { Vec::new() })
        }
    };
    let Some(steps) = path.and_then(|path| steps(path, case.root())) else { return Vec::new() };
    let set = values.into_iter().filter_map(|v| Change::set(case.root(), steps.clone(), v));
    let mut changes: Vec<Change> = set.collect();
    // No value fulfils no comparison but `!=`, and one with another missing value.
    changes.push(Change::remove(steps.clone()));
    changes
}

fn compare<'c>(
    case: &Case<'_, '_>,
    comparison: &'c Comparison,
    truth: bool,
) -> (Option<&'c Path>, Vec<Value<'static>>) {
    let Sides { seen, operator, wanted, .. } = Sides::of(comparison);
    let operator = if truth { operator } else { opposite(operator) };
    let values = match case.see(wanted) {
        Seen::Value(wanted) => fitting(operator, &wanted),
        Seen::Nothing if operator == Operator::NotEqual => vec![Value::Bool(true)],
        Seen::Nothing => Vec::new(),
    };
    (place(seen), values)
}

/// Values that are in this relation to `wanted`.
fn fitting(operator: Operator, wanted: &Value<'_>) -> Vec<Value<'static>> {
    match (operator, wanted) {
        (Operator::Equal | Operator::LessOrEqual | Operator::GreaterOrEqual, _) => {
            vec![wanted.clone().into_owned()]
        }
        (Operator::NotEqual, Value::Bool(wanted)) => vec![Value::Bool(!wanted)],
        (Operator::NotEqual, _) => Vec::new(),
        (Operator::Greater, Value::String(text)) => vec![string(format!("{text}a"))],
        (Operator::Less, Value::String(_)) => vec![string(String::new())],
        (Operator::Greater, Value::Number(number)) => beside(number, 1).into_iter().collect(),
        (Operator::Less, Value::Number(number)) => beside(number, -1).into_iter().collect(),
        (Operator::Greater | Operator::Less, _) => Vec::new(),
    }
}

fn string(text: String) -> Value<'static> {
    Value::String(Cow::Owned(text))
}

/// The whole number next to a number, above or below.
pub(crate) fn beside(number: &Number<'_>, by: i8) -> Option<Value<'static>> {
    if let Some(whole) = number.as_i64() {
        return whole.checked_add(i64::from(by)).map(|next| Value::Number(Number::from(next)));
    }
    let value = number.as_f64();
    let next = if by > 0 { value.floor() } else { value.ceil() } + f64::from(by);
    (next.abs() < EXACT_MAX).then(|| Number::parse(next.to_string()).map(Value::Number))?
}

/// Texts that a regular expression may match: its alternatives without what may be empty.
fn texts(regex: &RegexTest) -> Vec<Value<'static>> {
    let Pattern::Literal { text, .. } = &regex.pattern else { return Vec::new() };
    let plain = |part: &str| part.replace(".*", "").replace(".+", "a").replace("\\.", ".");
    text.split('|').map(|part| string(plain(part))).collect()
}

fn place(operand: &Operand) -> Option<&Path> {
    if let Operand::Singular(path) = operand { Some(path) } else { None }
}

/// The steps of a query that selects one node at most.
fn steps(path: &Path, root: &Value<'_>) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut node = Some(root);
    for segment in path.segments.iter() {
        let step = match segment.selectors.as_slice() {
            [Selector::Name(name)] if !segment.descendant => Step::Name(name.clone()),
            [Selector::Index(index)] if !segment.descendant => Step::Index(element(*index, node)?),
            _ => return None,
        };
        node = node.and_then(|node| step.child(node));
        steps.push(step);
    }
    Some(steps)
}

/// The index from the start; in an array that is missing, the last element is the first.
fn element(index: i64, array: Option<&Value<'_>>) -> Option<usize> {
    let from_end = usize::try_from(index.unsigned_abs()).ok()?;
    if index >= 0 {
        return Some(from_end);
    }
    array.and_then(Value::as_array).map_or(1, <[Value<'_>]>::len).checked_sub(from_end)
}
