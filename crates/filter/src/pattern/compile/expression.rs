//! A map inside the list of a field: one operator.
use super::{anything_but, numeric};
use crate::pattern::PatternError;
use crate::pattern::address::Block;
use crate::pattern::glob::{Glob, GlobError};
use crate::pattern::node::{Member, PatternNode, Spanned};
use crate::pattern::operator::{Case, Test};

const OPERATORS: [&str; 9] = [
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "anything-but",
    "numeric",
    "cidr",
    "exists",
    "exactly",
];

/// Reads `{ operator: value }` in the list of the field `field`.
pub(super) fn test(members: &[Member], at: usize, field: &str) -> Result<Test, PatternError> {
    let Some(first) = members.first() else {
        let help = "write an operator and its value: `{ prefix: abc }`";
        return Err(PatternError::new(at, "Match expression name not found").help(help));
    };
    let test = operator(first, field)?;
    let reason = match test {
        Test::Numeric(_) | Test::AnythingBut(_) => "Too many elements in numeric expression",
        _ => "Only one key allowed in match expression",
    };
    only(members, reason)?;
    Ok(test)
}

/// Refuses a second member.
pub(super) fn only(members: &[Member], reason: &str) -> Result<(), PatternError> {
    let Some(second) = members.get(1) else { return Ok(()) };
    let help = format!(
        "give `{}` a map of its own in the list; either of the two then suffices",
        second.name
    );
    Err(PatternError::new(second.name_at, reason).help(help))
}

fn operator(member: &Member, field: &str) -> Result<Test, PatternError> {
    let value = &member.value;
    match member.name.as_str() {
        "exactly" => Ok(Test::Text(string(value, "exact")?.to_owned())),
        "prefix" => cased(value, "prefix", Test::Prefix),
        "suffix" => cased(value, "suffix", Test::Suffix),
        "equals-ignore-case" => Ok(Test::AnyCase(string(value, "equals-ignore-case")?.to_owned())),
        "wildcard" => wildcard(string(value, "wildcard")?, value.at),
        "anything-but" => anything_but::test(value),
        "numeric" => numeric::test(value),
        // AWS names `prefix` here; its users search for that text.
        "cidr" => Ok(Test::Cidr(Block::parse(string(value, "prefix")?, value.at)?)),
        "exists" => exists(value),
        _ => Err(unrecognized(member, field)),
    }
}

/// The string that `value` must be.
fn string<'n>(value: &'n Spanned, operator: &str) -> Result<&'n str, PatternError> {
    if let PatternNode::String(text) = &value.node {
        return Ok(text);
    }
    let help = match &value.node {
        PatternNode::List(_) => {
            "repeat the operator for each text: `[{ prefix: a }, { prefix: b }]`".to_owned()
        }
        PatternNode::Map(_) => "write one text".to_owned(),
        scalar => format!("write the value in quotes: `\"{scalar}\"`"),
    };
    let reason = format!("{operator} match pattern must be a string");
    Err(PatternError::new(value.at, reason).help(help))
}

/// `prefix` or `suffix`: a text, or a map with `equals-ignore-case`.
fn cased(
    value: &Spanned,
    operator: &str,
    test: fn(String, Case) -> Test,
) -> Result<Test, PatternError> {
    let PatternNode::Map(members) = &value.node else {
        return Ok(test(string(value, operator)?.to_owned(), Case::Exact));
    };
    let help = format!("write `{operator}: {{ equals-ignore-case: abc }}`");
    let Some(inner) = members.first() else {
        let (first, rest) = operator.split_at_checked(1).unwrap_or_default();
        let reason = format!("{}{rest} expression name not found", first.to_uppercase());
        return Err(PatternError::new(value.at, reason).help(help));
    };
    if inner.name != "equals-ignore-case" {
        let reason = format!("Unsupported {operator} pattern: {}", inner.name);
        return Err(PatternError::new(inner.name_at, reason).help(help));
    }
    let text = string(&inner.value, "equals-ignore-case")?;
    only(members, "Only one key allowed in match expression")?;
    Ok(test(text.to_owned(), Case::Any))
}

/// Reads a wildcard. AWS counts positions from 1, in bytes.
pub(super) fn wildcard(text: &str, at: usize) -> Result<Test, PatternError> {
    let (offset, what, help) = match Glob::parse(text) {
        Ok(glob) => return Ok(Test::Wildcard(glob, text.to_owned())),
        Err(GlobError::Consecutive { offset }) => {
            (offset, "Consecutive wildcard characters", "one `*` stands for any characters")
        }
        Err(GlobError::Escape { offset }) => (
            offset,
            "Invalid escape character",
            r"a backslash stands before `*` or `\` only; write `\\` for a backslash",
        ),
    };
    let reason = format!("{what} at pos {}", offset.saturating_add(1));
    Err(PatternError::new(at, reason).within(offset).help(help))
}

fn exists(value: &Spanned) -> Result<Test, PatternError> {
    if let PatternNode::Bool(wanted) = value.node {
        return Ok(Test::Exists(wanted));
    }
    let reason = "exists match pattern must be either true or false.";
    Err(PatternError::new(value.at, reason).help("write `{ exists: true }` or `{ exists: false }`"))
}

fn unrecognized(member: &Member, field: &str) -> PatternError {
    let name = &member.name;
    let plain = |text: &str| text.replace(['-', '_', ' '], "").to_lowercase();
    let help = if let Some(meant) = OPERATORS.iter().find(|own| name.eq_ignore_ascii_case(own)) {
        format!("operators are lower case: `{meant}`")
    } else if let Some(meant) = OPERATORS.iter().find(|own| plain(own) == plain(name)) {
        format!("did you mean `{meant}`?")
    } else if matches!(member.value.node, PatternNode::List(_) | PatternNode::Map(_)) {
        format!("to match `{name}` inside `{field}`, write a map without the list around it")
    } else {
        format!("operators are {}", OPERATORS.join(", "))
    };
    PatternError::new(member.name_at, format!("Unrecognized match type {name}")).help(help)
}
