//! `anything-but`: of values, and of `prefix`, `suffix`, `equals-ignore-case` and `wildcard`.
use super::{expression, field};
use crate::pattern::PatternError;
use crate::pattern::node::{Member, PatternNode, Spanned};
use crate::pattern::operator::{Case, Test};

const WAYS: &str = "write `anything-but` with a text, a number, a list of either, or a map with \
                    `prefix`, `suffix`, `equals-ignore-case` or `wildcard`";

/// Reads the value of `anything-but`.
pub(super) fn test(value: &Spanned) -> Result<Test, PatternError> {
    let refused = match &value.node {
        PatternNode::Map(members) => inner(members, value.at)?,
        _ => listed(value)?.iter().map(literal).collect::<Result<_, _>>()?,
    };
    if mixes(&refused) {
        let reason = "Inside anything but list, either all values are number or string, mixed type \
                      is not supported";
        let help = "list texts only or numbers only, at least one";
        return Err(PatternError::new(value.at, reason).help(help));
    }
    Ok(Test::AnythingBut(refused))
}

/// The values of a list, or the single value.
fn listed(value: &Spanned) -> Result<&[Spanned], PatternError> {
    match &value.node {
        PatternNode::List(values) => Ok(values),
        PatternNode::String(_) | PatternNode::Number(_) => Ok(std::slice::from_ref(value)),
        _ => {
            let reason = "Value of anything-but must be an array or single string/number value.";
            Err(PatternError::new(value.at, reason).help(WAYS))
        }
    }
}

fn literal(value: &Spanned) -> Result<Test, PatternError> {
    match &value.node {
        PatternNode::String(text) => Ok(Test::Text(text.clone())),
        PatternNode::Number(text) => field::number(text, value.at).map(Test::Number),
        _ => {
            let reason = "Inside anything but list, start|null|boolean is not supported.";
            let help =
                "list texts only or numbers only; `null` and booleans are never refused by it";
            Err(PatternError::new(value.at, reason).help(help))
        }
    }
}

fn mixes(refused: &[Test]) -> bool {
    let numbers = refused.iter().filter(|test| matches!(test, Test::Number(_))).count();
    refused.is_empty() || (numbers > 0 && numbers < refused.len())
}

/// A map: one operator with one text or a list of them.
fn inner(members: &[Member], at: usize) -> Result<Vec<Test>, PatternError> {
    let Some(member) = members.first() else {
        return Err(PatternError::new(at, "Anything-But expression name not found").help(WAYS));
    };
    let read: fn(&Spanned) -> Result<Test, PatternError> = match member.name.as_str() {
        "prefix" => |value| Ok(Test::Prefix(affix(value)?.to_owned(), Case::Exact)),
        "suffix" => |value| Ok(Test::Suffix(affix(value)?.to_owned(), Case::Exact)),
        "equals-ignore-case" => any_case,
        "wildcard" => |value| {
            expression::wildcard(text(value, "wildcard match pattern must be a string")?, value.at)
        },
        name => {
            let reason = format!("Unsupported anything-but pattern: {name}");
            return Err(PatternError::new(member.name_at, reason).help(WAYS));
        }
    };
    let values = listed(&member.value)?;
    if values.is_empty() {
        let reason = "Empty arrays are not allowed";
        return Err(PatternError::new(member.value.at, reason).help("list at least one text"));
    }
    let refused = values.iter().map(read).collect::<Result<_, _>>()?;
    expression::only(members, "Too many elements in numeric expression")?;
    Ok(refused)
}

fn affix(value: &Spanned) -> Result<&str, PatternError> {
    let affix = text(value, "prefix/suffix match pattern must be a string")?;
    if affix.is_empty() {
        let help = "every text has the empty prefix and suffix; to refuse one text write \
                    `anything-but: \"\"`";
        return Err(PatternError::new(value.at, "Null prefix/suffix not allowed").help(help));
    }
    Ok(affix)
}

fn any_case(value: &Spanned) -> Result<Test, PatternError> {
    let reason = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not \
                  supported.";
    Ok(Test::AnyCase(text(value, reason)?.to_owned()))
}

fn text<'n>(value: &'n Spanned, reason: &str) -> Result<&'n str, PatternError> {
    match &value.node {
        PatternNode::String(text) => Ok(text),
        _ => Err(PatternError::new(value.at, reason).help("write a text, or a list of texts")),
    }
}
