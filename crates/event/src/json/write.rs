//! Writes a value as compact JSON: names in order, numbers as written.

use std::fmt::{self, Display, Formatter, Write};

use super::{Number, Object, Value, scan};

impl Display for Number<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number.as_str()),
            Self::String(text) => string(text, f),
            Self::Array(elements) => array(elements, f),
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl Display for Object<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (at, (name, value)) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            string(name, f)?;
            f.write_str(":")?;
            value.fmt(f)?;
        }
        f.write_str("}")
    }
}

fn array(elements: &[Value<'_>], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("[")?;
    for (at, element) in elements.iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        element.fmt(f)?;
    }
    f.write_str("]")
}

/// Writes a quoted string; only what must be escaped is (RFC 8259 §7).
pub(crate) fn string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_str("\"")?;
    let mut from = 0;
    loop {
        let at = scan::special(text.as_bytes(), from);
        out.write_str(text.get(from..at).unwrap_or_default())?;
        let Some(byte) = text.as_bytes().get(at) else { break };
        match byte {
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            byte => write!(out, "\\u{byte:04x}")?,
        }
        from = at + 1;
    }
    out.write_str("\"")
}
