//! Places between numbers, and between strings.

use std::cmp::Ordering;

use eventyard_event::json::Number;

/// A place between numbers, exact for both languages: `when` compares decimals, `pattern` binary64.
///
/// All decimals that round to one binary64 lie between its `Low` and its `High`.
#[derive(Debug, Clone)]
pub(super) struct NumberCut {
    near: f64,
    at: At,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Low,
    /// Before or, with `true`, after this decimal.
    Decimal(Number<'static>, bool),
    High,
}

impl NumberCut {
    pub(super) fn before(number: &Number<'_>) -> Self {
        Self::decimal(number, false)
    }

    pub(super) fn after(number: &Number<'_>) -> Self {
        Self::decimal(number, true)
    }

    /// Before all decimals that round to `value`.
    pub(super) fn low(value: f64) -> Self {
        Self { near: value + 0.0, at: At::Low }
    }

    /// After all decimals that round to `value`.
    pub(super) fn high(value: f64) -> Self {
        Self { near: value + 0.0, at: At::High }
    }

    /// A number at or near it.
    pub(super) fn number(&self) -> Option<Number<'static>> {
        match &self.at {
            At::Decimal(number, _) => Some(number.clone()),
            At::Low | At::High => Number::parse(self.near.to_string()),
        }
    }

    fn decimal(number: &Number<'_>, after: bool) -> Self {
        // The sum makes -0 a 0: they are one number.
        let near = number.as_f64() + 0.0;
        Self { near, at: At::Decimal(number.clone().into_owned(), after) }
    }
}

impl Ord for NumberCut {
    fn cmp(&self, other: &Self) -> Ordering {
        self.near.total_cmp(&other.near).then_with(|| self.at.cmp(&other.at))
    }
}

impl PartialOrd for NumberCut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NumberCut {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for NumberCut {}

/// A place between strings, which are ordered by their bytes.
///
/// Each byte is raised by two, so that 0 is before every string that begins so and 1 after the string
/// itself; 258 is after all that begin so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TextCut(Vec<u16>);

impl TextCut {
    pub(super) fn before(text: &str) -> Self {
        Self::ending(text, 0)
    }

    pub(super) fn after(text: &str) -> Self {
        Self::ending(text, 1)
    }

    /// After all strings that begin with `text`.
    pub(super) fn after_all(text: &str) -> Self {
        Self::ending(text, 258)
    }

    /// The string that it was made of.
    pub(super) fn text(&self) -> Option<String> {
        let (_, bytes) = self.0.split_last()?;
        let byte = |raised: &u16| u8::try_from(raised.checked_sub(2)?).ok();
        String::from_utf8(bytes.iter().map(byte).collect::<Option<_>>()?).ok()
    }

    fn ending(text: &str, end: u16) -> Self {
        Self(text.bytes().map(|byte| u16::from(byte) + 2).chain([end]).collect())
    }
}
