//! A text of YAML or JSON as a tree in which every node knows its place.
//!
//! Comes in: the text of one file. Goes out: a [`Node`], or findings. Any scalar can say which bytes
//! of the file made which bytes of its value, for every way YAML has to write a scalar
//! ([`place_in`]), so that an error inside a filter gets its caret in the file. Mappings keep their
//! order; an alias is replaced by a copy of what it names.
//!
//! The event parser below serde-saphyr does the scanning. serde itself would end at the first error
//! and hide how a scalar was written.
mod align;
mod fault;
mod names;
mod read;
mod scalar;

pub(crate) use fault::BLOCK_HELP;
pub(crate) use read::{ReadLimits, read};

use crate::place::{Lines, Place, ScalarPlace};
use std::ops::Range;

/// A value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Content,
    /// Bytes of the file: of a scalar, all that YAML reads for it, quotes or block header included.
    pub(crate) span: Range<usize>,
    /// How a scalar is written; [`Style::Plain`] for lists and mappings.
    pub(crate) style: Style,
    /// Whether an anchor (`&name`) stands before it.
    pub(crate) anchored: bool,
}

/// What a node holds, after the JSON data model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    /// A number of the JSON grammar, as written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Member>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_span: Range<usize>,
    pub(crate) value: Node,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|`.
    Literal(Block),
    /// `>`.
    Folded(Block),
}

/// What is particular to a block scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// Columns that YAML takes off every line but the first, which begins after them.
    indent: usize,
    /// Empty lines at the start of the value that lie before the span.
    blank: usize,
}

impl Node {
    /// What the node is, for messages: `a list`, `text`, ….
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Content::Null => "nothing",
            Content::Bool(_) => "true or false",
            Content::Number(_) => "a number",
            Content::Text(_) => "text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// Nodes and bytes of text in the tree: what a copy of it costs.
    pub(crate) fn weight(&self) -> usize {
        1 + match &self.value {
            Content::List(items) => items.iter().map(Self::weight).sum(),
            Content::Map(members) => {
                members.iter().map(|member| member.name.len() + member.value.weight()).sum()
            }
            Content::Number(text) | Content::Text(text) => text.len(),
            Content::Null | Content::Bool(_) => 0,
        }
    }

    /// The path of the deepest node at `offset`, such as `rules[3].when`; empty at the root.
    pub(crate) fn path_at(&self, offset: usize) -> String {
        let mut path = String::new();
        let mut node = self;
        while let Some(next) = node.step_towards(offset, &mut path) {
            node = next;
        }
        path
    }

    /// The child at `offset`; its name or index goes to the end of `path`.
    fn step_towards(&self, offset: usize, path: &mut String) -> Option<&Self> {
        match &self.value {
            Content::List(items) => {
                let index = items.iter().position(|item| item.holds(offset))?;
                path.push_str(&format!("[{index}]"));
                items.get(index)
            }
            Content::Map(members) => {
                let at = |member: &&Member| {
                    member.name_span.contains(&offset) || member.value.holds(offset)
                };
                let member = members.iter().find(at)?;
                let dot = if path.is_empty() { "" } else { "." };
                path.push_str(&format!("{dot}{}", member.name));
                member.value.holds(offset).then_some(&member.value)
            }
            _ => None,
        }
    }

    /// The end counts: that is where something is missing.
    fn holds(&self, offset: usize) -> bool {
        (self.span.start..=self.span.end).contains(&offset)
    }
}

/// Bytes of the file for `within`, bytes of the value of the scalar at `span`.
pub(crate) fn span_in(
    text: &str,
    span: &Range<usize>,
    style: Style,
    within: Range<usize>,
) -> Range<usize> {
    let raw = text.get(span.clone()).unwrap_or_default();
    let units = align::units(raw, style);
    let end = units.last().map_or(0, |unit| unit.end);
    let start = units.get(within.start).map_or(end, |unit| unit.start);
    let last = within.end.checked_sub(1).filter(|last| *last >= within.start);
    let end = last.map_or(start, |last| units.get(last).map_or(end, |unit| unit.end));
    span.start + start..span.start + end.max(start)
}

/// The place of `within`, bytes of the value of `scalar`, in the file's `text`.
pub(crate) fn place_in(text: &str, scalar: &ScalarPlace, within: Range<usize>) -> Place {
    let within = within.start + scalar.lead..within.end + scalar.lead;
    let span = span_in(text, &scalar.place.span, scalar.style, within);
    Lines::new(text).place(&scalar.place.file, text, span)
}

#[cfg(test)]
mod tests;
