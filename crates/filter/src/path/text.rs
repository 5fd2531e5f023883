//! Compiled forms and values as text, for explanations.
use super::ir::{Operand, Path, Segment, Selector, Start};
use eventyard_event::json::Value;
use std::fmt::Write as _;

/// Characters of a value in an explanation; what is longer is cut.
const SHOWN_CHARS_MAX: usize = 120;

/// A value as compact JSON, cut when it is long.
pub(super) fn value(value: &Value<'_>) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// An operand as JSONPath. Filters are shown as `[?…]`.
pub(super) fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Literal(literal) => value(literal),
        Operand::Singular(of) => path(of),
        Operand::Length(of) => format!("length({})", self::operand(of)),
        Operand::Count(of) => format!("count({})", path(of)),
        Operand::Value(of) => format!("value({})", path(of)),
    }
}

/// A query as JSONPath.
pub(super) fn path(path: &Path) -> String {
    segments(path.start, &path.segments)
}

/// The first segments of a query as JSONPath.
pub(super) fn segments(start: Start, segments: &[Segment]) -> String {
    let mut out = String::from(if start == Start::Root { "$" } else { "@" });
    segments.iter().for_each(|one| segment(&mut out, one));
    out
}

fn segment(out: &mut String, segment: &Segment) {
    if segment.descendant {
        out.push_str("..");
    }
    match segment.selectors.as_slice() {
        [Selector::Name(name)] if is_shorthand(name) => {
            out.push_str(if segment.descendant { "" } else { "." });
            out.push_str(name);
        }
        selectors => {
            let all: Vec<String> = selectors.iter().map(selector).collect();
            out.push('[');
            out.push_str(&all.join(", "));
            out.push(']');
        }
    }
}

fn selector(selector: &Selector) -> String {
    match selector {
        Selector::Name(name) => quoted(name),
        Selector::Wildcard => "*".to_owned(),
        Selector::Index(index) => index.to_string(),
        Selector::Slice(slice) => {
            let bound = |bound: Option<i64>| bound.map(|b| b.to_string()).unwrap_or_default();
            let mut text = format!("{}:{}", bound(slice.start), bound(slice.end));
            if slice.step != 1 {
                // Writing into a `String` cannot fail.
                let _ = write!(text, ":{}", slice.step);
            }
            text
        }
        Selector::Filter(_) => "?…".to_owned(),
    }
}

fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn is_shorthand(name: &str) -> bool {
    name.starts_with(super::lex::starts_name)
        && name
            .chars()
            .all(|c| (super::lex::starts_name(c) || c.is_ascii_digit()) && !c.is_whitespace())
}
