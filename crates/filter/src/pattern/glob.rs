//! `wildcard`: a text in which `*` stands for any characters, also none.

/// A parsed wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    /// The literal texts between the stars, unescaped: one more than there are stars.
    pieces: Vec<String>,
}

/// Why a text is not a wildcard; `offset` is the byte in the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GlobError {
    /// `**`
    Consecutive { offset: usize },
    /// A backslash before anything but `*` or `\`.
    Escape { offset: usize },
}

impl Glob {
    /// Reads `*`, `\*` and `\\`; everything else stands for itself.
    pub(crate) fn parse(text: &str) -> Result<Self, GlobError> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = text.char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            match (character, next) {
                ('*', Some('*')) => return Err(GlobError::Consecutive { offset }),
                ('*', _) => pieces.push(std::mem::take(&mut piece)),
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    piece.push(escaped);
                    characters.next();
                }
                ('\\', _) => return Err(GlobError::Escape { offset }),
                (other, _) => piece.push(other),
            }
        }
        pieces.push(piece);
        Ok(Self { pieces })
    }

    /// The literal texts between the stars; a single one means that there is no star.
    pub(crate) fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Whether the whole of `text` fits. Each piece is taken at its first place, the last at the end.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((head, rest)) = self.pieces.split_first() else { return false };
        let Some((tail, middle)) = rest.split_last() else { return text == head };
        let Some(mut text) = text.strip_prefix(head.as_str()) else { return false };
        for piece in middle {
            let Some((_, after)) = text.split_once(piece.as_str()) else { return false };
            text = after;
        }
        text.ends_with(tail.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, GlobError};

    #[track_caller]
    fn check(wildcard: &str, fits: &[&str], misfits: &[&str]) {
        let glob = Glob::parse(wildcard).expect("parses");
        for text in fits {
            assert!(glob.matches(text), "{wildcard} fits {text}");
        }
        for text in misfits {
            assert!(!glob.matches(text), "{wildcard} does not fit {text}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters_also_none() {
        check("*", &["", "a", "*"], &[]);
        check("a*", &["a", "ab"], &["", "ba"]);
        check("*a", &["a", "ba", "aa"], &["ab"]);
        check("a*b*c", &["abc", "axbxc", "abbcc"], &["ac", "ab", "acb"]);
        check("aa*aa", &["aaaa", "aaxaa"], &["aaa"]);
        check("*x*", &["x", "axb"], &["ab", ""]);
    }

    #[test]
    fn a_text_without_a_star_stands_for_itself() {
        check("abc", &["abc"], &["abcd", "ab"]);
        check("", &[""], &["a"]);
    }

    #[test]
    fn a_backslash_takes_the_star_and_the_backslash_literally() {
        check(r"a\*b", &["a*b"], &["axb"]);
        check(r"a\\*", &[r"a\b"], &["ab"]);
        check(r"\**", &["*", "*a"], &["a"]);
    }

    #[test]
    fn what_is_not_a_wildcard_is_refused_with_its_place() {
        assert_eq!(Glob::parse("äb**"), Err(GlobError::Consecutive { offset: 3 }));
        assert_eq!(Glob::parse(r"a\n"), Err(GlobError::Escape { offset: 1 }));
        assert_eq!(Glob::parse(r"a\"), Err(GlobError::Escape { offset: 1 }));
    }
}
