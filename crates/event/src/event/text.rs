//! The text of an attribute: a place in the document, or a copy where the document escapes it.

use std::borrow::Cow;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) enum Text {
    Within(Range<usize>),
    Own(Box<str>),
}

impl Text {
    /// The text of the string value at `span` of its document, which includes its quotes.
    pub fn new(text: &Cow<'_, str>, span: &Range<usize>) -> Self {
        match text {
            Cow::Borrowed(_) => Self::Within(span.start + 1..span.end.saturating_sub(1)),
            Cow::Owned(text) => Self::Own(text.as_str().into()),
        }
    }

    /// The text, given the document it was made from.
    pub fn of<'e>(&'e self, document: &'e str) -> &'e str {
        match self {
            Self::Within(range) => document.get(range.clone()).unwrap_or_default(),
            Self::Own(text) => text,
        }
    }
}
