//! Conditions and changes: expressions, and the values in them.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;

/// Values by the names that stand for them in expressions.
pub(super) type Values = HashMap<String, AttributeValue>;

/// What must hold for a write: an expression, and the numbers in it.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub expression: &'static str,
    numbers: Vec<(&'static str, String)>,
}

impl Condition {
    /// Nothing is there under the key.
    pub fn absent() -> Self {
        Self::that("attribute_not_exists(pk)")
    }

    /// Nothing is there, or what is there was kept long enough by this time (seconds since 1970).
    pub fn absent_or_expired(now_s: i64) -> Self {
        Self::that("attribute_not_exists(pk) OR #ttl <= :now").with(":now", now_s)
    }

    pub fn that(expression: &'static str) -> Self {
        Self { expression, numbers: Vec::new() }
    }

    /// The number that stands for a name in the expression.
    #[must_use]
    pub fn with(mut self, name: &'static str, number: impl Display) -> Self {
        self.numbers.push((name, number.to_string()));
        self
    }

    /// The names that stand for attributes whose own names are words of the language.
    pub fn names(&self) -> Option<HashMap<String, String>> {
        names(self.expression)
    }

    pub fn values(&self) -> Option<Values> {
        let value = |(name, number): &(&str, String)| {
            ((*name).to_owned(), AttributeValue::N(number.clone()))
        };
        (!self.numbers.is_empty()).then(|| self.numbers.iter().map(value).collect())
    }
}

/// The names that stand in an expression for attributes whose own names are words of the language.
pub(super) fn names(expression: &str) -> Option<HashMap<String, String>> {
    let uses_ttl = expression.contains("#ttl");
    uses_ttl.then(|| HashMap::from([("#ttl".to_owned(), "ttl".to_owned())]))
}

/// How an item is changed.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub expression: &'a str,
    pub values: Values,
}

impl<'a> Change<'a> {
    pub fn new(expression: &'a str) -> Self {
        Self { expression, values: Values::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, number: impl Display) -> Self {
        self.values.insert(name.to_owned(), AttributeValue::N(number.to_string()));
        self
    }

    #[must_use]
    pub fn with_bytes(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.values.insert(name.to_owned(), AttributeValue::B(bytes.into()));
        self
    }

    #[must_use]
    pub fn with_text(mut self, name: &str, text: String) -> Self {
        self.values.insert(name.to_owned(), AttributeValue::S(text));
        self
    }
}

/// The values of a change and of its condition together; none when there are none.
pub(super) fn values(change: Values, condition: &Condition) -> Option<Values> {
    let mut values = change;
    values.extend(condition.values().unwrap_or_default());
    Some(values).filter(|values| !values.is_empty())
}
