//! Which bytes of a scalar as written made which bytes of its value.
//!
//! Source: YAML 1.2.2 §6.5 (line folding), §7.3 (flow scalars), §8.1 (block scalars).
use super::Style;
use std::ops::Range;

/// For every byte of the value, the bytes of `raw` (the scalar as written) that made it. Bytes of one
/// character share their range; a fold of lines is one range.
pub(super) fn units(raw: &str, style: Style) -> Vec<Range<usize>> {
    let mut walk = Walk { raw, at: 0, units: Vec::with_capacity(raw.len()) };
    match style {
        Style::Plain => walk.flow(raw.len(), Quote::None),
        Style::SingleQuoted | Style::DoubleQuoted => {
            walk.at = 1;
            let quote = if style == Style::SingleQuoted { Quote::Single } else { Quote::Double };
            walk.flow(raw.len().saturating_sub(1), quote);
        }
        Style::Literal(block) => {
            walk.take(0, block.blank);
            walk.literal(block.indent);
        }
        Style::Folded(block) => {
            walk.take(0, block.blank);
            walk.folded(block.indent);
        }
    }
    walk.units
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

struct Walk<'a> {
    raw: &'a str,
    at: usize,
    units: Vec<Range<usize>>,
}

impl Walk<'_> {
    fn rest(&self) -> &str {
        self.raw.get(self.at..).unwrap_or_default()
    }

    /// Takes `length` bytes as the source of `bytes` bytes of value.
    fn take(&mut self, length: usize, bytes: usize) {
        let unit = self.at..self.at + length;
        self.units.extend(std::iter::repeat_n(unit, bytes));
        self.at += length;
    }

    /// Plain and quoted scalars up to `end`.
    fn flow(&mut self, end: usize, quote: Quote) {
        while self.at < end {
            let rest = self.raw.get(self.at..end).unwrap_or_default();
            let Some(first) = rest.chars().next() else { return };
            let (gap, breaks) = gap(rest);
            if breaks > 0 {
                self.take(gap, if breaks == 1 { 1 } else { breaks - 1 });
            } else if quote == Quote::Single && rest.starts_with("''") {
                self.take(2, 1);
            } else if quote == Quote::Double && first == '\\' {
                self.escape();
            } else {
                self.take(first.len_utf8(), first.len_utf8());
            }
        }
    }

    /// A backslash in a double-quoted scalar.
    fn escape(&mut self) {
        let rest = self.rest().get(1..).unwrap_or_default();
        let (_, breaks) = gap(rest);
        // An escaped line break: the value goes on without a blank. Blanks before it would be content.
        if breaks > 0 && rest.starts_with(['\r', '\n']) {
            let (gap, breaks) = gap(rest);
            return self.take(1 + gap, breaks - 1);
        }
        let code = |from: usize, digits: usize| {
            let hex = rest.get(from..from + digits)?;
            u32::from_str_radix(hex, 16).ok()
        };
        match rest.chars().next() {
            Some('x') => self.take(4, utf8_width(code(1, 2))),
            Some('u') if code(1, 4).is_some_and(|high| (0xd800..0xdc00).contains(&high)) => {
                self.take(12, 4);
            }
            Some('u') => self.take(6, utf8_width(code(1, 4))),
            Some('U') => self.take(10, utf8_width(code(1, 8))),
            Some('N' | '_') => self.take(2, 2),
            Some('L' | 'P') => self.take(2, 3),
            other => self.take(1 + other.map_or(0, char::len_utf8), 1),
        }
    }

    fn literal(&mut self, indent: usize) {
        while self.at < self.raw.len() {
            let (content, line_break) = line(self.rest());
            for character in self.rest().get(..content).unwrap_or_default().to_owned().chars() {
                self.take(character.len_utf8(), character.len_utf8());
            }
            self.take(line_break, usize::from(line_break > 0));
            self.at += indentation(self.rest(), indent);
        }
    }

    fn folded(&mut self, indent: usize) {
        let mut text_before = false;
        while self.at < self.raw.len() {
            let (content, _) = line(self.rest());
            let text = self.rest().get(..content).unwrap_or_default().to_owned();
            for character in text.chars() {
                self.take(character.len_utf8(), character.len_utf8());
            }
            let spaced = text.starts_with([' ', '\t']);
            self.fold(indent, (!text.is_empty()).then_some(spaced), &mut text_before);
        }
    }

    /// The line breaks from here to the next line with text. `spaced`: whether the line that ends
    /// here begins with white space; none when it is empty.
    fn fold(&mut self, indent: usize, spaced: Option<bool>, text_before: &mut bool) {
        let start = self.at;
        let mut breaks = Vec::new();
        loop {
            let (content, line_break) = line(self.rest());
            if content > 0 || line_break == 0 {
                break;
            }
            breaks.push(self.at..self.at + line_break);
            self.at += line_break;
            self.at += indentation(self.rest(), indent);
        }
        let folds = spaced == Some(false) && !self.rest().starts_with([' ', '\t']);
        *text_before |= spaced.is_some();
        if folds && *text_before && !self.rest().is_empty() {
            match breaks.len() {
                0 | 1 => self.units.extend(breaks.first().map(|_| start..self.at)),
                _ => self.units.extend(breaks.into_iter().skip(1)),
            }
        } else {
            self.units.extend(breaks);
        }
    }
}

/// The white space at the start of `text` and its line breaks; line breaks 0 when none follows.
fn gap(text: &str) -> (usize, usize) {
    let length = text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let gap = text.get(..length).unwrap_or_default();
    let breaks =
        gap.matches('\n').count() + gap.matches('\r').count() - gap.matches("\r\n").count();
    (length, breaks)
}

/// Bytes of the first line of `text`, and of its line break.
fn line(text: &str) -> (usize, usize) {
    let content = text.find(['\r', '\n']).unwrap_or(text.len());
    let rest = text.get(content..).unwrap_or_default();
    (content, if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) })
}

/// At most `most` spaces at the start of `text`.
fn indentation(text: &str, most: usize) -> usize {
    text.bytes().take(most).take_while(|byte| *byte == b' ').count()
}

fn utf8_width(code: Option<u32>) -> usize {
    code.and_then(char::from_u32).map_or(1, char::len_utf8)
}
