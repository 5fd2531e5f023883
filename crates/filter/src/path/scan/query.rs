//! Queries: segments and selectors (RFC 9535 §2.3, §2.5), and whether they select one node at most.
use super::{Cursor, Kind, Span, Token};
use crate::FilterError;
use crate::path::dialect;
use crate::path::limits::{INDEX_MAX, SEGMENTS_MAX};

/// What a query looks like, as far as comparisons care.
#[derive(Debug, Default)]
pub(super) struct QueryShape {
    /// Whether one of its segments may select several nodes.
    pub several: bool,
    /// The last such segment, if a filter in its place says the same.
    pub cut: Option<Cut>,
    /// A blank inside the brackets of a name or index, which a compared path may not have.
    pub blank_in_bracket: Option<Span>,
}

/// A segment that a filter can replace: `$.items[*].qty > 3` is `$.items[?@.qty > 3]`.
#[derive(Debug)]
pub(super) struct Cut {
    pub segment: Span,
    /// `..` when the filter must be a descendant segment, else empty.
    pub descendant: &'static str,
    /// The part of the segment that moves inside the filter: `.qty` of `..qty`.
    pub name: String,
}

impl QueryShape {
    pub(super) fn is_singular(&self) -> bool {
        !self.several
    }

    fn several(&mut self, cut: Option<Cut>) {
        self.several = true;
        self.cut = cut;
    }
}

/// What one bracket holds.
enum Bracket {
    /// One name or index.
    One,
    /// One `*`.
    Star,
    Several,
}

impl Cursor<'_> {
    /// Reads a query from its `$` or `@` on.
    pub(super) fn query(&mut self) -> Result<QueryShape, FilterError> {
        let start = self.peek().map_or(0, |token| token.span.start);
        self.at += 1;
        let mut shape = QueryShape::default();
        let mut segments = 0;
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Dot => self.dot(&token, &mut shape)?,
                Kind::DotDot => self.descendant(&token, &mut shape)?,
                Kind::LeftBracket => {
                    let bracket = self.bracket(&mut shape)?;
                    let segment = token.span.start..self.previous_end();
                    self.bracketed(bracket, segment, "", &mut shape);
                }
                _ => break,
            }
            self.refuse_method(start)?;
            segments += 1;
            if segments > SEGMENTS_MAX {
                let message = format!("more than {SEGMENTS_MAX} segments in one query");
                return Err(FilterError::new("E0108", token.span, message)
                    .help("an event is at most 64 levels deep"));
            }
        }
        Ok(shape)
    }

    fn dot(&mut self, dot: &Token, shape: &mut QueryShape) -> Result<(), FilterError> {
        self.at += 1;
        match self.peek_kind() {
            Some(Kind::Name) => self.at += 1,
            Some(Kind::Star) => {
                self.at += 1;
                let segment = dot.span.start..self.previous_end();
                shape.several(Some(Cut { segment, descendant: "", name: String::new() }));
            }
            Some(Kind::LeftBracket) => {
                return Err(FilterError::new("E0101", dot.span.clone(), "`.` before `[`")
                    .help("leave the dot out: `$.a['b']` (RFC 9535 §2.5.1)"));
            }
            _ => return Err(self.expected("a member name after `.`", "2.5.1.1")),
        }
        Ok(())
    }

    fn descendant(&mut self, dots: &Token, shape: &mut QueryShape) -> Result<(), FilterError> {
        self.at += 1;
        let cut = |segment, name| Some(Cut { segment, descendant: "..", name });
        match self.peek() {
            Some(token) if token.kind == Kind::Name => {
                self.at += 1;
                let segment = dots.span.start..token.span.end;
                shape.several(cut(segment, format!(".{}", self.slice(&token.span))));
            }
            Some(token) if token.kind == Kind::Star => {
                self.at += 1;
                shape.several(cut(dots.span.start..token.span.end, String::new()));
            }
            Some(token) if token.kind == Kind::LeftBracket => {
                let bracket = self.bracket(shape)?;
                let segment = dots.span.start..self.previous_end();
                self.bracketed(bracket, segment, "..", shape);
            }
            _ => return Err(self.expected("a member name, `*` or `[` after `..`", "2.5.2.1")),
        }
        Ok(())
    }

    /// Notes what a bracketed segment, after `..` or not, means for comparisons.
    fn bracketed(
        &self,
        bracket: Bracket,
        segment: Span,
        descendant: &'static str,
        shape: &mut QueryShape,
    ) {
        match bracket {
            Bracket::One if descendant.is_empty() => {}
            Bracket::One => {
                let name = self.slice(&(segment.start + descendant.len()..segment.end)).to_owned();
                shape.several(Some(Cut { segment, descendant, name }));
            }
            Bracket::Star => shape.several(Some(Cut { segment, descendant, name: String::new() })),
            Bracket::Several => shape.several(None),
        }
    }

    fn bracket(&mut self, shape: &mut QueryShape) -> Result<Bracket, FilterError> {
        let open = self.open(Kind::LeftBracket)?.map_or(0, |token| token.span.end);
        let first = self.selector()?;
        let mut bracket = first;
        while self.take(Kind::Comma).is_some() {
            self.selector()?;
            bracket = Bracket::Several;
        }
        let inner_end = self.previous_end();
        let close = self.close(Kind::RightBracket)?;
        if matches!(bracket, Bracket::One) && shape.blank_in_bracket.is_none() {
            let inner = self.slice(&(open..close.span.start));
            let leading = inner.len() - inner.trim_start().len();
            shape.blank_in_bracket = match (leading, close.span.start - inner_end) {
                (0, 0) => None,
                (0, _) => Some(inner_end..close.span.start),
                (leading, _) => Some(open..open + leading),
            };
        }
        Ok(bracket)
    }

    fn selector(&mut self) -> Result<Bracket, FilterError> {
        let Some(token) = self.peek() else { return Err(self.expected_close()) };
        match token.kind {
            Kind::Text => {
                self.at += 1;
                Ok(Bracket::One)
            }
            Kind::Star => {
                self.at += 1;
                Ok(Bracket::Star)
            }
            Kind::Number | Kind::Colon => self.index_or_slice(),
            Kind::Question => {
                self.at += 1;
                self.filters += 1;
                self.logical()?;
                self.filters -= 1;
                Ok(Bracket::Several)
            }
            Kind::Word => {
                let word = self.slice(&token.span);
                Err(FilterError::new(
                    "E0101",
                    token.span.clone(),
                    format!("name `{word}` without quotes"),
                )
                .help(format!("write `['{word}']` or `.{word}` (RFC 9535 §2.3.1.1)")))
            }
            Kind::Root | Kind::Current => {
                Err(FilterError::new("E0101", token.span, "a path in brackets needs `?`")
                    .help("a filter begins with `?`: `[?@.x]` (RFC 9535 §2.3.5.1)"))
            }
            _ => Err(self.expected("a name, an index, a slice, `*` or a filter", "2.3")),
        }
    }

    fn index_or_slice(&mut self) -> Result<Bracket, FilterError> {
        let mut colons = 0;
        loop {
            if let Some(token) = self.take(Kind::Number) {
                self.check_index(&token)?;
            }
            if colons == 2 || self.take(Kind::Colon).is_none() {
                break;
            }
            colons += 1;
        }
        Ok(if colons == 0 { Bracket::One } else { Bracket::Several })
    }

    fn check_index(&self, token: &Token) -> Result<(), FilterError> {
        let text = self.slice(&token.span);
        let message = match text.parse::<i64>() {
            Ok(_) if text == "-0" => "index `-0` is not allowed".to_owned(),
            Ok(index) if (-INDEX_MAX..=INDEX_MAX).contains(&index) => return Ok(()),
            Err(_) if text.contains(['.', 'e', 'E']) => format!("index `{text}` is not an integer"),
            _ => format!("index `{text}` is beyond ±(2^53 − 1)"),
        };
        Err(FilterError::new("E0101", token.span.clone(), message)
            .help("an index is an exact integer such as 0 or -1 (RFC 9535 §2.3.3.1, §2.1)"))
    }

    /// `$.a.length()`: the name just read is called.
    fn refuse_method(&self, start: usize) -> Result<(), FilterError> {
        let name = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        let Some(name) = name.filter(|token| token.kind == Kind::Name) else { return Ok(()) };
        if self.touching() != Some(Kind::LeftParen) {
            return Ok(());
        }
        let before = self.slice(&(start..name.span.start)).trim_end_matches('.');
        Err(dialect::method(self.slice(&name.span), name.span.start, before))
    }
}
