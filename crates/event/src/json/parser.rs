//! The reader: one pass over the bytes, by recursive descent, bounded in depth.

use std::borrow::Cow;
use std::ops::Range;

use super::{JsonError, JsonErrorKind as Kind, Number, Object, Value, scan};
use crate::Limits;

/// The deepest nesting that any limits allow: the reader recurses, and a stack is finite.
const DEPTH_MAX: u32 = 256;
/// The largest exponent that any limits allow: comparison adds them up in 64 bits.
const EXPONENT_MAX: u32 = 999_999;

/// A text that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// The value of the whole text.
    pub root: Value<'a>,
    /// How many values lost to a later one of the same name, in the whole text.
    pub duplicates: u32,
}

/// A text that was read, with the places of the root's children in it.
pub(crate) struct Spanned<'a> {
    /// The text, which is UTF-8.
    pub text: &'a str,
    pub document: Document<'a>,
    /// Byte ranges of the values directly inside the root array or object. They run parallel to
    /// its children unless the root object itself had duplicates.
    pub spans: Vec<Range<usize>>,
}

/// Reads one JSON text (RFC 8259).
///
/// Linear in the bytes (sorting the names of objects with over 16 members aside).
///
/// # Errors
/// [`JsonError`] with the byte offset of the first refusal; a text over `event_bytes` and invalid
/// UTF-8 are refused before anything else.
///
/// ```
/// use eventyard_event::{Limits, json};
/// assert!(json::parse(b"[1, 2.50]", &Limits::default()).is_ok());
/// let refused = json::parse(b"[1, 2.]", &Limits::default()).unwrap_err();
/// assert_eq!(refused.offset, 6);
/// ```
pub fn parse<'a>(text: &'a [u8], limits: &Limits) -> Result<Document<'a>, JsonError> {
    let mut parser = Parser::new(text, limits)?;
    let root = parser.document()?;
    Ok(Document { root, duplicates: parser.duplicates })
}

/// [`parse`], with the places of the root's children.
pub(crate) fn parse_spanned<'a>(
    text: &'a [u8],
    limits: &Limits,
) -> Result<Spanned<'a>, JsonError> {
    let mut parser = Parser::new(text, limits)?;
    parser.spans = Some(Vec::new());
    let root = parser.document()?;
    let spans = parser.spans.take().unwrap_or_default();
    let document = Document { root, duplicates: parser.duplicates };
    Ok(Spanned { text: parser.text, document, spans })
}

/// Whether the whole text is one JSON number.
pub(super) fn is_number(text: &str) -> bool {
    let limits = Limits::checked();
    let Ok(mut parser) = Parser::new(text.as_bytes(), &limits) else { return false };
    matches!(parser.peek(), Some(b'-' | b'0'..=b'9'))
        && parser.number().is_ok()
        && parser.at == text.len()
}

struct Parser<'a, 'l> {
    text: &'a str,
    at: usize,
    limits: &'l Limits,
    depth_max: u32,
    duplicates: u32,
    spans: Option<Vec<Range<usize>>>,
}

impl<'a, 'l> Parser<'a, 'l> {
    fn new(text: &'a [u8], limits: &'l Limits) -> Result<Self, JsonError> {
        if text.len() > limits.event_bytes {
            let kind = Kind::TooLarge { bytes: text.len(), limit: limits.event_bytes };
            return Err(JsonError::new(kind, limits.event_bytes));
        }
        let text = std::str::from_utf8(text)
            .map_err(|error| JsonError::new(Kind::InvalidUtf8, error.valid_up_to()))?;
        let depth_max = limits.depth.min(DEPTH_MAX);
        Ok(Self { text, at: 0, limits, depth_max, duplicates: 0, spans: None })
    }

    fn document(&mut self) -> Result<Value<'a>, JsonError> {
        self.skip_space();
        let root = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() { Err(self.unexpected("the end of the text")) } else { Ok(root) }
    }

    fn value(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            Some(b'N' | b'I') => self.not_finite(self.at),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        self.enter(depth)?;
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(Object::default()));
        }
        loop {
            if members.len() >= self.limits.members {
                return Err(self.refuse(Kind::TooManyMembers { limit: self.limits.members }));
            }
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a name in quotes"));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.skip_space();
            members.push((name, self.child(depth)?));
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
            self.skip_space();
        }
        let (object, duplicates) = Object::settle(members);
        self.duplicates = self.duplicates.saturating_add(duplicates);
        Ok(Value::Object(object))
    }

    fn array(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        self.enter(depth)?;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.child(depth)?);
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.take(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
            self.skip_space();
        }
    }

    /// Steps over the opening bracket, unless that is one level too many.
    fn enter(&mut self, depth: u32) -> Result<(), JsonError> {
        if depth >= self.depth_max {
            return Err(self.refuse(Kind::TooDeep { limit: self.depth_max }));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn child(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let value = self.value(depth + 1)?;
        if depth == 0
            && let Some(spans) = &mut self.spans
        {
            spans.push(start..self.at);
        }
        self.skip_space();
        Ok(value)
    }

    fn literal(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        self.at += rest.iter().zip(word.as_bytes()).take_while(|(its, own)| its == own).count();
        Err(self.unexpected(match word {
            "true" => "`true`",
            "false" => "`false`",
            _ => "`null`",
        }))
    }

    fn number(&mut self) -> Result<Number<'a>, JsonError> {
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

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
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

    fn not_finite<T>(&self, at: usize) -> Result<T, JsonError> {
        let rest = self.text.get(at..).unwrap_or_default().trim_start_matches('-');
        if rest.starts_with("NaN") || rest.starts_with("Infinity") {
            return Err(JsonError::new(Kind::NotFinite, at));
        }
        Err(self.unexpected(if at == self.at { "a value" } else { "a digit" }))
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// The text from `start` to here. Both stand beside ASCII, so it is never cut in a character.
    fn slice(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[cold]
    fn refuse(&self, kind: Kind) -> JsonError {
        JsonError::new(kind, self.at)
    }

    #[cold]
    fn unexpected(&self, expected: &'static str) -> JsonError {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        self.refuse(Kind::Unexpected { expected, found })
    }
}
