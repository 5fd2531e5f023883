//! What follows from a clause that holds: the keys it can be found by (a consequence, never more).
use super::atom::Term;
use super::key::{Bound, Fact, Keys, Range, bits};
use super::slots::SlotId;
use crate::path::ir::Operator;
use crate::pattern::fold::folded;
use crate::pattern::operator::{Case, Test as FieldTest};
use crate::pattern::range::{Comparison as Sign, Range as Numeric};
use eventyard_event::json::Value;
use ipnet::IpNet;

/// The keys of a comparison that holds.
pub(super) fn comparison_keys(left: &Term, operator: Operator, right: &Term) -> Option<Keys> {
    match (left, right) {
        (Term::Slot(slot), Term::Literal(literal)) => literal_keys(*slot, operator, literal),
        (Term::Literal(literal), Term::Slot(slot)) => {
            literal_keys(*slot, operator.mirrored(), literal)
        }
        (Term::Slot(slot), _) if is_strict(operator) => Some(Keys::present(*slot)),
        (_, Term::Slot(slot)) if is_strict(operator) => Some(Keys::present(*slot)),
        // A length is a number of something that is there.
        (Term::Length(of), Term::Literal(_)) if operator != Operator::NotEqual => match &**of {
            Term::Slot(slot) => Some(Keys::present(*slot)),
            _ => None,
        },
        _ => None,
    }
}

/// `<` and `>` hold for two values only.
fn is_strict(operator: Operator) -> bool {
    matches!(operator, Operator::Less | Operator::Greater)
}

pub(super) fn literal_keys(
    slot: SlotId,
    operator: Operator,
    literal: &Value<'static>,
) -> Option<Keys> {
    if operator == Operator::NotEqual {
        return None;
    }
    let equal = !is_strict(operator);
    match literal {
        Value::Number(number) => {
            let end = |inclusive| Bound::exact(number, inclusive);
            let range = match operator {
                // Unequal numbers may round to the same one: the exact comparison follows.
                Operator::Equal => {
                    return Some(Keys::one(slot, Fact::Number(bits(number.as_f64())), false));
                }
                Operator::Less => Range { high: end(false), ..Range::all() },
                Operator::LessOrEqual => Range { high: end(true), ..Range::all() },
                Operator::Greater => Range { low: end(false), ..Range::all() },
                _ => Range { low: end(true), ..Range::all() },
            };
            Some(Keys::one(slot, Fact::Range(range), true))
        }
        Value::String(text) if operator == Operator::Equal => {
            Some(Keys::one(slot, Fact::Text(text.as_bytes().into()), true))
        }
        Value::String(_) => Some(Keys::present(slot)),
        Value::Bool(value) if equal => Some(Keys::one(slot, Fact::Bool(*value), true)),
        Value::Null if equal => Some(Keys::one(slot, Fact::Null, true)),
        _ => Some(Keys { any: Vec::new(), exact: false }),
    }
}

/// What a string that an I-Regexp takes begins with, where the pattern says so in plain characters.
pub(super) fn regex_keys(slot: SlotId, pattern: &str, whole: bool) -> Keys {
    let is_plain = |c: char| !"\\.[](){}|*+?^$".contains(c);
    if !whole && !pattern.is_empty() && pattern.chars().all(is_plain) {
        return Keys::contains(slot, pattern);
    }
    if !whole || pattern.contains('|') {
        return Keys::present(slot);
    }
    let plain: String = pattern.chars().take_while(|c| is_plain(*c)).collect();
    let follows = pattern.get(plain.len()..).and_then(|rest| rest.chars().next());
    let head = match follows {
        None => return Keys::one(slot, Fact::Text(plain.as_bytes().into()), true),
        Some('*' | '?' | '{') => {
            let last = plain.chars().next_back().map_or(0, char::len_utf8);
            plain.get(..plain.len().saturating_sub(last)).unwrap_or_default()
        }
        Some(_) => plain.as_str(),
    };
    if head.is_empty() {
        return Keys::present(slot);
    }
    Keys { exact: false, ..Keys::prefix(slot, head) }
}

/// The keys of a field: of any of its alternatives.
pub(super) fn field_keys(slot: SlotId, tests: &[FieldTest]) -> Option<Keys> {
    let keys = Keys::either(tests.iter().map(|test| Some(field_test(slot, test))))?;
    if keys.any.iter().any(|key| key.fact == Fact::Present) {
        return Some(Keys::one(slot, Fact::Present, keys.exact));
    }
    Some(keys)
}

fn field_test(slot: SlotId, test: &FieldTest) -> Keys {
    match test {
        FieldTest::Null => Keys::one(slot, Fact::Null, true),
        FieldTest::Bool(value) => Keys::one(slot, Fact::Bool(*value), true),
        FieldTest::Number(number) => {
            Keys::one(slot, Fact::Number(bits(number.value)), number.value.is_finite())
        }
        FieldTest::Text(text) => Keys::one(slot, Fact::Text(text.as_bytes().into()), true),
        FieldTest::Cidr(block) => Keys::one(slot, Fact::Network(block.net().trunc()), true),
        FieldTest::Address(address, _) => {
            Keys::one(slot, Fact::Network(IpNet::from(*address)), true)
        }
        FieldTest::AnyCase(text) if text.is_ascii() => {
            Keys::one(slot, Fact::AnyCase(folded(text).into_bytes().into()), true)
        }
        FieldTest::Prefix(text, Case::Exact) => Keys::prefix(slot, text),
        FieldTest::Suffix(text, Case::Exact) => Keys::suffix(slot, text),
        FieldTest::Numeric(range) => Keys::one(slot, Fact::Range(numeric(range)), true),
        FieldTest::Wildcard(glob, _) => match glob.pieces() {
            [whole] => Keys::one(slot, Fact::Text(whole.as_bytes().into()), true),
            [head, .., tail] if head.len() >= tail.len() && !head.is_empty() => {
                Keys { exact: false, ..Keys::prefix(slot, head) }
            }
            [.., tail] if !tail.is_empty() => Keys { exact: false, ..Keys::suffix(slot, tail) },
            pieces => match pieces.iter().max_by_key(|piece| piece.len()) {
                Some(longest) if !longest.is_empty() => {
                    Keys { exact: false, ..Keys::contains(slot, longest) }
                }
                _ => Keys::present(slot),
            },
        },
        FieldTest::Exists(true) => Keys::one(slot, Fact::Present, true),
        _ => Keys::present(slot),
    }
}

fn numeric(range: &Numeric) -> Range {
    range.terms.iter().fold(Range::all(), |range, (sign, bound)| match sign {
        Sign::Equal => range.above(bound.value, true).below(bound.value, true),
        Sign::Less => range.below(bound.value, false),
        Sign::LessOrEqual => range.below(bound.value, true),
        Sign::Greater => range.above(bound.value, false),
        Sign::GreaterOrEqual => range.above(bound.value, true),
    })
}
