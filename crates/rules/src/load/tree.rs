//! Nodes as the tree that patterns, transforms and mappings are compiled from, with marks that lead
//! back to the file.
use crate::part_error::PartError;
use crate::report::{Finding, Report};
use crate::yaml::{Content, Node};
use eventyard_filter::PatternError;
use eventyard_filter::pattern::{Member, PatternNode, Spanned};
use std::ops::Range;

/// A tree, and what its marks stand for.
pub(crate) struct Tree<'n> {
    pub(crate) root: Spanned,
    spots: Vec<Spot<'n>>,
}

enum Spot<'n> {
    Node(&'n Node),
    Name(&'n Range<usize>),
}

impl<'n> Tree<'n> {
    pub(crate) fn new(node: &'n Node) -> Self {
        let mut spots = Vec::new();
        let root = spanned(node, &mut spots);
        Self { root, spots }
    }

    /// Bytes of the file for `within`, bytes of the text at the mark `at`; the whole of what stands
    /// there when it is no text or `within` is none.
    pub(crate) fn span(
        &self,
        report: &Report<'_>,
        at: usize,
        within: Option<Range<usize>>,
    ) -> Range<usize> {
        match (self.spots.get(at), within) {
            (Some(Spot::Node(node)), Some(within)) if matches!(node.value, Content::Text(_)) => {
                report.span_in(node, within)
            }
            (Some(Spot::Node(node)), _) => super::reader::beginning(node),
            (Some(Spot::Name(span)), _) => (*span).clone(),
            (None, _) => 0..0,
        }
    }

    pub(crate) fn part_error(&self, report: &mut Report<'_>, error: PartError) {
        let span = self.span(report, error.at, Some(error.span));
        report.push(Finding::new(error.code, span, error.message).maybe_help(error.help));
    }

    pub(crate) fn pattern_error(&self, report: &mut Report<'_>, error: PatternError) {
        let span = self.span(report, error.at, error.within.map(|offset| offset..offset + 1));
        let message = error.to_string();
        report.push(Finding::new(error.code, span, message).maybe_help(error.help));
    }
}

fn spanned<'n>(node: &'n Node, spots: &mut Vec<Spot<'n>>) -> Spanned {
    let at = spots.len();
    spots.push(Spot::Node(node));
    let content = match &node.value {
        Content::Null => PatternNode::Null,
        Content::Bool(value) => PatternNode::Bool(*value),
        Content::Number(text) => PatternNode::Number(text.clone()),
        Content::Text(text) => PatternNode::String(text.clone()),
        Content::List(items) => {
            PatternNode::List(items.iter().map(|item| spanned(item, spots)).collect())
        }
        Content::Map(members) => {
            let mut list = Vec::with_capacity(members.len());
            for member in members {
                let name_at = spots.len();
                spots.push(Spot::Name(&member.name_span));
                let value = spanned(&member.value, spots);
                list.push(Member { name: member.name.clone(), name_at, value });
            }
            PatternNode::Map(list)
        }
    };
    Spanned { node: content, at }
}
