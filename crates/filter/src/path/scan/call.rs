//! Function calls: known names, number of arguments, nesting (RFC 9535 §2.4).
use super::atom::{Operand, OperandKind};
use super::{Call, Cursor, Kind, Span, Token};
use crate::FilterError;
use crate::path::dialect;
use crate::path::limits::CALL_NESTING_MAX;

impl Cursor<'_> {
    /// Reads a call whose name was just taken.
    pub(super) fn call(&mut self, name: &Token) -> Result<Operand, FilterError> {
        let function = self.slice(&name.span);
        let Some(signature) = signature(function) else {
            return Err(dialect::function(function, name.span.start));
        };
        if self.touching() != Some(Kind::LeftParen) {
            let gap = name.span.end..self.peek().map_or(name.span.end, |token| token.span.start);
            return Err(FilterError::new(
                "E0101",
                gap,
                format!("blank between `{function}` and `(`"),
            )
            .help(format!("write `{function}(` (RFC 9535 §2.4)")));
        }
        if self.call_depth >= CALL_NESTING_MAX {
            let message = format!("function calls nested deeper than {CALL_NESTING_MAX} levels");
            return Err(
                FilterError::new("E0108", name.span.clone(), message).help("split the condition")
            );
        }
        let place = self.calls.len();
        self.calls.push(Call { span: name.span.clone(), arguments: Vec::new() });
        self.call_depth += 1;
        let arguments = self.arguments()?;
        self.call_depth -= 1;
        let span = name.span.start..self.previous_end();
        if arguments.len() != signature.arity {
            return Err(wrong_arity(function, signature.arity, arguments.len(), span));
        }
        let is_query = |argument: &Operand| matches!(argument.kind, OperandKind::Query(_));
        if let Some(value) = arguments.iter().find(|a| signature.of_nodes && !is_query(a)) {
            return Err(self.not_a_path(function, value));
        }
        let arguments = arguments.into_iter().map(|argument| argument.span).collect();
        if let Some(call) = self.calls.get_mut(place) {
            *call = Call { span: span.clone(), arguments };
        }
        Ok(Operand { span, kind: OperandKind::Call { logical: signature.logical } })
    }

    fn not_a_path(&self, function: &str, argument: &Operand) -> FilterError {
        let shown = self.slice(&argument.span);
        let message = format!("`{function}` takes a path, found `{shown}`");
        FilterError::new("E0107", argument.span.clone(), message)
            .help(format!("write `{function}(@.a)` (RFC 9535 §2.4.3)"))
    }

    fn arguments(&mut self) -> Result<Vec<Operand>, FilterError> {
        self.open(Kind::LeftParen)?;
        let mut arguments = Vec::new();
        if self.peek_kind() != Some(Kind::RightParen) {
            arguments.push(self.argument()?);
            while self.take(Kind::Comma).is_some() {
                arguments.push(self.argument()?);
            }
        }
        self.close(Kind::RightParen)?;
        Ok(arguments)
    }

    /// No function of the standard takes a logical expression, so an argument is one operand.
    fn argument(&mut self) -> Result<Operand, FilterError> {
        if let Some(token) = self.peek().filter(|t| matches!(t.kind, Kind::Not | Kind::LeftParen)) {
            return Err(logical_argument(token.span));
        }
        let operand = self.operand()?;
        match self.peek() {
            Some(token) if matches!(token.kind, Kind::Compare | Kind::And | Kind::Or) => {
                Err(logical_argument(token.span))
            }
            _ => Ok(operand),
        }
    }
}

/// The type of a function (RFC 9535 §2.4.1).
struct Signature {
    arity: usize,
    /// Whether its result is true or false (LogicalType) instead of a value.
    logical: bool,
    /// Whether its argument is a nodelist (NodesType) instead of a value.
    of_nodes: bool,
}

fn signature(function: &str) -> Option<Signature> {
    let (arity, logical, of_nodes) = match function {
        "length" => (1, false, false),
        "count" | "value" => (1, false, true),
        "match" | "search" => (2, true, false),
        _ => return None,
    };
    Some(Signature { arity, logical, of_nodes })
}

fn wrong_arity(function: &str, wanted: usize, found: usize, span: Span) -> FilterError {
    let example = match function {
        "match" | "search" => format!("{function}(@.a, 'x.*')"),
        _ => format!("{function}(@.a)"),
    };
    let noun = if wanted == 1 { "argument" } else { "arguments" };
    FilterError::new("E0107", span, format!("`{function}` takes {wanted} {noun}, found {found}"))
        .help(format!("write `{example}` (RFC 9535 §2.4)"))
}

fn logical_argument(span: Span) -> FilterError {
    FilterError::new("E0107", span, "a function takes a path or a value, not a condition")
        .help("test outside the call: `length(@.a) > 0 && @.b` (RFC 9535 §2.4.3)")
}
