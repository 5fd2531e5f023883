//! Where the elements of a JSON array end, byte by byte.
//!
//! It knows strings and brackets and nothing else: whether an element is valid JSON is for the reader
//! of the element to say, so that one broken element does not refuse the others.

use crate::frames::Cut;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before the opening bracket.
    #[default]
    Before,
    /// Inside the array, before anything of its first element.
    Empty,
    /// Inside an element, or before one that must come.
    Element,
    /// After the closing bracket.
    After,
}

/// The state of the scan; it survives from one piece of the body to the next.
#[derive(Debug, Default)]
pub(crate) struct ArrayCutter {
    phase: Phase,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl ArrayCutter {
    /// Scans bytes that follow what was scanned before; `offset` is added to every position.
    pub(crate) fn cut(&mut self, bytes: &[u8], offset: usize) -> Cut {
        for (at, &byte) in bytes.iter().enumerate() {
            let (here, next) = (offset + at, offset + at + 1);
            match self.phase {
                Phase::Before | Phase::After if byte.is_ascii_whitespace() => {}
                Phase::Before if byte == b'[' => {
                    self.phase = Phase::Empty;
                    return Cut::Nothing { next };
                }
                Phase::Before => return Cut::Broken("the body is not an array"),
                Phase::After => return Cut::Broken("there is text after the array"),
                Phase::Empty if byte.is_ascii_whitespace() => {}
                Phase::Empty if byte == b']' => {
                    self.phase = Phase::After;
                    return Cut::Nothing { next };
                }
                Phase::Empty | Phase::Element => {
                    self.phase = Phase::Element;
                    if self.ends_element(byte) {
                        return Cut::Document { end: here, next };
                    }
                }
            }
        }
        Cut::More
    }

    /// Why the body must not end here, if so.
    pub(crate) fn end(&self) -> Option<&'static str> {
        (self.phase != Phase::After).then_some("the array is not closed")
    }

    fn ends_element(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' => self.depth = self.depth.saturating_sub(1),
            b']' if self.depth == 0 => {
                self.phase = Phase::After;
                return true;
            }
            b']' => self.depth -= 1,
            b',' => return self.depth == 0,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::ArrayCutter;
    use crate::frames::Cut;

    fn elements(text: &str) -> Vec<&str> {
        let (mut cutter, mut from, mut found) = (ArrayCutter::default(), 0, Vec::new());
        loop {
            match cutter.cut(&text.as_bytes()[from..], from) {
                Cut::More | Cut::Broken(_) => return found,
                Cut::Nothing { next } => from = next,
                Cut::Document { end, next } => {
                    found.push(text[from..end].trim());
                    from = next;
                }
            }
        }
    }

    #[test]
    fn brackets_and_commas_inside_strings_and_elements_cut_nothing() {
        assert_eq!(elements(r#"[{"a":"],\"["},[1,[2]], "x" ]"#).len(), 3);
        assert_eq!(elements(r#"["\\",1]"#), [r#""\\""#, "1"]);
        assert_eq!(elements("[ ]"), Vec::<&str>::new());
        assert_eq!(elements("[1,]"), ["1", ""]);
    }
}
