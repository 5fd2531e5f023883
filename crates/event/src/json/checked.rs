//! A text that was read once: what the matcher walks without checking it again.

use std::borrow::Cow;

use super::{JsonError, Value, parse, parser};
use crate::Limits;

/// A JSON text that is valid, within limits, and has no name twice in an object.
///
/// ```
/// use eventyard_event::{Limits, json};
/// let sent = br#"{"a":1,"a":2}"#;
/// let checked = json::Checked::parse(sent, &Limits::default())?;
/// assert_eq!(checked.as_str(), r#"{"a":2}"#);
/// # Ok::<(), json::JsonError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checked<'a> {
    text: Cow<'a, str>,
    dotted: bool,
}

impl<'a> Checked<'a> {
    /// Reads a text. One with duplicate names is written anew, the last value of each at the place
    /// of the first; any other is borrowed.
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(text: &'a [u8], limits: &Limits) -> Result<Self, JsonError> {
        let read = parser::parse_spanned(text, limits)?;
        let text = match read.document.duplicates {
            0 => Cow::Borrowed(read.text),
            _ => Cow::Owned(read.document.root.to_string()),
        };
        Ok(Self { text, dotted: read.dotted })
    }

    /// INVARIANT (checked): `text` was read before, and has no name twice.
    pub(crate) fn assume(text: &'a str, dotted: bool) -> Self {
        Self { text: Cow::Borrowed(text), dotted }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a name in it holds a dot: to an EventBridge pattern that is several names.
    pub fn has_dotted_name(&self) -> bool {
        self.dotted
    }

    /// The text as a tree, read anew.
    pub fn root(&self) -> Value<'_> {
        read(&self.text)
    }
}

/// A stretch of a checked text that is one value, as a tree; `null` for anything else.
///
/// For readers that have found the value in the text already. Linear in the bytes.
pub fn read(text: &str) -> Value<'_> {
    parse(text.as_bytes(), &Limits::checked()).map_or(Value::Null, |document| document.root)
}
