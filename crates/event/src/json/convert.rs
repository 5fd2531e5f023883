//! From and to serde_json, for callers at the edges.

use std::borrow::Cow;

use serde::ser::{Error, Serialize, Serializer};

use super::{Number, Object, Value};

impl From<serde_json::Value> for Value<'static> {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Theirs;
        match value {
            Theirs::Null => Self::Null,
            Theirs::Bool(value) => Self::Bool(value),
            // Its numbers are finite and print as JSON numbers, so this is never null.
            Theirs::Number(number) => {
                Number::parse(number.to_string()).map_or(Self::Null, Self::Number)
            }
            Theirs::String(text) => Self::String(Cow::Owned(text)),
            Theirs::Array(elements) => Self::Array(elements.into_iter().map(Self::from).collect()),
            Theirs::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|(name, its)| (name.into(), its.into())).collect())
            }
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl<'a> From<Number<'a>> for Value<'a> {
    fn from(number: Number<'a>) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(elements: Vec<Value<'a>>) -> Self {
        Self::Array(elements)
    }
}

impl<'a> From<Object<'a>> for Value<'a> {
    fn from(object: Object<'a>) -> Self {
        Self::Object(object)
    }
}

/// Numbers go out as written. For serde_json only: other formats see its raw value.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = serde_json::value::RawValue::from_string(self.to_string());
        raw.map_err(S::Error::custom)?.serialize(serializer)
    }
}
