//! The reader: one pass over the bytes, by recursive descent, bounded in depth.

mod number;
mod string;

use std::borrow::Cow;
use std::ops::Range;

use super::{JsonError, JsonErrorKind as Kind, Object, Value};
use crate::Limits;

pub(super) use number::is_number;

/// The deepest nesting that any limits allow: the reader recurses, and a stack is finite.
const DEPTH_MAX: u32 = 256;

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
    /// Whether a name anywhere in the text holds a dot.
    pub dotted: bool,
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
pub(crate) fn parse_spanned<'a>(text: &'a [u8], limits: &Limits) -> Result<Spanned<'a>, JsonError> {
    let mut parser = Parser::new(text, limits)?;
    parser.spans = Some(Vec::new());
    let root = parser.document()?;
    let spans = parser.spans.take().unwrap_or_default();
    let document = Document { root, duplicates: parser.duplicates };
    Ok(Spanned { text: parser.text, document, dotted: parser.dotted, spans })
}

struct Parser<'a, 'l> {
    text: &'a str,
    at: usize,
    limits: &'l Limits,
    depth_max: u32,
    duplicates: u32,
    /// Whether a name holds a dot.
    dotted: bool,
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
        Ok(Self { text, at: 0, limits, depth_max, duplicates: 0, dotted: false, spans: None })
    }

    fn document(&mut self) -> Result<Value<'a>, JsonError> {
        let mut root = Value::Null;
        self.skip_space();
        self.value(0, &mut root)?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.unexpected("the end of the text"));
        }
        Ok(root)
    }

    /// Reads a value into its final place: handing it up level by level costs a third of the time.
    fn value(&mut self, depth: u32, out: &mut Value<'a>) -> Result<(), JsonError> {
        *out = match self.peek() {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::Array(self.array(depth)?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            Some(b'N' | b'I') => return self.not_finite(self.at),
            _ => return Err(self.unexpected("a value")),
        };
        Ok(())
    }

    fn object(&mut self, depth: u32) -> Result<Object<'a>, JsonError> {
        self.enter(depth)?;
        if self.take(b'}') {
            return Ok(Object::default());
        }
        // Most objects of real events have between four and eight members.
        let mut members = Vec::with_capacity(8);
        loop {
            if members.len() >= self.limits.members {
                return Err(self.refuse(Kind::TooManyMembers { limit: self.limits.members }));
            }
            members.push((self.name()?, Value::Null));
            if let Some((_, value)) = members.last_mut() {
                self.child(depth, value)?;
            }
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
        Ok(object)
    }

    /// A member's name, and what stands between it and its value.
    fn name(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in quotes"));
        }
        let name = self.string()?;
        self.dotted |= name.as_bytes().contains(&b'.');
        self.skip_space();
        if !self.take(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.skip_space();
        Ok(name)
    }

    fn array(&mut self, depth: u32) -> Result<Vec<Value<'a>>, JsonError> {
        self.enter(depth)?;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(elements);
        }
        loop {
            elements.push(Value::Null);
            if let Some(element) = elements.last_mut() {
                self.child(depth, element)?;
            }
            if self.take(b']') {
                return Ok(elements);
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

    #[inline]
    fn child(&mut self, depth: u32, out: &mut Value<'a>) -> Result<(), JsonError> {
        let start = self.at;
        self.value(depth + 1, out)?;
        if depth == 0
            && let Some(spans) = &mut self.spans
        {
            spans.push(start..self.at);
        }
        self.skip_space();
        Ok(())
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
