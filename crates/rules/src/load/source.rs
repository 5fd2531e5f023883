//! The entries under `sources`.
use super::reader::Reader;
use super::shape;
use super::tree::Tree;
use crate::yaml::Node;
use crate::{EventMapping, RuleName, Source};

impl Reader<'_> {
    pub(super) fn sources(&mut self, node: &Node) -> Vec<Source> {
        let items = self.list(node, "sources");
        items.iter().filter_map(|node| self.source(node)).collect()
    }

    fn source(&mut self, node: &Node) -> Option<Source> {
        let fields = self.fields(node, "source", &[shape::SOURCE])?;
        let named = fields.get("name").and_then(|node| {
            let text = self.text(node, "name")?;
            // A source's name has the form of a rule's.
            let name: RuleName = self.name(text, &node.span)?;
            Some((name, self.report.place(&node.span)))
        });
        let when = fields.get("when").map(|node| self.condition(node));
        let event = fields.get("event").and_then(|node| self.mapping(node));
        let (name, place) = named?;
        let (when, when_at) = match when {
            Some(when) => when.map(|(when, at)| (Some(when), Some(at)))?,
            None => (None, None),
        };
        Some(Source { name: name.into(), when, event: event?, place, when_at })
    }

    fn mapping(&mut self, node: &Node) -> Option<EventMapping> {
        self.refuse_cut_texts(node);
        let tree = Tree::new(node);
        match EventMapping::compile(&tree.root) {
            Ok(mapping) => Some(mapping),
            Err(errors) => {
                errors.into_iter().for_each(|error| tree.part_error(&mut self.report, error));
                None
            }
        }
    }
}
