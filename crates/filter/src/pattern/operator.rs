//! One alternative of a field: the test that a value must pass.
use std::net::IpAddr;

use eventyard_event::json::Value;

use super::address::{self, Block};
use super::fold;
use super::glob::Glob;
use super::node;
use super::range::{Decimal, Range};

/// A test of one value. Values are scalars: the elements of an array are tested one by one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    /// An exact value that is an IP address, and its text.
    Address(IpAddr, String),
    Prefix(String, Case),
    Suffix(String, Case),
    /// `equals-ignore-case`.
    AnyCase(String),
    /// The wildcard and its text.
    Wildcard(Glob, String),
    Numeric(Range),
    Cidr(Block),
    /// Passed by every scalar that none of these accepts, whatever its type.
    AnythingBut(Vec<Test>),
    /// `exists`: true is passed by every scalar, false by none (see [`Test::takes_absence`]).
    Exists(bool),
}

/// Whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Exact,
    Any,
}

impl Test {
    /// Whether the field passes when the document has no value there.
    pub(crate) fn takes_absence(&self) -> bool {
        *self == Self::Exists(false)
    }

    /// Whether the scalar `value` passes.
    pub(crate) fn accepts(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), _) => *wanted,
            (Self::AnythingBut(refused), _) => !refused.iter().any(|test| test.accepts(value)),
            (Self::Null, Value::Null) => true,
            (Self::Bool(wanted), Value::Bool(actual)) => wanted == actual,
            (Self::Number(wanted), Value::Number(actual)) => wanted.equals(actual.as_str()),
            (Self::Numeric(range), Value::Number(actual)) => range.holds(actual.as_str()),
            (_, Value::String(text)) => self.accepts_text(text),
            _ => false,
        }
    }

    fn accepts_text(&self, text: &str) -> bool {
        match self {
            Self::Text(wanted) => wanted == text,
            Self::Address(wanted, _) => address::parse(text).as_ref() == Some(wanted),
            Self::Prefix(prefix, Case::Exact) => text.starts_with(prefix.as_str()),
            Self::Prefix(prefix, Case::Any) => fold::starts_with(text, prefix),
            Self::Suffix(suffix, Case::Exact) => text.ends_with(suffix.as_str()),
            Self::Suffix(suffix, Case::Any) => fold::ends_with(text, suffix),
            Self::AnyCase(wanted) => fold::equals(text, wanted),
            Self::Wildcard(glob, _) => glob.matches(text),
            Self::Cidr(block) => block.holds(text),
            _ => false,
        }
    }

    /// The wildcards in it, also those inside `anything-but`.
    pub(crate) fn globs(&self) -> Vec<&Glob> {
        match self {
            Self::Wildcard(glob, _) => vec![glob],
            Self::AnythingBut(refused) => refused.iter().flat_map(Self::globs).collect(),
            _ => Vec::new(),
        }
    }

    /// What it wants to see, in words and compact JSON.
    pub(crate) fn describe(&self) -> String {
        let any_case = |case: Case| if case == Case::Any { " in any case" } else { "" };
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.text.clone(),
            Self::Text(text) | Self::Address(_, text) => json(text),
            Self::Prefix(text, case) => format!("starts with {}{}", json(text), any_case(*case)),
            Self::Suffix(text, case) => format!("ends with {}{}", json(text), any_case(*case)),
            Self::AnyCase(text) => format!("{} in any case", json(text)),
            Self::Wildcard(_, text) => format!("like {}", json(text)),
            Self::Numeric(range) => {
                let terms = range
                    .terms
                    .iter()
                    .map(|(comparison, bound)| format!("{} {}", comparison.sign(), bound.text));
                terms.collect::<Vec<_>>().join(" and ")
            }
            Self::Cidr(block) => format!("an address in {}", block.text),
            Self::AnythingBut(refused) => format!("anything but {}", describe_all(refused)),
            Self::Exists(true) => "any value".to_owned(),
            Self::Exists(false) => "no value".to_owned(),
        }
    }
}

/// What a list of alternatives wants to see.
pub(crate) fn describe_all(tests: &[Test]) -> String {
    tests.iter().map(Test::describe).collect::<Vec<_>>().join(" or ")
}

/// The text as a JSON string.
fn json(text: &str) -> String {
    format!("\"{}\"", node::escaped(text, '"'))
}
