//! One atom: a test or a comparison (RFC 9535 §2.3.5.1).
use super::query::QueryShape;
use super::{Cursor, Kind, Span};
use crate::FilterError;

/// One side of a comparison, or a test.
pub(super) struct Operand {
    pub span: Span,
    pub kind: OperandKind,
}

/// What an operand is, as far as comparisons care.
pub(super) enum OperandKind {
    Literal,
    Query(QueryShape),
    /// A function, and whether its result is true or false (RFC 9535 §2.4.1, LogicalType).
    Call {
        logical: bool,
    },
}

impl Cursor<'_> {
    /// Reads one atom; `not` is the `!` before it.
    pub(super) fn atom(&mut self, not: Option<Span>) -> Result<Span, FilterError> {
        let left = self.operand()?;
        let start = not.as_ref().map_or(left.span.start, |span| span.start);
        let Some(operator) = self.take(Kind::Compare) else {
            self.test(&left)?;
            return Ok(start..left.span.end);
        };
        if let Some(not) = not {
            return Err(FilterError::new(
                "E0101",
                not,
                "`!` negates a test or parentheses, not a comparison",
            )
            .help("write `!(@.a == 1)` (RFC 9535 §2.3.5.1)"));
        }
        let right = self.operand()?;
        self.comparison(&left, self.slice(&operator.span), &right)?;
        Ok(start..right.span.end)
    }

    /// Checks that an operand can stand alone.
    fn test(&self, operand: &Operand) -> Result<(), FilterError> {
        if !matches!(operand.kind, OperandKind::Literal) {
            return Ok(());
        }
        if let Some(token) = self.peek().filter(|token| token.kind == Kind::Word) {
            return Err(self.unexpected(&token));
        }
        let shown = self.slice(&operand.span);
        Err(FilterError::new(
            "E0101",
            operand.span.clone(),
            format!("`{shown}` alone is no condition"),
        )
        .help("compare it: `@.a == 1`; `$` alone takes every event (RFC 9535 §2.3.5.1)"))
    }

    /// Checks that both sides are one value each.
    fn comparison(
        &self,
        left: &Operand,
        operator: &str,
        right: &Operand,
    ) -> Result<(), FilterError> {
        for side in [left, right] {
            match &side.kind {
                OperandKind::Call { logical: true } => return Err(self.compared_test(side)),
                OperandKind::Query(shape) if !shape.is_singular() => {
                    let help = self.suggest(left, operator, right);
                    let shown = self.slice(&side.span);
                    let message =
                        format!("`{shown}` may select several nodes and cannot be compared");
                    return Err(FilterError::new("E0106", side.span.clone(), message)
                        .help(format!("{help} (RFC 9535 §2.3.5.1)")));
                }
                OperandKind::Query(shape) => {
                    if let Some(blank) = &shape.blank_in_bracket {
                        return Err(FilterError::new(
                            "E0101",
                            blank.clone(),
                            "blank inside the brackets of a compared path",
                        )
                        .help("write `['a']` or `[0]` without blanks (RFC 9535 §2.3.5.1)"));
                    }
                }
                OperandKind::Call { .. } | OperandKind::Literal => {}
            }
        }
        Ok(())
    }

    fn compared_test(&self, side: &Operand) -> FilterError {
        let shown = self.slice(&side.span);
        FilterError::new(
            "E0107",
            side.span.clone(),
            format!("`{shown}` is already true or false and cannot be compared"),
        )
        .help("leave the comparison out; negate with `!` (RFC 9535 §2.4.3)")
    }

    /// The existence test that says what a comparison with several nodes probably means.
    fn suggest(&self, left: &Operand, operator: &str, right: &Operand) -> String {
        let general = "use `value(…)` for a single node, `count(…)` for their number, or a filter such as \
                       `$.items[?@.qty > 3]`";
        let (query, shape, other, query_is_left) = match (&left.kind, &right.kind) {
            (OperandKind::Query(shape), _) if !shape.is_singular() => (left, shape, right, true),
            (_, OperandKind::Query(shape)) => (right, shape, left, false),
            _ => return general.to_owned(),
        };
        let Some(cut) = &shape.cut else { return general.to_owned() };
        let other_text = match &other.kind {
            OperandKind::Literal => self.slice(&other.span).to_owned(),
            OperandKind::Query(o) if o.is_singular() => self.inside_filter(&other.span),
            _ => return general.to_owned(),
        };
        if other_text.is_empty() {
            return general.to_owned();
        }
        let before = self.slice(&(query.span.start..cut.segment.start));
        let inner = format!("@{}{}", cut.name, self.slice(&(cut.segment.end..query.span.end)));
        let (a, b) = if query_is_left { (&inner, &other_text) } else { (&other_text, &inner) };
        format!("write `{before}{}[?{a} {operator} {b}]`", cut.descendant)
    }

    /// A path as it reads from inside one more filter: there `@` is another node, `$` is still the event.
    fn inside_filter(&self, span: &Span) -> String {
        let text = self.slice(span);
        match text.strip_prefix('@') {
            Some(rest) if self.filters == 0 => format!("${rest}"),
            Some(_) => String::new(),
            None => text.to_owned(),
        }
    }

    pub(super) fn operand(&mut self) -> Result<Operand, FilterError> {
        let Some(token) = self.peek() else {
            return Err(self.expected("a path, a value or a function", "2.3.5.1"));
        };
        match token.kind {
            Kind::Root | Kind::Current => {
                let shape = self.query()?;
                let span = token.span.start..self.previous_end();
                Ok(Operand { span, kind: OperandKind::Query(shape) })
            }
            Kind::Number => {
                self.at += 1;
                self.numbers.push(token.span.clone());
                Ok(Operand { span: token.span, kind: OperandKind::Literal })
            }
            Kind::Text => {
                self.at += 1;
                Ok(Operand { span: token.span, kind: OperandKind::Literal })
            }
            Kind::Word => self.word(),
            Kind::LeftBracket => Err(crate::path::dialect::list(token.span.start)),
            _ => Err(self.expected("a path, a value or a function", "2.3.5.1")),
        }
    }

    /// `true`, `false`, `null`, or a function.
    fn word(&mut self) -> Result<Operand, FilterError> {
        let Some(token) = self.take(Kind::Word) else { return Err(self.expected("a name", "2.4")) };
        let word = self.slice(&token.span);
        if self.peek_kind() == Some(Kind::LeftParen) {
            return self.call(&token);
        }
        if matches!(word, "true" | "false" | "null") {
            return Ok(Operand { span: token.span, kind: OperandKind::Literal });
        }
        Err(self.unknown_word(word, token.span))
    }

    fn unknown_word(&self, word: &str, span: Span) -> FilterError {
        if let Some(error) = crate::path::dialect::word(word, span.start) {
            return error;
        }
        let lower = word.to_ascii_lowercase();
        let help = if word.contains(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']) {
            "quotes are plain: `'x'` or `\"x\"`".to_owned()
        } else if matches!(lower.as_str(), "true" | "false" | "null") {
            format!("write `{lower}`")
        } else if matches!(lower.as_str(), "nil" | "none" | "undefined" | "missing") {
            "write `== null` for null, `!@.a` for missing".to_owned()
        } else {
            format!("a member of the event is `$.{word}`, a string is `'{word}'`")
        };
        FilterError::new("E0101", span, format!("unexpected `{word}`"))
            .help(format!("{help} (RFC 9535 §2.3.5.1)"))
    }
}
