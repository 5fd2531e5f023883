//! The entries under `rules`.
use super::reader::{Fields, Reader, beginning};
use super::shape;
use super::tree::Tree;
use crate::place::{Place, ScalarPlace};
use crate::report::Finding;
use crate::rule::{Retry, Rule};
use crate::yaml::{Content, Node};
use crate::{RuleName, TargetName, Transform};
use eventyard_filter::Filter;

/// A rule's name as it stands, so that names are unique among faulty rules too.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) index: usize,
    pub(super) place: Place,
}

/// A rule's filter and where its parts stand.
struct Placed {
    filter: Filter,
    when_at: Option<ScalarPlace>,
    pattern_at: Option<Place>,
}

impl Reader<'_> {
    /// The rules that are well-formed with their indices, and the names of all.
    pub(super) fn rules(&mut self, node: &Node) -> (Vec<(usize, Rule)>, Vec<Named>) {
        let items = self.list(node, "rules");
        let mut rules = Vec::with_capacity(items.len());
        let mut names = Vec::with_capacity(items.len());
        for (index, node) in items.iter().enumerate() {
            let Some(fields) = self.fields(node, "rule", &[shape::RULE]) else { continue };
            let place = fields.get("name").map(|node| self.report.place(&node.span));
            if let Some((Node { value: Content::Text(name), .. }, place)) =
                fields.get("name").zip(place.clone())
            {
                names.push(Named { name: name.clone(), index, place });
            }
            rules.extend(self.rule(node, fields, place).map(|rule| (index, rule)));
        }
        (rules, names)
    }

    /// Every part is read before any fault ends it, so that all are reported. `place` is the name's.
    fn rule(&mut self, node: &Node, fields: Fields<'_>, place: Option<Place>) -> Option<Rule> {
        let name = fields.get("name").and_then(|node| self.rule_name(node));
        let description = self.optional(fields, "description", |reader, node| {
            reader.refuse_cut_texts(node);
            reader.text(node, "description").map(str::to_owned)
        });
        let placed = self.filter(node, fields);
        let to = fields.get("to").and_then(|node| self.to(node));
        let transform = self.optional(fields, "transform", Self::transform);
        let retry = self.optional(fields, "retry", Self::retry);
        let max_rate =
            self.optional(fields, "max-rate", |reader, node| reader.rate(node, "max-rate"));
        let expires_after = self.optional(fields, "expires-after", |reader, node| {
            reader.duration(node, "expires-after")
        });
        let allow_loop = self.optional(fields, "allow-loop", Self::allow_loop);
        let name = name?;
        let Placed { filter, when_at, pattern_at } = placed?;
        let (to, to_at) = to?.into_iter().unzip();
        Some(Rule {
            name,
            description: description?,
            filter,
            to,
            transform: transform?,
            retry: retry?.unwrap_or_default(),
            max_rate: max_rate?,
            expires_after: expires_after?,
            allow_loop: allow_loop?,
            place: place?,
            when_at,
            pattern_at,
            to_at,
        })
    }

    /// The value of a field that may be missing; none when it is there and faulty.
    fn optional<T>(
        &mut self,
        fields: Fields<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<Option<T>> {
        match fields.get(name) {
            Some(node) => read(self, node).map(Some),
            None => Some(None),
        }
    }

    fn rule_name(&mut self, node: &Node) -> Option<RuleName> {
        let text = self.text(node, "name")?;
        self.name(text, &node.span)
    }

    fn filter(&mut self, node: &Node, fields: Fields<'_>) -> Option<Placed> {
        let when = fields.get("when").map(|node| self.condition(node));
        let pattern = fields.get("pattern").map(|node| {
            let pattern = self.pattern(node)?;
            Some((pattern, self.report.place(&beginning(node))))
        });
        if when.is_none() && pattern.is_none() {
            let message = "rule has neither `when` nor `pattern`";
            let help = "`when: $` takes every event";
            self.report.push(Finding::new("E0008", beginning(node), message).help(help));
            return None;
        }
        let (mut filter, mut when_at, mut pattern_at) = (Filter::default(), None, None);
        if let Some(when) = when {
            let (condition, place) = when?;
            (filter.when, when_at) = (Some(condition), Some(place));
        }
        if let Some(pattern) = pattern {
            let (pattern, place) = pattern?;
            (filter.pattern, pattern_at) = (Some(pattern), Some(place));
        }
        Some(Placed { filter, when_at, pattern_at })
    }

    /// The targets' names, each once, and where they stand.
    fn to(&mut self, node: &Node) -> Option<Vec<(TargetName, Place)>> {
        let nodes = match &node.value {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if nodes.is_empty() {
            let message = "`to` names no target";
            self.refuse("E0008", &node.span, message.into());
            return None;
        }
        let before = self.report.count();
        let mut targets: Vec<(TargetName, Place)> = Vec::with_capacity(nodes.len());
        let mut spans = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Some(text) = self.text(node, "to") else { continue };
            let Some(name) = self.name::<TargetName>(text, &node.span) else { continue };
            if let Some(first) = targets.iter().position(|(known, _)| *known == name) {
                let first = spans.get(first).cloned().unwrap_or_default();
                self.report.duplicate("target", text, &first, &node.span);
                continue;
            }
            targets.push((name, self.report.place(&node.span)));
            spans.push(node.span.clone());
        }
        (self.report.count() == before).then_some(targets)
    }

    fn transform(&mut self, node: &Node) -> Option<Transform> {
        self.refuse_cut_texts(node);
        let tree = Tree::new(node);
        match Transform::compile(&tree.root) {
            Ok(transform) => Some(transform),
            Err(errors) => {
                errors.into_iter().for_each(|error| tree.part_error(&mut self.report, error));
                None
            }
        }
    }

    fn retry(&mut self, node: &Node) -> Option<Retry> {
        let fields = self.fields(node, "retry", &[shape::RETRY])?;
        let usual = Retry::default();
        let attempts = self
            .optional(fields, "attempts", |reader, node| reader.whole(node, "attempts", 1, 1_000));
        let max_age =
            self.optional(fields, "max-age", |reader, node| reader.duration(node, "max-age"));
        let denied =
            self.optional(fields, "denied", |reader, node| reader.duration(node, "denied"));
        Some(Retry {
            attempts: attempts?.unwrap_or(usual.attempts),
            max_age: max_age?.unwrap_or(usual.max_age),
            denied: denied?.unwrap_or(usual.denied),
        })
    }

    fn allow_loop(&mut self, node: &Node) -> Option<u32> {
        let fields = self.fields(node, "allow-loop", &[shape::ALLOW_LOOP])?;
        self.whole(fields.get("max-hops")?, "max-hops", 1, 100)
    }
}
