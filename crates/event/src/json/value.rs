//! One JSON value, borrowed from its text wherever it can be.

use std::borrow::Cow;

use super::{Number, Object};

/// A JSON value. Equality is that of RFC 9535 §2.3.5.2.2: numbers by exact value, arrays in order,
/// objects without regard to order.
///
/// ```
/// use eventyard_event::{Limits, json};
/// let read = json::parse(br#"{"a":[1.0,"x"]}"#, &Limits::default()).unwrap();
/// let a = read.root.get("a").unwrap();
/// assert_eq!(a.index(0).unwrap().as_number().unwrap().as_i64(), Some(1));
/// assert_eq!(a.index(1).unwrap().as_str(), Some("x"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(Number<'a>),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object with unique names.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// The member `name`, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.as_object().and_then(|object| object.get(name))
    }

    /// The element at `index` from zero, if this is an array that has it.
    pub fn index(&self, index: usize) -> Option<&Value<'a>> {
        self.as_array().and_then(|array| array.get(index))
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number<'a>> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What kind of value this is, in the words of RFC 8259: `null`, `boolean`, `number`,
    /// `string`, `array` or `object`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The same value, owning all its text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number.into_owned()),
            Self::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Self::Array(elements) => {
                Value::Array(elements.into_iter().map(Value::into_owned).collect())
            }
            Self::Object(object) => Value::Object(object.into_owned()),
        }
    }
}
