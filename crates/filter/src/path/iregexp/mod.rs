//! I-Regexp (RFC 9485): a strict reader that translates into the `regex` crate's syntax, and compiles
//! within limits. What other flavours add is refused by name.
//!
//! `^` and `$` outside classes are anchors: RFC 9485 §4 would let them stand for themselves, the
//! compliance suite of RFC 9535 pins them as anchors.

mod atom;
mod class;
mod refusal;

use super::limits::{REGEX_BYTES_MAX, REGEX_CHARS_MAX, REGEX_NESTING_MAX};
use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    /// `E0103` for what is not I-Regexp, `E0104` for what is over a limit.
    pub code: &'static str,
    /// Characters of the pattern that the error is about.
    pub at: Range<usize>,
    pub message: String,
    pub help: String,
}

/// Compiles a pattern; `whole` for `match()`, which must match the whole string.
///
/// The compiled form has at most 256 KiB, and matches in time linear in the string.
///
/// # Errors
/// `E0103`, `E0104`.
pub(super) fn compile(pattern: &str, whole: bool) -> Result<Regex, Error> {
    let translated = translate(pattern)?;
    let anchored = if whole { format!(r"\A(?:{translated})\z") } else { translated };
    RegexBuilder::new(&anchored)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(4 * REGEX_BYTES_MAX)
        .nest_limit(2 * REGEX_NESTING_MAX)
        .build()
        .map_err(|_| refusal::too_big(pattern))
}

/// Translates a pattern into the syntax of the `regex` crate.
fn translate(pattern: &str) -> Result<String, Error> {
    let chars: Vec<char> = pattern.chars().collect();
    if chars.len() > REGEX_CHARS_MAX {
        return Err(refusal::too_long(chars.len()));
    }
    let mut translator = Translator { chars, at: 0, out: String::new(), groups: Vec::new() };
    translator.alternatives()?;
    match translator.peek() {
        None => Ok(translator.out),
        Some(_) => Err(translator.refuse(1, "`)` without `(`", "write `\\\\)` for the character")),
    }
}

/// The pattern, the place in it, and what it means so far.
struct Translator {
    chars: Vec<char>,
    at: usize,
    out: String,
    /// Where the groups began that are open.
    groups: Vec<usize>,
}

impl Translator {
    fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    fn ahead(&self, n: usize) -> Option<char> {
        self.chars.get(self.at + n).copied()
    }

    /// Whether the text goes on with `text`.
    fn looks_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.ahead(n) == Some(c))
    }

    /// `i-regexp = branch *( "|" branch )`
    fn alternatives(&mut self) -> Result<(), Error> {
        while let Some(c) = self.peek() {
            match c {
                ')' => break,
                '|' => {
                    self.out.push('|');
                    self.at += 1;
                }
                c => self.piece(c)?,
            }
        }
        Ok(())
    }

    /// `piece = atom [ quantifier ]`
    fn piece(&mut self, c: char) -> Result<(), Error> {
        self.atom(c)?;
        if self.quantifier()? { self.refuse_second_quantifier() } else { Ok(()) }
    }

    fn group(&mut self) -> Result<(), Error> {
        let start = self.at;
        if self.groups.len() >= usize::try_from(REGEX_NESTING_MAX).unwrap_or(usize::MAX) {
            return Err(refusal::too_deep(start));
        }
        self.at += 1;
        if self.peek() == Some('?') {
            return Err(self.group_kind(start));
        }
        self.out.push_str("(?:");
        self.groups.push(start);
        self.alternatives()?;
        if self.peek() != Some(')') {
            return Err(refusal::not_iregexp(
                start..start + 1,
                "`(` without `)`",
                "close the group",
            ));
        }
        self.groups.pop();
        self.at += 1;
        self.out.push(')');
        Ok(())
    }

    /// `* + ?` or `{n}`, `{n,}`, `{n,m}`; answers whether there was one.
    fn quantifier(&mut self) -> Result<bool, Error> {
        match self.peek() {
            Some(c @ ('*' | '+' | '?')) => {
                self.out.push(c);
                self.at += 1;
                Ok(true)
            }
            Some('{') => self.repetition().map(|()| true),
            _ => Ok(false),
        }
    }

    fn repetition(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        let least = self.digits();
        let most = if self.peek() == Some(',') {
            self.at += 1;
            self.digits()
        } else {
            least.clone()
        };
        let closed = self.peek() == Some('}');
        let Some(least) = least.filter(|_| closed) else {
            let end = (self.at + 1).min(self.chars.len());
            return Err(refusal::not_iregexp(
                start..end,
                "malformed repetition",
                "write `{2}`, `{2,}` or `{2,3}`",
            ));
        };
        self.at += 1;
        let number = |digits: &str| digits.parse::<u32>().ok();
        match (number(&least), most.as_deref().map(number)) {
            (None, _) | (_, Some(None)) => return Err(refusal::repetition_too_big(start..self.at)),
            (Some(least), Some(Some(most))) if least > most => {
                return Err(refusal::not_iregexp(
                    start..self.at,
                    "repetition with its bounds reversed",
                    "write the smaller bound first",
                ));
            }
            _ => {}
        }
        self.out.extend(self.chars.get(start..self.at).unwrap_or_default());
        Ok(())
    }

    fn digits(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars.get(start..self.at)?.iter().collect();
        (!digits.is_empty()).then_some(digits)
    }

    /// An error about the next `chars` characters.
    fn refuse(&self, chars: usize, message: &str, help: &str) -> Error {
        let end = (self.at + chars).min(self.chars.len());
        refusal::not_iregexp(self.at..end, message, help)
    }
}

#[cfg(test)]
mod tests;
