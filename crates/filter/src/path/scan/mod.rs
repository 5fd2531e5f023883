//! Reads the structure of a text from its tokens: the tree of `||`, `&&`, `!` and parentheses, and
//! where each atom, function call, argument and number stands (RFC 9535 §2.3.5.1, §2.4).
//!
//! jsonpath-rust's syntax tree is what the atoms become, but that tree has no positions and its errors are
//! the grammar's. This pass gives every refusal its place and its way out, and bounds the nesting before
//! the parser, whose time grows exponentially with nested calls, sees the text.

mod atom;
mod call;
mod logical;
mod query;

use super::lex::{self, Kind, Token};
use super::limits::{NESTING_MAX, TEXT_BYTES_MAX};
use super::tree::Tree;
use crate::FilterError;
use std::ops::Range;

/// Bytes of the text.
pub(super) type Span = Range<usize>;

/// Where things stand in a text.
#[derive(Debug)]
pub(super) struct Scan {
    /// All of the text.
    pub tokens: Vec<Token>,
    /// The boolean structure of the top level; one atom when the text is a whole query.
    pub tree: Tree<Span>,
    /// Function calls in the order of their names in the text, nested ones too.
    pub calls: Vec<Call>,
    /// Numbers that are values, not indices; in the order of the text.
    pub numbers: Vec<Span>,
}

/// One function call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The whole call.
    pub span: Span,
    pub arguments: Vec<Span>,
}

/// Reads one logical expression, blanks around it allowed.
///
/// # Errors
/// `E0101`, `E0102`, `E0106`, `E0107`, `E0108`.
pub(super) fn condition(text: &str) -> Result<Scan, FilterError> {
    let mut cursor = Cursor::new(text)?;
    if cursor.tokens.is_empty() {
        return Err(FilterError::new("E0101", 0..text.len(), "the condition is empty")
            .help("`$` alone takes every event (RFC 9535 §2.3.5.1)"));
    }
    let tree = cursor.logical()?;
    cursor.end()?;
    Ok(cursor.found(tree))
}

/// Reads one whole query: `$`, then segments, no blanks around.
///
/// # Errors
/// As [`condition`].
pub(super) fn query(text: &str) -> Result<Scan, FilterError> {
    let mut cursor = Cursor::new(text)?;
    let first = cursor.peek();
    if first.as_ref().is_none_or(|t| t.kind != Kind::Root || t.span.start != 0) {
        let span = first.map_or(0..0, |t| if t.span.start > 0 { 0..t.span.start } else { t.span });
        return Err(FilterError::new("E0101", span, "a query begins with `$`")
            .help("write `$.name` (RFC 9535 §2.1.1)"));
    }
    cursor.query()?;
    if let Some(token) =
        cursor.peek().filter(|t| matches!(t.kind, Kind::Compare | Kind::And | Kind::Or))
    {
        return Err(FilterError::new(
            "E0101",
            token.span,
            "a query selects values, it is no condition",
        )
        .help("conditions stand in filters: `$.items[?@.qty > 3]` (RFC 9535 §2.3.5)"));
    }
    cursor.end()?;
    let end = cursor.previous_end();
    if end < text.len() {
        return Err(FilterError::new("E0101", end..text.len(), "blanks after the query")
            .help("a query ends with its last segment (RFC 9535 §2.1.1)"));
    }
    Ok(cursor.found(Tree::Atom(0..end)))
}

/// The tokens, the place in them, and what was found so far.
struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// The brackets and parentheses that are open, innermost last.
    open: Vec<Kind>,
    /// How many filters enclose the place: inside them `@` is not the event.
    filters: usize,
    call_depth: usize,
    calls: Vec<Call>,
    numbers: Vec<Span>,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Result<Self, FilterError> {
        if text.len() > TEXT_BYTES_MAX {
            let message = format!("{} bytes of JSONPath, limit {TEXT_BYTES_MAX}", text.len());
            return Err(FilterError::new("E0108", 0..text.len(), message)
                .help("split the rule, or move a long list of values into a `pattern`"));
        }
        let tokens = lex::tokens(text)?;
        Ok(Self {
            text,
            tokens,
            at: 0,
            open: Vec::new(),
            filters: 0,
            call_depth: 0,
            calls: Vec::new(),
            numbers: Vec::new(),
        })
    }

    fn found(self, tree: Tree<Span>) -> Scan {
        Scan { tokens: self.tokens, tree, calls: self.calls, numbers: self.numbers }
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).cloned()
    }

    fn peek_kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// The kind of the next token if nothing stands between it and the one before.
    fn touching(&self) -> Option<Kind> {
        let end = self.previous_end();
        self.tokens.get(self.at).filter(|token| token.span.start == end).map(|token| token.kind)
    }

    fn take(&mut self, kind: Kind) -> Option<Token> {
        let token = self.peek().filter(|token| token.kind == kind)?;
        self.at += 1;
        Some(token)
    }

    /// Takes a token that opens, and counts the nesting.
    fn open(&mut self, kind: Kind) -> Result<Option<Token>, FilterError> {
        let Some(token) = self.take(kind) else { return Ok(None) };
        if self.open.len() >= NESTING_MAX {
            let message = format!("nesting deeper than {NESTING_MAX} levels");
            return Err(FilterError::new("E0108", token.span, message)
                .help("split the condition into several rules"));
        }
        self.open.push(kind);
        Ok(Some(token))
    }

    /// Takes the token that closes the innermost open one.
    fn close(&mut self, kind: Kind) -> Result<Token, FilterError> {
        let Some(token) = self.take(kind) else { return Err(self.expected_close()) };
        self.open.pop();
        Ok(token)
    }

    fn previous_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |token| token.span.end)
    }

    fn slice(&self, span: &Span) -> &'t str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Refuses whatever is left.
    fn end(&self) -> Result<(), FilterError> {
        match self.peek() {
            None => Ok(()),
            Some(token) => Err(self.unexpected(&token)),
        }
    }

    /// What is wrong with a token that cannot stand where it does.
    fn unexpected(&self, token: &Token) -> FilterError {
        let shown = self.slice(&token.span);
        if token.kind == Kind::Word
            && let Some(error) = super::dialect::word(shown, token.span.start)
        {
            return error;
        }
        let is_after_start =
            self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).is_some_and(|before| {
                matches!(before.kind, Kind::Root | Kind::Current)
                    && before.span.end == token.span.start
            });
        let help = match token.kind {
            Kind::Word if is_after_start => {
                "a dot stands before a member name: `$.name` (RFC 9535 §2.5.1)"
            }
            Kind::RightBracket => "no `[` is open here (RFC 9535 §2.5.1)",
            Kind::RightParen => "no `(` is open here (RFC 9535 §2.3.5.1)",
            Kind::Compare => {
                "one comparison has two sides; join comparisons with `&&` (RFC 9535 §2.3.5.1)"
            }
            Kind::Root | Kind::Current | Kind::Number | Kind::Text | Kind::Word => {
                "join conditions with `&&` or `||` (RFC 9535 §2.3.5.1)"
            }
            _ => {
                "a condition is a test or a comparison, joined with `&&` and `||` (RFC 9535 §2.3.5.1)"
            }
        };
        FilterError::new("E0101", token.span.clone(), format!("unexpected `{shown}`")).help(help)
    }

    /// Something else stands here, or nothing at all.
    fn expected(&self, what: &str, section: &str) -> FilterError {
        let (span, found) = match self.peek() {
            Some(token) => (token.span.clone(), format!("found `{}`", self.slice(&token.span))),
            None => (self.text_end(), "the text ends".to_owned()),
        };
        FilterError::new("E0101", span, format!("expected {what}, {found}"))
            .help(format!("see RFC 9535 §{section}"))
    }

    /// A bracket or parenthesis is not closed; names all that are open when the text ends here.
    fn expected_close(&self) -> FilterError {
        let closers: Vec<_> = self.open.iter().rev().map(|kind| closer(*kind)).collect();
        if self.peek().is_none() {
            let span = self.text_end();
            return FilterError::new(
                "E0101",
                span,
                format!("expected {}, the text ends", closers.join(" and ")),
            )
            .help(
                "close what was opened (RFC 9535 §2.5.1 for brackets, §2.3.5.1 for parentheses)",
            );
        }
        let (what, section) = match self.open.last() {
            Some(Kind::LeftParen) => ("`)`", "2.3.5.1"),
            _ => ("`]`", "2.5.1"),
        };
        match self.peek().filter(|token| matches!(token.kind, Kind::Word | Kind::Compare)) {
            Some(token) => self.unexpected(&token),
            None => self.expected(what, section),
        }
    }

    /// The place after the last token, where something is missing.
    fn text_end(&self) -> Span {
        let end = self.tokens.last().map_or(0, |token| token.span.end);
        end..end
    }
}

fn closer(open: Kind) -> &'static str {
    if open == Kind::LeftParen { "`)`" } else { "`]`" }
}
