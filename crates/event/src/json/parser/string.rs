//! Strings (RFC 8259 §7): borrowed from the text unless something in them is escaped.

use std::borrow::Cow;

use super::Parser;
use crate::json::{JsonError, JsonErrorKind as Kind, scan};

impl<'a> Parser<'a, '_> {
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let quote = self.at;
        let start = quote + 1;
        self.at = scan::special(self.text.as_bytes(), start);
        let text = if self.peek() == Some(b'"') {
            Cow::Borrowed(self.slice(start))
        } else {
            Cow::Owned(self.escaped(start)?)
        };
        self.at += 1;
        if text.len() > self.limits.string_bytes {
            let limit = self.limits.string_bytes;
            return Err(JsonError::new(Kind::StringTooLong { limit }, quote));
        }
        Ok(text)
    }

    /// The string from `start` up to its closing quote, with its escapes resolved.
    fn escaped(&mut self, start: usize) -> Result<String, JsonError> {
        let mut out = String::from(self.slice(start));
        loop {
            match self.peek() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escape()?),
                Some(byte) => return Err(self.refuse(Kind::ControlCharacter(byte))),
                None => return Err(self.unexpected("`\"`")),
            }
            let from = self.at;
            self.at = scan::special(self.text.as_bytes(), from);
            out.push_str(self.slice(from));
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let backslash = self.at;
        self.at += 2;
        let letter = self.text.as_bytes().get(backslash + 1);
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(backslash),
            Some(_) => return Err(JsonError::new(Kind::BadEscape, backslash)),
            None => {
                self.at = self.text.len();
                return Err(self.unexpected("an escape"));
            }
        })
    }

    /// The character of a `\uXXXX`, or of two that form a surrogate pair.
    fn unicode(&mut self, backslash: usize) -> Result<char, JsonError> {
        let lone = || JsonError::new(Kind::LoneSurrogate, backslash);
        let first = self.hex()?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        let follows = self.text.as_bytes().get(self.at..).is_some_and(|r| r.starts_with(b"\\u"));
        if first >= 0xdc00 || !follows {
            return Err(lone());
        }
        self.at += 2;
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone());
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(lone)
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            value = value * 16 + digit.ok_or_else(|| self.unexpected("a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(value)
    }
}
