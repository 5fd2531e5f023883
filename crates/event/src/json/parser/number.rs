//! Numbers (RFC 8259 §6): only their syntax is read, the text is the value.

use super::Parser;
use crate::Limits;
use crate::json::{JsonError, JsonErrorKind as Kind, Number};

/// The largest exponent that any limits allow: comparison adds them up in 64 bits.
const EXPONENT_MAX: u32 = 999_999;

/// Whether the whole text is one JSON number.
pub(in crate::json) fn is_number(text: &str) -> bool {
    let limits = Limits::checked();
    let Ok(mut parser) = Parser::new(text.as_bytes(), &limits) else { return false };
    matches!(parser.peek(), Some(b'-' | b'0'..=b'9'))
        && parser.number().is_ok()
        && parser.at == text.len()
}

impl<'a> Parser<'a, '_> {
    pub(super) fn number(&mut self) -> Result<Number<'a>, JsonError> {
        let start = self.at;
        self.take(b'-');
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            Some(b'I' | b'N') => return self.not_finite(start),
            _ => return Err(self.unexpected("a digit")),
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(JsonError::new(Kind::LeadingZero, start));
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.exponent(start)?;
        }
        if self.at - start > self.limits.string_bytes {
            let limit = self.limits.string_bytes;
            return Err(JsonError::new(Kind::StringTooLong { limit }, start));
        }
        Ok(Number::checked(self.slice(start)))
    }

    fn exponent(&mut self, start: usize) -> Result<(), JsonError> {
        if matches!(self.peek(), Some(b'+' | b'-')) {
            self.at += 1;
        }
        let first = self.at;
        self.digits()?;
        let limit = self.limits.exponent.min(EXPONENT_MAX);
        let written = self.slice(first).trim_start_matches('0');
        let fits = written.is_empty() || written.parse::<u32>().is_ok_and(|value| value <= limit);
        if fits { Ok(()) } else { Err(JsonError::new(Kind::ExponentTooLarge { limit }, start)) }
    }

    /// Steps over one or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    pub(super) fn not_finite<T>(&self, at: usize) -> Result<T, JsonError> {
        let rest = self.text.get(at..).unwrap_or_default().trim_start_matches('-');
        if rest.starts_with("NaN") || rest.starts_with("Infinity") {
            return Err(JsonError::new(Kind::NotFinite, at));
        }
        Err(self.unexpected(if at == self.at { "a value" } else { "a digit" }))
    }
}
