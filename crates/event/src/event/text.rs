//! The text of an attribute: a place in the document, or a copy where the document escapes it.

use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) enum Text {
    Within(Range<usize>),
    Own(Box<str>),
}

impl Text {
    /// The text of the string value at `span` of its document, which includes its quotes.
    pub fn new(text: &str, span: &Range<usize>) -> Self {
        // Every escape is longer than what it stands for, so equal lengths mean there is none.
        if span.len() == text.len() + 2 {
            return Self::Within(span.start + 1..span.end - 1);
        }
        Self::Own(text.into())
    }

    /// The text, given the document it was made from.
    pub fn of<'e>(&'e self, document: &'e str) -> &'e str {
        match self {
            Self::Within(range) => document.get(range.clone()).unwrap_or_default(),
            Self::Own(text) => text,
        }
    }
}
