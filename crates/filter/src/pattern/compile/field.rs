//! The list of a field: its alternatives.
use super::expression;
use crate::pattern::complexity::{self, COST_MAX};
use crate::pattern::glob::Glob;
use crate::pattern::node::{PatternNode, Spanned};
use crate::pattern::operator::Test;
use crate::pattern::range::Decimal;
use crate::pattern::{PatternError, address};

/// Reads the list `values` of the field `name`.
pub(super) fn tests(values: &[Spanned], at: usize, name: &str) -> Result<Vec<Test>, PatternError> {
    let tests: Vec<Test> =
        values.iter().map(|value| test(value, name)).collect::<Result<_, _>>()?;
    if tests.is_empty() {
        let help = "list at least one value; `[{ exists: true }]` takes any";
        return Err(PatternError::new(at, "Empty arrays are not allowed").help(help));
    }
    check_cost(&tests, at)?;
    Ok(tests)
}

fn test(value: &Spanned, name: &str) -> Result<Test, PatternError> {
    match &value.node {
        PatternNode::Null => Ok(Test::Null),
        PatternNode::Bool(wanted) => Ok(Test::Bool(*wanted)),
        PatternNode::Number(text) => number(text, value.at).map(Test::Number),
        PatternNode::String(text) => Ok(match address::parse(text) {
            Some(address) => Test::Address(address, text.clone()),
            None => Test::Text(text.clone()),
        }),
        PatternNode::Map(members) => expression::test(members, value.at, name),
        PatternNode::List(_) => {
            let reason = "Match value must be String, number, true, false, or null";
            let help = "a list of values is not nested: `[a, b]`; it holds for each element of an \
                        array in the event";
            Err(PatternError::new(value.at, reason).help(help))
        }
    }
}

/// Reads a number.
pub(super) fn number(text: &str, at: usize) -> Result<Decimal, PatternError> {
    Decimal::parse(text).ok_or_else(|| PatternError::new(at, format!("not a number: {text}")))
}

/// Refuses wildcards that would cost too much together.
fn check_cost(tests: &[Test], at: usize) -> Result<(), PatternError> {
    let globs: Vec<&Glob> = tests.iter().flat_map(Test::globs).collect();
    if complexity::cost(&globs) <= COST_MAX {
        return Ok(());
    }
    let reason = "Rule is too complex - try using fewer wildcard characters or fewer repeating \
                  character sequences after a wildcard character";
    let help = format!(
        "one value can be at more than {COST_MAX} places of the wildcards of this field at once (cap \
         {COST_MAX}): write out what is known between the stars, or use `prefix` and `suffix`"
    );
    Err(PatternError::new(at, reason).help(help))
}
