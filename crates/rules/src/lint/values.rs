//! Sets of what may stand at a path of an event: values of every type, or nothing.

use eventyard_event::json::{Number, Value};
use eventyard_filter::outline::Operator;

use super::cut::{NumberCut, TextCut};
use super::intervals::Intervals;

/// What is not a number and not a string, one bit each.
pub(super) const MISSING: u8 = 1;
const NULL: u8 = 2;
const FALSE: u8 = 4;
const TRUE: u8 = 8;
pub(super) const OBJECT: u8 = 16;
pub(super) const ARRAY: u8 = 32;
const KINDS: u8 = 63;

/// A set of values, and of their absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values {
    kinds: u8,
    numbers: Intervals<NumberCut>,
    strings: Intervals<TextCut>,
}

impl Values {
    pub(super) fn of_kinds(kinds: u8) -> Self {
        Self { kinds, numbers: Intervals::none(), strings: Intervals::none() }
    }

    pub(super) fn none() -> Self {
        Self::of_kinds(0)
    }

    pub(super) fn all() -> Self {
        Self::none().not()
    }

    pub(super) fn missing() -> Self {
        Self::of_kinds(MISSING)
    }

    pub(super) fn strings(strings: Intervals<TextCut>) -> Self {
        Self { strings, ..Self::none() }
    }

    pub(super) fn numbers(numbers: Intervals<NumberCut>) -> Self {
        Self { numbers, ..Self::none() }
    }

    /// Everything that `pattern` calls a value.
    pub(super) fn scalars() -> Self {
        Self::of_kinds(MISSING | OBJECT | ARRAY).not()
    }

    pub(super) fn all_strings() -> Self {
        Self::strings(Intervals::all())
    }

    /// The types that `<` and `>` know.
    pub(super) fn ordered_types() -> Self {
        Self { numbers: Intervals::all(), ..Self::all_strings() }
    }

    pub(super) fn text(text: &str) -> Self {
        Self::strings(Intervals::between(TextCut::before(text), TextCut::after(text)))
    }

    pub(super) fn bool(value: bool) -> Self {
        Self::of_kinds(if value { TRUE } else { FALSE })
    }

    pub(super) fn null() -> Self {
        Self::of_kinds(NULL)
    }

    /// What compares so with a literal (RFC 9535 §2.3.5.2.2).
    pub(super) fn compared(operator: Operator, literal: &Value<'_>) -> Self {
        let equal = Self::equal(literal);
        match operator {
            Operator::Equal => equal,
            Operator::NotEqual => equal.not(),
            Operator::Less => Self::above(literal).or(&equal).not().and(&Self::ordered(literal)),
            Operator::LessOrEqual => {
                Self::above(literal).not().and(&Self::ordered(literal)).or(&equal)
            }
            Operator::Greater => Self::above(literal),
            Operator::GreaterOrEqual => Self::above(literal).or(&equal),
        }
    }

    fn equal(literal: &Value<'_>) -> Self {
        match literal {
            Value::Null => Self::null(),
            Value::Bool(value) => Self::bool(*value),
            Value::String(text) => Self::text(text),
            Value::Number(number) => Self::numbers(Intervals::between(
                NumberCut::before(number),
                NumberCut::after(number),
            )),
            // INVARIANT (literals): RFC 9535 §2.3.5.1 has no literal of these.
            Value::Array(_) => Self::of_kinds(ARRAY),
            Value::Object(_) => Self::of_kinds(OBJECT),
        }
    }

    fn above(literal: &Value<'_>) -> Self {
        match literal {
            Value::Number(number) => Self::numbers(Intervals::from(NumberCut::after(number))),
            Value::String(text) => Self::strings(Intervals::from(TextCut::after(text))),
            _ => Self::none(),
        }
    }

    /// What has an order with the literal: its own type, if that is ordered.
    fn ordered(literal: &Value<'_>) -> Self {
        match literal {
            Value::Number(_) => Self::numbers(Intervals::all()),
            Value::String(_) => Self::strings(Intervals::all()),
            _ => Self::none(),
        }
    }

    pub(super) fn not(self) -> Self {
        Self {
            kinds: !self.kinds & KINDS,
            numbers: self.numbers.not(),
            strings: self.strings.not(),
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            kinds: self.kinds & other.kinds,
            numbers: self.numbers.and(&other.numbers),
            strings: self.strings.and(&other.strings),
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            kinds: self.kinds | other.kinds,
            numbers: self.numbers.or(&other.numbers),
            strings: self.strings.or(&other.strings),
        }
    }

    /// Certainly empty.
    pub(super) fn is_none(&self) -> bool {
        self.kinds == 0 && self.numbers.is_none() && self.strings.is_none()
    }

    /// Certainly within `other`.
    pub(super) fn within(&self, other: &Self) -> bool {
        self.and(&other.clone().not()).is_none()
    }

    /// Whether one of these kinds is in it.
    pub(super) fn has(&self, kinds: u8) -> bool {
        self.kinds & kinds != 0
    }

    pub(super) fn holds(&self, value: Option<&Value<'_>>) -> bool {
        match value {
            None => self.has(MISSING),
            Some(Value::Null) => self.has(NULL),
            Some(Value::Bool(value)) => self.has(if *value { TRUE } else { FALSE }),
            Some(Value::Object(_)) => self.has(OBJECT),
            Some(Value::Array(_)) => self.has(ARRAY),
            Some(Value::Number(number)) => self.numbers.holds(&NumberCut::before(number)),
            Some(Value::String(text)) => self.strings.holds(&TextCut::before(text)),
        }
    }

    /// Each member, if they are few; `None` among them is absence.
    pub(super) fn points(&self) -> Option<Vec<Option<Value<'static>>>> {
        if self.has(OBJECT | ARRAY) {
            return None;
        }
        let mut points = Vec::new();
        for (from, to) in self.strings.pairs()? {
            let text = from.text()?;
            let alone = *from == TextCut::before(&text) && *to == TextCut::after(&text);
            points.push(alone.then(|| Some(Value::from(text)))?);
        }
        for (from, to) in self.numbers.pairs()? {
            let number = from.number()?;
            let alone = *from == NumberCut::before(&number) && *to == NumberCut::after(&number);
            points.push(alone.then_some(Some(Value::Number(number)))?);
        }
        let kinds = [
            (MISSING, None),
            (NULL, Some(Value::Null)),
            (FALSE, Some(false.into())),
            (TRUE, Some(true.into())),
        ];
        points
            .extend(kinds.into_iter().filter(|(kind, _)| self.has(*kind)).map(|(_, value)| value));
        Some(points)
    }

    /// Some members, the plainest first.
    pub(super) fn samples(&self) -> Vec<Option<Value<'static>>> {
        let mut some: Vec<Option<Value<'static>>> = Vec::new();
        for text in self.strings.cuts().iter().filter_map(TextCut::text) {
            some.push(Some(Value::from(format!("{text}x"))));
            some.insert(0, Some(Value::from(text)));
        }
        for number in self.numbers.cuts().iter().filter_map(NumberCut::number) {
            let near = number.as_f64();
            some.insert(0, Some(Value::Number(number)));
            let steps = [near.floor() + 1.0, near.ceil() - 1.0, near + 0.001, near - 0.001];
            let numbers = steps.into_iter().filter_map(|step| Number::parse(step.to_string()));
            some.extend(numbers.map(|number| Some(Value::Number(number))));
        }
        some.push(None);
        some.extend([Value::from("x"), Value::from(1_i64), true.into(), false.into()].map(Some));
        some.extend([Some(Value::Null), Some(Value::Object(Default::default()))]);
        some.push(Some(Value::Array(Vec::new())));
        some.retain(|value| self.holds(value.as_ref()));
        some
    }
}
