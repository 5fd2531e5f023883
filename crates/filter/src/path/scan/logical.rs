//! `||`, `&&`, `!` and parentheses: RFC 9535 §2.3.5.1, Table 10 for the precedence.
use super::{Cursor, Kind, Span};
use crate::FilterError;
use crate::path::tree::Tree;

impl Cursor<'_> {
    /// Reads a logical expression up to what it does not understand.
    pub(super) fn logical(&mut self) -> Result<Tree<Span>, FilterError> {
        let mut parts = vec![self.conjunction()?];
        while self.take(Kind::Or).is_some() {
            parts.push(self.conjunction()?);
        }
        Ok(single_or(parts, Tree::Or))
    }

    fn conjunction(&mut self) -> Result<Tree<Span>, FilterError> {
        let mut parts = vec![self.basic()?];
        while self.take(Kind::And).is_some() {
            parts.push(self.basic()?);
        }
        Ok(single_or(parts, Tree::And))
    }

    fn basic(&mut self) -> Result<Tree<Span>, FilterError> {
        let not = self.take(Kind::Not);
        if let Some(second) = self.peek().filter(|token| not.is_some() && token.kind == Kind::Not) {
            return Err(FilterError::new("E0101", second.span, "`!` twice")
                .help("leave both out, or use parentheses: `!(!@.a)` (RFC 9535 §2.3.5.1)"));
        }
        if self.peek_kind() == Some(Kind::LeftParen) {
            let inner = self.parenthesis()?;
            return Ok(if not.is_some() { Tree::Not(Box::new(inner)) } else { inner });
        }
        self.atom(not.map(|token| token.span)).map(Tree::Atom)
    }

    fn parenthesis(&mut self) -> Result<Tree<Span>, FilterError> {
        self.open(Kind::LeftParen)?;
        let inner = self.logical()?;
        self.close(Kind::RightParen)?;
        if let Some(token) = self.peek().filter(|token| token.kind == Kind::Compare) {
            return Err(FilterError::new("E0101", token.span, "a parenthesis cannot be compared")
                .help("only paths, values and functions are; leave the parentheses out (RFC 9535 §2.3.5.1)"));
        }
        Ok(inner)
    }
}

fn single_or(mut parts: Vec<Tree<Span>>, join: fn(Vec<Tree<Span>>) -> Tree<Span>) -> Tree<Span> {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
