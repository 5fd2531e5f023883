//! `when` and `pattern`: compiled, their errors placed in the file.
use super::reader::Reader;
use super::tree::Tree;
use crate::place::ScalarPlace;
use crate::report::Finding;
use crate::yaml::{BLOCK_HELP, Content, Node, Style};
use eventyard_filter::{Condition, FilterError, Pattern, Query};
use std::ops::Range;

impl Reader<'_> {
    /// The condition of a `when`, and where it stands.
    pub(super) fn condition(&mut self, node: &Node) -> Option<(Condition, ScalarPlace)> {
        let Content::Text(text) = &node.value else {
            self.wrong_kind(node, "when", "a JSONPath condition");
            return None;
        };
        self.refuse_anchor(node)?;
        let (text, lead) = trimmed(text);
        match Condition::parse(text) {
            Ok(condition) => {
                let place = ScalarPlace { lead, ..self.report.scalar_place(node) };
                Some((condition, place))
            }
            Err(error) => {
                self.expression_error(node, lead, error);
                None
            }
        }
    }

    /// The query of a field such as `group`.
    pub(super) fn query(&mut self, node: &Node, what: &str) -> Option<Query> {
        let text = self.text(node, what)?;
        self.refuse_anchor(node)?;
        let (text, lead) = trimmed(text);
        Query::parse(text).map_err(|error| self.expression_error(node, lead, error)).ok()
    }

    /// An error inside an expression. When a comment follows on its line, that is the likely cause.
    fn expression_error(&mut self, node: &Node, lead: usize, error: FilterError) {
        if let Some(cut) = comment_after(self.report.text(), node) {
            return self.cut(cut);
        }
        let within = error.span.start + lead..error.span.end + lead;
        let span = self.report.span_in(node, within);
        self.report.push(Finding::new(error.code, span, error.message).maybe_help(error.help));
    }

    /// Refuses plain texts in `node` that end before a `#` with something right behind it: not how
    /// comments are written, but how a number or a path in a text is.
    pub(super) fn refuse_cut_texts(&mut self, node: &Node) {
        match &node.value {
            Content::Text(_) => {
                let text = self.report.text();
                let is_cut = |cut: &Range<usize>| {
                    let after = text.get(cut.start + 1..cut.end).unwrap_or_default();
                    !after.is_empty() && !after.starts_with([' ', '\t', '#'])
                };
                if let Some(cut) = comment_after(text, node).filter(is_cut) {
                    self.cut(cut);
                }
            }
            Content::List(items) => items.iter().for_each(|item| self.refuse_cut_texts(item)),
            Content::Map(members) => {
                members.iter().for_each(|member| self.refuse_cut_texts(&member.value));
            }
            _ => {}
        }
    }

    fn cut(&mut self, cut: Range<usize>) {
        let message = "YAML ends the text at ` #` and takes the rest for a comment";
        self.report.push(Finding::new("E0007", cut, message).help(BLOCK_HELP));
    }

    /// `&name` before plain text is read as an anchor and is gone from the text.
    fn refuse_anchor(&mut self, node: &Node) -> Option<()> {
        if !node.anchored || node.style != Style::Plain {
            return Some(());
        }
        let before = self.report.text().get(..node.span.start).unwrap_or_default().trim_end();
        let start = before.rfind('&').unwrap_or(before.len());
        let anchor = before.get(start..).unwrap_or_default();
        let message = format!("YAML takes `{anchor}` for an anchor and drops it from the text");
        self.report.push(Finding::new("E0007", start..before.len(), message).help(BLOCK_HELP));
        None
    }

    /// An EventBridge pattern: a mapping, or the JSON text of one.
    pub(super) fn pattern(&mut self, node: &Node) -> Option<Pattern> {
        let tree = Tree::new(node);
        let compiled = match &node.value {
            Content::Text(text) => Pattern::parse_json(text, self.view),
            _ => Pattern::compile(&tree.root, self.view),
        };
        compiled.map_err(|error| tree.pattern_error(&mut self.report, error)).ok()
    }
}

/// The text without white space around it, and the bytes that are gone before it.
fn trimmed(text: &str) -> (&str, usize) {
    let lead = text.len() - text.trim_start().len();
    (text.trim(), lead)
}

/// The comment right after a plain scalar, on the same line.
fn comment_after(text: &str, node: &Node) -> Option<Range<usize>> {
    let after = text.get(node.span.end..)?;
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    let comment = after.get(blanks..)?.lines().next()?;
    let start = node.span.end + blanks;
    let is_cut = node.style == Style::Plain && blanks > 0 && comment.starts_with('#');
    is_cut.then(|| start..start + comment.len())
}
