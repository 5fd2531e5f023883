//! Text to tokens, each with its bytes in the text. The lexical traps of jsonpath-rust's parser are
//! closed here: blanks after a dot or inside a member name, names with invisible blanks, numbers that
//! it reads as binary64 (RFC 9535 §2.1.1, §2.3.1.1, §2.3.5.1).
use super::dialect;
use super::literal;
use crate::FilterError;
use std::ops::Range;

/// What a token is. Blanks are no tokens: two tokens touch when their spans do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `$`
    Root,
    /// `@`
    Current,
    Dot,
    DotDot,
    Star,
    LeftBracket,
    RightBracket,
    LeftParen,
    RightParen,
    Comma,
    Colon,
    Question,
    Not,
    And,
    Or,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`
    Compare,
    /// The member name of a shorthand, right after a dot.
    Name,
    /// A name anywhere else: a function, `true`, `false`, `null`, or a word of another dialect.
    Word,
    Number,
    Text,
}

/// One token with its bytes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

/// Splits a text into tokens.
///
/// # Errors
/// `E0101` for what no JSONPath contains, `E0102` for an operator of another dialect.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while let Some(c) = lexer.peek() {
        lexer.token(c)?;
    }
    Ok(lexer.tokens)
}

/// Whether `c` is a blank of the grammar (RFC 9535 §2.1.1).
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether a shorthand name may begin with `c` (RFC 9535 §2.5.1.1).
pub(super) fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_ascii_digit()
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Kind, bytes: usize) {
        self.tokens.push(Token { kind, span: self.at..self.at + bytes });
        self.at += bytes;
    }

    fn last(&self) -> Option<Kind> {
        self.tokens.last().map(|token| token.kind)
    }

    fn token(&mut self, c: char) -> Result<(), FilterError> {
        if is_blank(c) {
            self.at += 1;
            return Ok(());
        }
        // No operator and no punctuation begins with these, which most tokens do.
        match c {
            '\'' | '"' => return self.string(),
            '0'..='9' => return self.number(),
            c if starts_name(c) => return self.name(Kind::Word),
            _ => {}
        }
        if let Some(error) = dialect::operator(self.rest(), self.at) {
            return Err(error);
        }
        if let Some((kind, bytes)) = punctuation(self.rest()) {
            if kind == Kind::LeftParen && self.last() == Some(Kind::LeftBracket) {
                return Err(dialect::script(self.at));
            }
            self.push(kind, bytes);
            return if matches!(kind, Kind::Dot | Kind::DotDot) {
                self.after_dot()
            } else {
                Ok(())
            };
        }
        if matches!(c, '-' | '+') { self.number() } else { Err(unexpected(c, self.at)) }
    }

    /// What follows a dot must touch it: a member name or `*`, after two dots also a bracket.
    fn after_dot(&mut self) -> Result<(), FilterError> {
        match self.peek() {
            Some(c) if starts_name(c) => self.name(Kind::Name),
            Some('*' | '[' | '.') => Ok(()),
            Some(c) if is_blank(c) => Err(syntax(self.at, 1, "a blank may not follow `.`")
                .help("write the member name right after the dot (RFC 9535 §2.5.1.1)")),
            Some('0'..='9') if !self.is_after_path() => {
                Err(syntax(self.at - 1, 1, "a number begins with a digit")
                    .help("write `0.5` (RFC 9535 §2.3.5.1)"))
            }
            Some(c) => {
                Err(syntax(self.at, c.len_utf8(), format!("expected a member name, found `{c}`"))
                    .help("other names are written in brackets: `['1st']` (RFC 9535 §2.5.1.1)"))
            }
            None => Err(syntax(self.at, 0, "expected a member name, the text ends")
                .help("a path ends with a name, `*` or `]` (RFC 9535 §2.5.1)")),
        }
    }

    /// Whether the dot that was just read goes on with a path.
    fn is_after_path(&self) -> bool {
        let before = self.tokens.iter().rev().nth(1).map(|token| token.kind);
        matches!(
            before,
            Some(Kind::Root | Kind::Current | Kind::Name | Kind::Star | Kind::RightBracket)
        )
    }

    fn name(&mut self, kind: Kind) -> Result<(), FilterError> {
        let rest = self.rest();
        let bytes = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
        let name = rest.get(..bytes).unwrap_or_default();
        if let Some((at, c)) = name.char_indices().find(|(_, c)| c.is_whitespace()) {
            return Err(invisible(c, self.at + at));
        }
        let after = rest.get(bytes..).unwrap_or_default();
        if kind == Kind::Name && after.starts_with('-') {
            return Err(hyphen(rest, self.at));
        }
        self.push(kind, bytes);
        Ok(())
    }

    fn number(&mut self) -> Result<(), FilterError> {
        let bytes = literal::number(self.rest(), self.at)?;
        self.push(Kind::Number, bytes);
        Ok(())
    }

    fn string(&mut self) -> Result<(), FilterError> {
        let bytes = literal::string(self.rest(), self.at)?;
        self.push(Kind::Text, bytes);
        Ok(())
    }
}

/// The punctuation that `rest` begins with, longest first.
fn punctuation(rest: &str) -> Option<(Kind, usize)> {
    const TABLE: [(&str, Kind); 21] = [
        ("==", Kind::Compare),
        ("!=", Kind::Compare),
        ("<=", Kind::Compare),
        (">=", Kind::Compare),
        ("&&", Kind::And),
        ("||", Kind::Or),
        ("..", Kind::DotDot),
        ("<", Kind::Compare),
        (">", Kind::Compare),
        ("!", Kind::Not),
        (".", Kind::Dot),
        ("$", Kind::Root),
        ("@", Kind::Current),
        ("*", Kind::Star),
        ("[", Kind::LeftBracket),
        ("]", Kind::RightBracket),
        ("(", Kind::LeftParen),
        (")", Kind::RightParen),
        (",", Kind::Comma),
        (":", Kind::Colon),
        ("?", Kind::Question),
    ];
    TABLE.iter().find(|(text, _)| rest.starts_with(text)).map(|(text, kind)| (*kind, text.len()))
}

fn syntax(at: usize, bytes: usize, message: impl Into<String>) -> FilterError {
    FilterError::new("E0101", at..at + bytes, message)
}

fn unexpected(c: char, at: usize) -> FilterError {
    if c.is_whitespace() || c.is_control() {
        invisible(c, at)
    } else {
        syntax(at, c.len_utf8(), format!("unexpected `{c}`"))
            .help("no JSONPath contains it outside quotes (RFC 9535 §2.1.1)")
    }
}

fn invisible(c: char, at: usize) -> FilterError {
    syntax(at, c.len_utf8(), format!("invisible character U+{:04X} outside quotes", u32::from(c)))
        .help("use a plain blank, or quote a name that contains it: `['…']` (RFC 9535 §2.1.1)")
}

/// `rest` begins with a shorthand name that a hyphen follows.
fn hyphen(rest: &str, at: usize) -> FilterError {
    let end = rest.find(|c| !continues_name(c) && c != '-').unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    syntax(at, end, format!("member name `{name}` contains `-`"))
        .help(format!("write it in brackets: `['{name}']` (RFC 9535 §2.5.1.1)"))
}
