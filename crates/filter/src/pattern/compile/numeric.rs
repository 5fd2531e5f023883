//! `numeric`: one comparison, or a lower bound followed by an upper one.
use super::{field, token};
use crate::pattern::PatternError;
use crate::pattern::node::{PatternNode, Spanned};
use crate::pattern::operator::Test;
use crate::pattern::range::{Comparison, Decimal, Range};

const WAYS: &str =
    "write a comparison `[\">\", 5]`, or a range from low to high `[\">\", 0, \"<=\", 5]`";

/// Reads the value of `numeric`.
pub(super) fn test(value: &Spanned) -> Result<Test, PatternError> {
    let PatternNode::List(parts) = &value.node else {
        return Err(refuse(value, "Value of numeric must be an array."));
    };
    let (sign, bound, rest) = match parts.as_slice() {
        [sign, bound, rest @ ..] => (sign, Some(bound), rest),
        [sign] => (sign, None, [].as_slice()),
        [] => return Err(refuse(value, "Invalid member in numeric match: ]")),
    };
    let PatternNode::String(text) = &sign.node else {
        let reason = format!("Invalid member in numeric match: {}", token(Some(sign)));
        return Err(refuse(sign, reason));
    };
    let Some(comparison) = Comparison::of(text) else {
        let reason = format!("Unrecognized numeric range operator: {text}");
        return Err(refuse(sign, reason));
    };
    let name = if comparison == Comparison::Equal { "equals" } else { text };
    let low = (comparison, number(bound, name, sign)?);
    match (comparison, rest.first()) {
        (_, None) => Ok(Test::Numeric(Range { terms: vec![low] })),
        (Comparison::Greater | Comparison::GreaterOrEqual, Some(_)) => range(low, rest),
        (_, Some(more)) => Err(refuse(more, "Too many elements in numeric expression")),
    }
}

/// Reads what follows a lower bound.
fn range(low: (Comparison, Decimal), rest: &[Spanned]) -> Result<Test, PatternError> {
    let Some((sign, rest)) = rest.split_first() else {
        return Ok(Test::Numeric(Range { terms: vec![low] }));
    };
    let PatternNode::String(text) = &sign.node else {
        let reason = format!("Bad value in numeric range: {}", token(Some(sign)));
        return Err(refuse(sign, reason));
    };
    let comparison = match Comparison::of(text) {
        Some(upper @ (Comparison::Less | Comparison::LessOrEqual)) => upper,
        _ => return Err(refuse(sign, format!("Bad numeric range operator: {text}"))),
    };
    let high = (comparison, number(rest.first(), text, sign)?);
    if let Some(more) = rest.get(1) {
        return Err(refuse(more, "Too many terms in numeric range expression"));
    }
    if low.1.value >= high.1.value {
        return Err(refuse(sign, "Bottom must be less than top"));
    }
    Ok(Test::Numeric(Range { terms: vec![low, high] }))
}

/// The number after the comparison `name`, which stands at `sign`.
fn number(bound: Option<&Spanned>, name: &str, sign: &Spanned) -> Result<Decimal, PatternError> {
    let at = bound.unwrap_or(sign);
    let Some(PatternNode::Number(text)) = bound.map(|bound| &bound.node) else {
        return Err(refuse(at, format!("Value of {name} must be numeric")));
    };
    let number = field::number(text, at.at)?;
    if number.value.is_infinite() {
        let help = "`numeric` compares as binary64, which ends at 1.8e308; leave the bound out";
        let reason = format!("Value of {name} must be numeric");
        return Err(PatternError::new(at.at, reason).help(help));
    }
    Ok(number)
}

fn refuse(node: &Spanned, reason: impl Into<String>) -> PatternError {
    PatternError::new(node.at, reason).help(WAYS)
}
