//! Places in the texts of rules files.
use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A stretch of a rules file, with the line and column of its first character.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file's name as it was given to [`load`](crate::load()).
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Bytes of the file's text.
    pub span: Range<usize>,
}

impl Place {
    fn order(&self) -> (&str, usize, usize) {
        (&self.file, self.span.start, self.span.end)
    }
}

/// By file name, then position.
impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Where a scalar stands and how it is written, so that a place *inside* it can be found later
/// ([`RuleSet::place_in`](crate::RuleSet::place_in)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalarPlace {
    /// The whole scalar, quotes or block included.
    pub place: Place,
    pub(crate) style: crate::yaml::Style,
    /// Bytes of white space that are cut off before the value.
    pub(crate) lead: usize,
}

/// Bytes between the marks at which characters are counted ahead.
const MARK_BYTES: usize = 128;

/// Finds lines and columns in one text; a look-up reads at most 256 bytes, however long the line.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// Byte offset of the first byte of every line.
    starts: Vec<usize>,
    /// Characters that begin before each multiple of [`MARK_BYTES`].
    chars: Vec<usize>,
}

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        let mut chars = vec![0];
        for block in text.as_bytes().chunks(MARK_BYTES) {
            chars.push(chars.last().copied().unwrap_or(0) + begun(block));
        }
        Self { starts, chars }
    }

    /// Line and column (characters), both from 1, of a byte offset.
    pub(crate) fn locate(&self, text: &str, offset: usize) -> (u32, u32) {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.chars_before(text, offset) - self.chars_before(text, start) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn chars_before(&self, text: &str, offset: usize) -> usize {
        let mark = offset / MARK_BYTES;
        let rest = text.as_bytes().get(mark * MARK_BYTES..offset).unwrap_or_default();
        self.chars.get(mark).copied().unwrap_or(0) + begun(rest)
    }

    pub(crate) fn place(&self, file: &Arc<str>, text: &str, span: Range<usize>) -> Place {
        let (line, column) = self.locate(text, span.start);
        Place { file: Arc::clone(file), line, column, span }
    }
}

/// Characters of UTF-8 that begin in `bytes`.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_in_lines_of_any_length() {
        let text = format!("ä\nb{}ö!\nc", "é".repeat(3_000));
        let lines = Lines::new(&text);
        assert_eq!(lines.locate(&text, 0), (1, 1));
        assert_eq!(lines.locate(&text, 3), (2, 1));
        assert_eq!(lines.locate(&text, text.find('ö').unwrap()), (2, 3_002));
        assert_eq!(lines.locate(&text, text.find('!').unwrap()), (2, 3_003));
        assert_eq!(lines.locate(&text, text.len()), (3, 2));
        assert_eq!(lines.locate(&text, usize::MAX), (3, 2));
    }
}
