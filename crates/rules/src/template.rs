//! Text with paths in it: `<$.data.sensorId> shakes`.
//!
//! Comes in: one text of a rules file. Goes out: a [`Template`], parsed once, rendered per event.
//!
//! `<$` opens a path and the next `>` that stands outside brackets and quotes closes it, so that
//! `<$.items[?@.qty > 3]>` is one path. Every other `<` is itself: `<b>` needs no care. A
//! backslash right before a `<` makes it a plain one (`\<$.a>` is the text `<$.a>`); to have a
//! backslash before a `<`, double it. Anywhere else a backslash is itself.
//!
//! A value in a text is written as people read it: strings without quotes, numbers as the event
//! wrote them, `true`, `false` and `null` as words, lists and maps as compact JSON. A path that
//! selects nothing is empty text. A query that can select several values is written as the JSON
//! list of what it selects.

use std::borrow::Cow;

use eventyard_event::json::Value;
use eventyard_filter::Query;

use crate::part_error::PartError;

/// A text whose paths are filled in from an event.
///
/// ```
/// # use eventyard_rules::Template;
/// let template = Template::parse("order <$.id> of <$.data.customer>")?;
/// let event = eventyard_event::json::parse(
///     br#"{"id":"7","data":{"customer":"Ada"}}"#, &Default::default()).unwrap();
/// assert_eq!(template.render(&event.root), "order 7 of Ada");
/// # Ok::<(), eventyard_rules::PartError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Template {
    parts: Vec<Part>,
}

/// One stretch of a template.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Text that stands as it is, with its escapes taken away.
    Text(String),
    /// A path to fill in.
    Query(Query),
}

impl Template {
    /// Parses a text; one without paths is a template of that text.
    ///
    /// # Errors
    /// E0210 for a path that is never closed, the path's own code for one that is malformed; the
    /// span is the place in `text`.
    pub fn parse(text: &str) -> Result<Self, PartError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('<') {
            let (before, from) = rest.split_at(open);
            let before_text = before.trim_end_matches('\\');
            let backslashes = before.len() - before_text.len();
            plain.push_str(before_text);
            // Windows' rule for arguments: pairs halve, an odd one takes the `<` with it.
            plain.extend(std::iter::repeat_n('\\', backslashes / 2));
            if backslashes % 2 == 1 || !from.starts_with("<$") {
                plain.push('<');
                rest = from.strip_prefix('<').unwrap_or_default();
                continue;
            }
            let start = text.len() - from.len();
            let inside = from.strip_prefix('<').unwrap_or_default();
            let (path, after) = split_path(inside).ok_or_else(|| unclosed(start, text))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Query(parse_query(path, start + 1)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// A template of a text that is meant as it is.
    pub(crate) fn plain(text: &str) -> Self {
        Self { parts: vec![Part::Text(text.to_owned())] }
    }

    /// The text with every path filled in from `root`.
    pub fn render(&self, root: &Value<'_>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Query(query) => out.push_str(&selected_text(query, root)),
            }
        }
        out
    }

    /// The whole text, if no path is in it.
    pub fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The stretches in order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// Parses a path that stands at byte `start` of a longer text.
pub(crate) fn parse_query(path: &str, start: usize) -> Result<Query, PartError> {
    Query::parse(path).map_err(|error| PartError {
        at: 0,
        span: error.span.start + start..error.span.end + start,
        code: error.code,
        message: error.message,
        help: error.help,
    })
}

/// What a query selects, as text; empty when it selects nothing.
pub(crate) fn selected_text(query: &Query, root: &Value<'_>) -> String {
    if query.is_singular() {
        return query.first(root).map(value_text).unwrap_or_default().into_owned();
    }
    let mut out = String::new();
    write_list(&mut out, &query.select(root));
    out
}

/// The values as a compact JSON list, in the order of the nodelist.
pub(crate) fn write_list(out: &mut String, values: &[&Value<'_>]) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&value.to_string());
    }
    out.push(']');
}

/// A value as people read it: a string without its quotes, all else as JSON.
pub(crate) fn value_text<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    match value.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(value.to_string()),
    }
}

/// Splits `$.path> rest` at the `>` that stands outside brackets and quotes.
fn split_path(inside: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '>') if depth == 0 => {
                let (path, rest) = inside.split_at(at);
                return Some((path, rest.strip_prefix('>').unwrap_or_default()));
            }
            (None, _) => {}
        }
    }
    None
}

fn unclosed(start: usize, text: &str) -> PartError {
    PartError::new("E0210", start..text.len(), "the path that opens here is never closed by `>`")
        .with_help("close it (`<$.data.id>`), or write `\\<` for a plain `<`")
}
