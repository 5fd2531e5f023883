//! The pattern as YAML or JSON gave it: a plain tree whose every node carries its caller's mark.
//!
//! Both readers build this one tree, so that an EventBridge pattern means the same in a YAML and in
//! a JSON rules file, and an error can point at the place where the user wrote it.
use std::fmt::{self, Display, Write as _};

use eventyard_event::json::Value;

/// A node of a tree together with the mark of the place where it stands.
///
/// What `at` counts is the caller's choice (an index into its table of places, for instance); an error
/// hands back the mark of the node that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned {
    /// What stands there.
    pub node: PatternNode,
    /// The caller's mark of the place.
    pub at: usize,
}

/// A scalar, a list or a map as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its JSON text.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// A list.
    List(Vec<Spanned>),
    /// The members of a map, in the order of the text.
    Map(Vec<Member>),
}

/// One member of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name.
    pub name: String,
    /// The caller's mark of the place of the name.
    pub name_at: usize,
    /// The value.
    pub value: Spanned,
}

impl Spanned {
    /// The tree of a JSON value; every node carries the mark 0, as a value knows no places.
    ///
    /// ```
    /// use eventyard_event::{Limits, json};
    /// use eventyard_filter::pattern::Spanned;
    ///
    /// let document = json::parse(br#"{"a":[1, null]}"#, &Limits::default())?;
    /// assert_eq!(Spanned::from_json(&document.root).to_string(), r#"{"a":[1,null]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn from_json(value: &Value<'_>) -> Self {
        let node = match value {
            Value::Null => PatternNode::Null,
            Value::Bool(value) => PatternNode::Bool(*value),
            Value::Number(number) => PatternNode::Number(number.as_str().to_owned()),
            Value::String(text) => PatternNode::String(text.to_string()),
            Value::Array(items) => PatternNode::List(items.iter().map(Self::from_json).collect()),
            Value::Object(object) => PatternNode::Map(
                object
                    .iter()
                    .map(|(name, value)| Member {
                        name: name.to_owned(),
                        name_at: 0,
                        value: Self::from_json(value),
                    })
                    .collect(),
            ),
        };
        Self { node, at: 0 }
    }
}

/// Compact JSON.
impl Display for Spanned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// Compact JSON.
impl Display for PatternNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => quoted(text, f),
            Self::List(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    separator(index, f)?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Map(members) => {
                f.write_char('{')?;
                for (index, member) in members.iter().enumerate() {
                    separator(index, f)?;
                    quoted(&member.name, f)?;
                    f.write_char(':')?;
                    member.value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn separator(index: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if index > 0 { f.write_char(',') } else { Ok(()) }
}

/// Writes `text` as a JSON string.
pub(super) fn quoted(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    write!(out, "\"{}\"", escaped(text, '"'))
}

/// `text` with the escapes that a string between such quotes needs (RFC 8259 §7, RFC 9535 §2.7).
pub(crate) fn escaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            special if special == quote || special == '\\' => out.extend(['\\', special]),
            other => out.push(other),
        }
    }
    out
}
