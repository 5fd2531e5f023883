//! From checked text to jsonpath-rust's syntax tree: [`direct`] from the scan's tokens, by
//! jsonpath-rust's own parser what `direct` does not know.
mod direct;
#[cfg(test)]
mod tests;

use super::lex::{self, Token};
use super::scan::{Scan, Span};
use crate::FilterError;
use jsonpath_rust::parser::model::{Filter, FilterAtom, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;

/// Parses the atom that stands at `span` of `text`, of which `scan` is the scan.
pub(super) fn atom(text: &str, scan: &Scan, span: &Span) -> Result<FilterAtom, FilterError> {
    match direct::atom(text, tokens_in(&scan.tokens, span)) {
        Some(atom) => Ok(atom),
        None => general_atom(&mask(text, &scan.numbers), span),
    }
}

/// The tokens inside `span`.
fn tokens_in<'t>(tokens: &'t [Token], span: &Span) -> &'t [Token] {
    let from = tokens.partition_point(|token| token.span.start < span.start);
    let to = tokens.partition_point(|token| token.span.start < span.end);
    tokens.get(from..to).unwrap_or_default()
}

/// Parses one atom, given its text with numbers masked.
///
/// The atom is parsed as the only filter of a query. The shape of the answer is checked, so that no
/// text can close the bracket and go on.
fn general_atom(masked: &str, span: &Span) -> Result<FilterAtom, FilterError> {
    let atom = masked.get(span.clone()).unwrap_or_default();
    let segments = segments(&format!("$[?{atom}]"), span)?;
    match <[Segment; 1]>::try_from(segments) {
        Ok([Segment::Selector(Selector::Filter(Filter::Atom(atom)))]) => Ok(atom),
        _ => Err(refused(span)),
    }
}

/// Parses a whole query, given its text with numbers masked.
pub(super) fn query(masked: &str) -> Result<Vec<Segment>, FilterError> {
    match lex::tokens(masked).ok().and_then(|tokens| direct::query(masked, &tokens)) {
        Some(segments) => Ok(segments),
        None => general_query(masked),
    }
}

fn general_query(masked: &str) -> Result<Vec<Segment>, FilterError> {
    segments(masked, &(0..masked.len()))
}

/// The text with every number that is a value replaced by `0` and blanks: the parser reads numbers as
/// binary64 or refuses them; the compiler takes them from the text instead, exactly.
pub(super) fn mask(text: &str, numbers: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for number in numbers {
        masked.push_str(text.get(from..number.start).unwrap_or_default());
        masked.push('0');
        masked.extend(std::iter::repeat_n(' ', number.len().saturating_sub(1)));
        from = number.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    masked
}

fn segments(text: &str, span: &Span) -> Result<Vec<Segment>, FilterError> {
    parse_json_path(text).map(|query| query.segments).map_err(|_| refused(span))
}

/// The scan accepts no text that the parser refuses, as far as we know; should there be one, this says
/// less than the scan would.
fn refused(span: &Span) -> FilterError {
    FilterError::new("E0101", span.clone(), "not a JSONPath expression")
        .help("see RFC 9535 §2.3.5.1")
}
