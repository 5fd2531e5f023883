//! A number's text taken apart, to compare values without computing them.

use std::cmp::Ordering;

/// A number taken apart: 0.`digits` × 10^`magnitude`, the digits being `integer` and `fraction`
/// in a row, the first one not zero (unless the value is zero, which has none).
pub(super) struct Decimal<'t> {
    pub negative: bool,
    integer: &'t [u8],
    fraction: &'t [u8],
    pub magnitude: i64,
}

impl<'t> Decimal<'t> {
    pub fn of(text: &'t str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let integer = integer.trim_start_matches('0').as_bytes();
        let significant = fraction.trim_start_matches('0').as_bytes();
        // INVARIANT (number-exponent): the parser bounds exponents, so this parse cannot fail.
        let exponent: i64 = exponent.parse().unwrap_or(0);
        if integer.is_empty() {
            let shift = exponent - length(fraction.as_bytes()) + length(significant);
            return Self { negative, integer, fraction: significant, magnitude: shift };
        }
        let magnitude = exponent + length(integer);
        Self { negative, integer, fraction: fraction.as_bytes(), magnitude }
    }

    pub fn is_zero(&self) -> bool {
        self.integer.is_empty() && self.fraction.is_empty()
    }

    pub fn without_trailing_zeros(&self) -> (&'t [u8], &'t [u8]) {
        let fraction = trim_zeros(self.fraction);
        if fraction.is_empty() {
            return (trim_zeros(self.integer), fraction);
        }
        (self.integer, fraction)
    }

    pub fn is_integer(&self) -> bool {
        let (integer, fraction) = self.without_trailing_zeros();
        self.is_zero() || length(integer) + length(fraction) <= self.magnitude
    }

    /// The absolute value, if it is an integer below 10^38.
    pub fn integer(&self) -> Option<i128> {
        if self.is_zero() {
            return Some(0);
        }
        if !self.is_integer() || self.magnitude > 38 {
            return None;
        }
        let (integer, fraction) = self.without_trailing_zeros();
        let digits = integer.iter().chain(fraction);
        let zeros = self.magnitude - length(integer) - length(fraction);
        let value = digits.fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        Some(value * 10_i128.pow(u32::try_from(zeros).ok()?))
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => {
                return if other.negative { Ordering::Greater } else { Ordering::Less };
            }
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_absolute(other),
            (true, true) => other.cmp_absolute(self),
        }
    }

    fn cmp_absolute(&self, other: &Self) -> Ordering {
        let digits = |decimal: &Self| {
            let (integer, fraction) = decimal.without_trailing_zeros();
            integer.iter().chain(fraction)
        };
        // Without trailing zeros, a digit string that is a prefix of another is the smaller one.
        self.magnitude.cmp(&other.magnitude).then_with(|| digits(self).cmp(digits(other)))
    }
}

fn trim_zeros(digits: &[u8]) -> &[u8] {
    let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    digits.get(..end).unwrap_or(digits)
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}
