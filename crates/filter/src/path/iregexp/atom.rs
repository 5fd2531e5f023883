//! Single characters, `.`, classes and groups.
use super::{Error, Translator};

/// The general categories of RFC 9485 §4, `charProp`.
const CATEGORIES: [&str; 36] = [
    "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Z", "Zl", "Zp", "Zs", "S", "Sc", "Sk", "Sm", "So", "C",
    "Cc", "Cf", "Cn", "Co",
];

impl Translator {
    /// `atom = NormalChar / charClass / ( "(" i-regexp ")" )`
    pub(super) fn atom(&mut self, c: char) -> Result<(), Error> {
        match c {
            '(' => return self.group(),
            '[' => return self.class(),
            '\\' => return self.escape().map(|_| ()),
            '*' | '+' | '?' => {
                return Err(self.refuse(
                    1,
                    "nothing to repeat",
                    "write `\\\\` before it for the character",
                ));
            }
            '{' | '}' | ']' => {
                let message = format!("unescaped `{c}`");
                return Err(self.refuse(
                    1,
                    &message,
                    &format!("write `\\\\{c}` for the character"),
                ));
            }
            '.' => self.out.push_str(r"[^\n\r]"),
            '^' | '$' => self.out.push(c),
            c => self.literal(c),
        }
        self.at += 1;
        Ok(())
    }

    /// `\` and what it means: a character, or `None` for a category.
    pub(super) fn escape(&mut self) -> Result<Option<char>, Error> {
        let c = match self.ahead(1) {
            Some(
                c @ ('(' | ')' | '*' | '+' | '-' | '.' | '?' | '[' | '\\' | ']' | '^' | '{' | '|'
                | '}'),
            ) => c,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(letter @ ('p' | 'P')) => return self.category(letter).map(|()| None),
            _ => return Err(self.escape_kind()),
        };
        self.literal(c);
        self.at += 2;
        Ok(Some(c))
    }

    /// `\p{Lu}` or `\P{Lu}`
    fn category(&mut self, letter: char) -> Result<(), Error> {
        let category = CATEGORIES.iter().find(|name| {
            self.ahead(2) == Some('{')
                && name.chars().enumerate().all(|(n, c)| self.ahead(3 + n) == Some(c))
                && self.ahead(3 + name.len()) == Some('}')
        });
        let Some(category) = category else { return Err(self.escape_kind()) };
        self.out.push_str(&format!("\\{letter}{{{category}}}"));
        self.at += 4 + category.len();
        Ok(())
    }

    /// A character that stands for itself, safe outside and inside classes.
    pub(super) fn literal(&mut self, c: char) {
        if is_special(c) {
            self.out.push('\\');
            self.out.push(c);
        } else if c.is_control() {
            self.out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
        } else {
            self.out.push(c);
        }
    }
}

/// Whether the `regex` crate gives the bare character a meaning, outside or inside classes. Others must
/// stay bare: `\<` is a word boundary there.
fn is_special(c: char) -> bool {
    "\\.+*?()|[]{}^$#&-~".contains(c)
}
