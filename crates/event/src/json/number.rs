//! A number as it was written, compared by its exact decimal value.
//!
//! No binary floating point is involved: `9007199254740993` and `9007199254740992` differ, and
//! `1`, `1.0` and `1e0` are one value. RFC 8259 §6 is the syntax.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::decimal::Decimal;

/// A JSON number: the text as written, equal and ordered by exact decimal value.
///
/// ```
/// use eventyard_event::json::Number;
/// let number = |text| Number::parse(text).unwrap();
/// assert_eq!(number("1.0"), number("1e0"));
/// assert!(number("9007199254740993") > number("9007199254740992"));
/// assert_eq!(number("1.50").as_str(), "1.50");
/// ```
#[derive(Debug, Clone)]
pub struct Number<'a>(Cow<'a, str>);

impl<'a> Number<'a> {
    /// Reads a number; `None` unless the whole text is one (RFC 8259 §6).
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Option<Self> {
        let text = text.into();
        super::parser::is_number(&text).then_some(Self(text))
    }

    /// INVARIANT (number-syntax): `text` was read as a number by our parser.
    pub(super) const fn checked(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest binary64; infinite where the value is out of its range.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The exact value, if it is an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        let decimal = Decimal::of(&self.0);
        let value = decimal.integer()?;
        i64::try_from(if decimal.negative { -value } else { value }).ok()
    }

    /// The exact value, if it is a non-negative integer that fits.
    pub fn as_u64(&self) -> Option<u64> {
        let decimal = Decimal::of(&self.0);
        let value = decimal.integer()?;
        if decimal.negative && value != 0 { None } else { u64::try_from(value).ok() }
    }

    /// Whether the exact value is an integer: true for `2`, `2.0` and `20e-1`.
    pub fn is_integer(&self) -> bool {
        Decimal::of(&self.0).is_integer()
    }

    /// The same number, owning its text.
    pub fn into_owned(self) -> Number<'static> {
        Number(Cow::Owned(self.0.into_owned()))
    }
}

impl From<i64> for Number<'static> {
    fn from(value: i64) -> Self {
        Self(Cow::Owned(value.to_string()))
    }
}

impl From<u64> for Number<'static> {
    fn from(value: u64) -> Self {
        Self(Cow::Owned(value.to_string()))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some(left), Some(right)) = (small(&self.0), small(&other.0)) {
            return left.cmp(&right);
        }
        Decimal::of(&self.0).cmp(&Decimal::of(&other.0))
    }
}

impl Hash for Number<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical(|part| state.write(part));
    }
}

impl Number<'_> {
    /// Hands out bytes that are the same exactly for equal values: sign, magnitude, digits.
    pub(crate) fn canonical(&self, mut sink: impl FnMut(&[u8])) {
        let decimal = Decimal::of(&self.0);
        if decimal.is_zero() {
            return sink(b"0\xff");
        }
        sink(if decimal.negative { b"-" } else { b"+" });
        sink(&decimal.magnitude.to_be_bytes());
        let (integer, fraction) = decimal.without_trailing_zeros();
        sink(integer);
        sink(fraction);
        sink(b"\xff");
    }
}

/// The value of a short plain integer: nearly every number of a real event.
fn small(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() > 18 {
        return None;
    }
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, bytes),
    };
    let mut value = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(if negative { -value } else { value })
}
