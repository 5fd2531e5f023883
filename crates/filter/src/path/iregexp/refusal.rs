//! What a pattern may not contain, each thing by its name.
use super::Translator;
use super::{Error, REGEX_BYTES_MAX, REGEX_CHARS_MAX, REGEX_NESTING_MAX};
use std::ops::Range;

/// `E0103`: another flavour of regular expressions, or no regular expression at all.
pub(super) fn not_iregexp(at: Range<usize>, what: &str, help: &str) -> Error {
    let message = format!("not an I-Regexp ({what})");
    Error { code: "E0103", at, message, help: format!("{help} (RFC 9485 §4)") }
}

pub(super) fn too_long(chars: usize) -> Error {
    let message = format!("regex has {chars} characters, limit {REGEX_CHARS_MAX}");
    limit(0..chars, message, "split it over several conditions")
}

pub(super) fn too_deep(at: usize) -> Error {
    let message = format!("regex groups nested deeper than {REGEX_NESTING_MAX} levels");
    limit(at..at + 1, message, "leave out groups that are not needed")
}

pub(super) fn too_big(pattern: &str) -> Error {
    let message = format!("regex exceeds size limit {} KiB", REGEX_BYTES_MAX / 1024);
    limit(
        0..pattern.chars().count(),
        message,
        "use smaller repetitions; compare lengths with `length()`",
    )
}

pub(super) fn repetition_too_big(at: Range<usize>) -> Error {
    let message = format!("regex exceeds size limit {} KiB", REGEX_BYTES_MAX / 1024);
    limit(at, message, "use a smaller repetition")
}

fn limit(at: Range<usize>, message: String, help: &str) -> Error {
    Error { code: "E0104", at, message, help: help.to_owned() }
}

impl Translator {
    /// `(?…`, which began at `start`: some extension of groups.
    pub(super) fn group_kind(&self, start: usize) -> Error {
        let (what, help) = match (self.ahead(1), self.ahead(2)) {
            (Some('=' | '!'), _) => ("look-around", "combine several tests with `&&` and `!`"),
            (Some('<'), Some('=' | '!')) => {
                ("look-around", "combine several tests with `&&` and `!`")
            }
            (Some(':'), _) => ("non-capturing group", "write a plain group, `(…)`"),
            (Some('P' | '<' | '\''), _) => ("named group", "write a plain group, `(…)`"),
            (Some('>'), _) => ("atomic group", "write a plain group, `(…)`"),
            (Some('#'), _) => ("comment", "leave the comment out"),
            (Some('('), _) => ("conditional group", "use `|`"),
            (Some('|'), _) => ("branch reset", "write a plain group, `(…)`"),
            (Some('i'), _) => ("flags", "for either case write `[Aa]`"),
            _ => ("flags", "leave the flags out"),
        };
        not_iregexp(start..(start + 3).min(self.chars.len()), what, help)
    }

    /// After a quantifier another one: lazy, possessive, or just one too many.
    pub(super) fn refuse_second_quantifier(&self) -> Result<(), Error> {
        let (what, help) = match self.peek() {
            Some('?') => ("lazy quantifier", "leave the `?` out: only whether it matches counts"),
            Some('+') => ("possessive quantifier", "leave the `+` out"),
            Some('*' | '{') => ("two quantifiers", "group the first: `(a+)*`"),
            _ => return Ok(()),
        };
        Err(self.refuse(1, what, help))
    }

    /// `\` and a character that I-Regexp does not escape.
    pub(super) fn escape_kind(&self) -> Error {
        let (what, help) = match self.ahead(1) {
            None => ("`\\` at the end", "write `\\\\\\\\` for a backslash"),
            Some('d') => ("`\\d`", "write `[0-9]`, or `\\\\p{Nd}` for digits of all scripts"),
            Some('D') => ("`\\D`", "write `[^0-9]`"),
            Some('w') => ("`\\w`", "write `[A-Za-z0-9_]`"),
            Some('W') => ("`\\W`", "write `[^A-Za-z0-9_]`"),
            Some('s') => ("`\\s`", "write `[ \\\\t\\\\n\\\\r]`"),
            Some('S') => ("`\\S`", "write `[^ \\\\t\\\\n\\\\r]`"),
            Some('b' | 'B') => ("word boundary", "write what stands beside the word: `[^A-Za-z]`"),
            Some('A' | 'z' | 'Z') => {
                ("anchor", "`match()` is anchored at both ends, `search()` at none")
            }
            Some('0'..='9' | 'k' | 'g') => {
                ("backreference", "compare two members with `==` instead")
            }
            Some('x' | 'u' | 'U' | 'c') => {
                ("character code", "write the character itself, or `\\uXXXX` of JSONPath")
            }
            Some('$') => ("`\\$`", "write `[$]` for the character"),
            Some('p' | 'P') => {
                ("unknown character category", "write a general category such as `\\\\p{Lu}`")
            }
            Some('Q' | 'E') => ("quoting", "escape each character"),
            Some(_) => ("unknown escape", "leave the backslash out"),
        };
        self.refuse(2, what, help)
    }
}
