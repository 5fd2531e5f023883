//! Other words for a clause, in the user's own words as far as they stay.
use super::{Case, Sides, opposite};
use crate::path::eval::Operand as Seen;
use crate::path::ir::{Comparison, Operand, Operator, Test};
use crate::path::{lex, text};
use crate::pattern::escaped;
use eventyard_event::json::Value;

/// Characters of a string that is proposed as a literal: what is longer is no condition to read.
const LITERAL_CHARS_MAX: usize = 256;

/// The clause in other words, best first.
pub(super) fn of(case: &Case<'_, '_>, test: &Test) -> Vec<String> {
    match test {
        Test::Exists(_) => vec![match case.written.strip_prefix('!') {
            Some(path) => path.trim_start().to_owned(),
            None => format!("!{}", case.written),
        }],
        Test::Compare(comparison) => compare(case, comparison).unwrap_or_default(),
        Test::Regex(regex) => exception(case, &regex.subject).into_iter().collect(),
    }
}

fn compare(case: &Case<'_, '_>, comparison: &Comparison) -> Option<Vec<String>> {
    let sides = Sides::of(comparison);
    let (left, right) = split(case.written)?;
    let (seen, other) = if sides.mirrored { (right, left) } else { (left, right) };
    let say = |operator: Operator, other: &str| match sides.mirrored {
        true => format!("{other} {} {seen}", operator.mirrored().as_str()),
        false => format!("{seen} {} {other}", operator.as_str()),
    };
    let actual = literal(&case.see(sides.seen));
    let bound = actual
        .as_deref()
        .filter(|_| are_alike(&case.see(sides.seen), &case.see(sides.wanted)))
        .map(|actual| say(bound(sides.operator, case.wanted), actual));
    let equal = actual.as_deref().filter(|_| case.wanted).map(|a| say(Operator::Equal, a));
    let turned = || Some(say(opposite(sides.operator), other));
    let absent = || exception(case, sides.seen).filter(|_| actual.is_none() && case.wanted);
    let is_equality =
        sides.operator == if case.wanted { Operator::NotEqual } else { Operator::Equal };
    let words = match sides.wanted {
        // The event has the very value that is compared with.
        _ if is_equality => vec![turned()],
        Operand::Literal(_) if case.wanted => vec![bound, equal, absent()],
        Operand::Literal(_) => vec![bound, turned()],
        // Two places are compared: the user's own second place is kept where that can be.
        _ => vec![Some(say(or_equal(sides.operator), other)), turned(), bound, absent()],
    };
    Some(words.into_iter().flatten().collect())
}

/// Whether an order between them means something.
fn are_alike(left: &Seen<'_>, right: &Seen<'_>) -> bool {
    let (Seen::Value(left), Seen::Value(right)) = (left, right) else { return false };
    left.kind_name() == right.kind_name()
}

/// The operator that the value which was seen fulfils towards itself; when that is not `wanted`, the one
/// that it just does not fulfil.
fn bound(operator: Operator, wanted: bool) -> Operator {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    match (operator, wanted) {
        (Equal | NotEqual, true) => Equal,
        (Equal | NotEqual, false) => NotEqual,
        (Less | LessOrEqual, true) => LessOrEqual,
        (Less | LessOrEqual, false) => Less,
        (Greater | GreaterOrEqual, true) => GreaterOrEqual,
        (Greater | GreaterOrEqual, false) => Greater,
    }
}

fn or_equal(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::LessOrEqual,
        Operator::Greater => Operator::GreaterOrEqual,
        same => same,
    }
}

/// The clause as it is, but for the value that was seen (or for its absence).
fn exception(case: &Case<'_, '_>, subject: &Operand) -> Option<String> {
    let (written, place) = (case.written, text::operand(subject));
    let seen = case.see(subject);
    match (&seen, case.wanted) {
        (Seen::Nothing, true) => {
            matches!(subject, Operand::Singular(_)).then(|| format!("({written} || !{place})"))
        }
        (Seen::Nothing, false) => None,
        (Seen::Value(_), true) => Some(format!("({written} || {place} == {})", literal(&seen)?)),
        (Seen::Value(_), false) => Some(format!("({written} && {place} != {})", literal(&seen)?)),
    }
}

/// The value as a literal of RFC 9535; none for arrays, objects, long strings and no value.
fn literal(seen: &Seen<'_>) -> Option<String> {
    let Seen::Value(value) = seen else { return None };
    match value.as_ref() {
        Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => text
            .char_indices()
            .nth(LITERAL_CHARS_MAX)
            .is_none()
            .then(|| format!("'{}'", escaped(text, '\''))),
        scalar => Some(scalar.to_string()),
    }
}

/// The two sides of a comparison as they are written.
fn split(written: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let tokens = lex::tokens(written).ok()?;
    let operator = tokens.into_iter().find(|token| {
        match token.kind {
            lex::Kind::LeftBracket | lex::Kind::LeftParen => depth = depth.saturating_add(1),
            lex::Kind::RightBracket | lex::Kind::RightParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == lex::Kind::Compare
    })?;
    let (left, right) = (written.get(..operator.span.start)?, written.get(operator.span.end..)?);
    Some((left.trim_end(), right.trim_start()))
}
