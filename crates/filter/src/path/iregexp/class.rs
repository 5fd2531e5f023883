//! Character classes: `[a-z]`, `[^\]-]`.
use super::{Error, Translator};

impl Translator {
    /// `charClassExpr = "[" [ "^" ] ( "-" / CCE1 ) *CCE1 [ "-" ] "]"`
    pub(super) fn class(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        self.out.push('[');
        if self.peek() == Some('^') {
            self.out.push('^');
            self.at += 1;
        }
        let mut is_first = true;
        loop {
            match self.peek() {
                None => {
                    return Err(super::refusal::not_iregexp(
                        start..start + 1,
                        "`[` without `]`",
                        "close the class",
                    ));
                }
                Some(']') if is_first => {
                    return Err(self.refuse(1, "empty class", "write `\\\\]` for the character"));
                }
                Some(']') => break,
                Some('-') if is_first || self.ahead(1) == Some(']') => {
                    self.literal('-');
                    self.at += 1;
                }
                Some(c) => self.class_element(c)?,
            }
            is_first = false;
        }
        self.at += 1;
        self.out.push(']');
        Ok(())
    }

    /// One character, a category, or a range.
    fn class_element(&mut self, c: char) -> Result<(), Error> {
        let start = self.at;
        let low = self.class_character(c)?;
        let (Some(low), Some('-'), Some(next)) = (low, self.peek(), self.ahead(1)) else {
            return Ok(());
        };
        if next == ']' {
            return Ok(());
        }
        self.at += 1;
        self.out.push('-');
        let high = self.class_character(next)?;
        let range = start..self.at;
        match high {
            Some(high) if low <= high => Ok(()),
            Some(_) => Err(super::refusal::not_iregexp(
                range,
                "range with its bounds reversed",
                "write the smaller bound first",
            )),
            None => Err(super::refusal::not_iregexp(
                range,
                "range that ends with a category",
                "write the two apart",
            )),
        }
    }

    fn class_character(&mut self, c: char) -> Result<Option<char>, Error> {
        match c {
            '\\' => return self.escape(),
            '[' if self.looks_at("[:") => {
                return Err(self.refuse(
                    2,
                    "POSIX class",
                    "write `[A-Za-z]` or a category such as `\\\\p{L}`",
                ));
            }
            '[' => {
                return Err(self.refuse(
                    1,
                    "class inside a class",
                    "write `\\\\[` for the character",
                ));
            }
            '-' => {
                return Err(self.refuse(
                    1,
                    "unescaped `-` in a class",
                    "write `\\\\-` for the character",
                ));
            }
            c => self.literal(c),
        }
        self.at += 1;
        Ok(Some(c))
    }
}
