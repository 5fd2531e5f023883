//! Comparisons: RFC 9535 §2.3.5.2.2.
use super::Operand;
use crate::path::ir::Operator;
use eventyard_event::json::Value;

/// Whether `left operator right` holds.
pub(crate) fn compare(left: &Operand<'_>, operator: Operator, right: &Operand<'_>) -> bool {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Less => less(left, right),
        Operator::Greater => less(right, left),
        Operator::LessOrEqual => less(left, right) || equal(left, right),
        Operator::GreaterOrEqual => less(right, left) || equal(left, right),
    }
}

/// Nothing equals Nothing, and no value.
fn equal(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    match (left, right) {
        (Operand::Nothing, Operand::Nothing) => true,
        (Operand::Value(left), Operand::Value(right)) => left.as_ref() == right.as_ref(),
        _ => false,
    }
}

/// Only numbers and strings have an order; that of strings by scalar values is that of UTF-8 bytes.
fn less(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    let (Operand::Value(left), Operand::Value(right)) = (left, right) else { return false };
    match (left.as_ref(), right.as_ref()) {
        (Value::Number(left), Value::Number(right)) => left < right,
        (Value::String(left), Value::String(right)) => left < right,
        _ => false,
    }
}
