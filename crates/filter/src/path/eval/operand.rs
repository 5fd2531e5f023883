//! Values that are compared: a node's value, a computed number, or Nothing (RFC 9535 §2.4.1).
use super::Evaluation;
use crate::path::ir;
use eventyard_event::json::{Number, Value};
use std::borrow::Cow;

/// The result of one side of a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Operand<'v> {
    /// No value at all; not `null`.
    Nothing,
    Value(Cow<'v, Value<'v>>),
}

impl Operand<'_> {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Value(value) => value.as_str(),
            Self::Nothing => None,
        }
    }
}

impl<'v> Operand<'v> {
    fn node(node: Option<&'v Value<'v>>) -> Self {
        node.map_or(Self::Nothing, |value| Self::Value(Cow::Borrowed(value)))
    }

    fn number(number: u64) -> Self {
        Self::Value(Cow::Owned(Value::Number(Number::from(number))))
    }

    fn length(number: usize) -> Self {
        Self::number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl<'v> Evaluation<'v> {
    /// The value of one side of a comparison for the current node.
    pub(crate) fn operand<'a>(
        &self,
        operand: &'a ir::Operand,
        current: &'v Value<'v>,
    ) -> Operand<'a>
    where
        'v: 'a,
    {
        match operand {
            ir::Operand::Literal(literal) => Operand::Value(Cow::Borrowed(literal)),
            ir::Operand::Singular(path) => Operand::node(self.single(path, current)),
            ir::Operand::Length(of) => length(&self.operand(of, current)),
            ir::Operand::Count(path) => Operand::number(self.counted(path, current).nodes()),
            ir::Operand::Value(path) => Operand::node(self.counted(path, current).only()),
        }
    }
}

/// RFC 9535 §2.4.4: characters, elements or members.
pub(crate) fn length<'v>(of: &Operand<'_>) -> Operand<'v> {
    let Operand::Value(value) = of else { return Operand::Nothing };
    match value.as_ref() {
        Value::String(text) => Operand::length(text.chars().count()),
        Value::Array(elements) => Operand::length(elements.len()),
        Value::Object(members) => Operand::length(members.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) => Operand::Nothing,
    }
}
