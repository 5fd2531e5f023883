//! Reads values out of nodes; what does not fit goes into the report and gives none.
use super::shape::Field;
use crate::amount::{self, Rate};
use crate::name::NameError;
use crate::report::{Finding, Report};
use crate::suggest::nearest;
use crate::yaml::{Content, Member, Node};
use eventyard_filter::View;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

/// The report of one file, and what the file is read for.
pub(super) struct Reader<'a> {
    pub(super) report: Report<'a>,
    pub(super) view: View,
    pub(super) allow_insecure_targets: bool,
}

/// The fields of a mapping, all of them known.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    members: &'n [Member],
}

impl<'n> Fields<'n> {
    pub(super) fn get(self, name: &str) -> Option<&'n Node> {
        self.member(name).map(|member| &member.value)
    }

    pub(super) fn member(self, name: &str) -> Option<&'n Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

impl Reader<'_> {
    pub(super) fn refuse(&mut self, code: &'static str, span: &Range<usize>, message: String) {
        self.report.push(Finding::new(code, span.clone(), message));
    }

    /// `what` should be `expected` and is not.
    pub(super) fn wrong_kind(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("`{what}` must be {expected}, not {}", node.kind());
        self.refuse("E0009", &first_line(self.report.text(), &node.span), message);
    }

    /// The fields of the mapping `node`. Unknown and missing fields are reported, the rest is given.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        tables: &[&'static [Field]],
    ) -> Option<Fields<'n>> {
        let Content::Map(members) = &node.value else {
            self.wrong_kind(node, what, "a mapping");
            return None;
        };
        let known = || tables.iter().flat_map(|table| table.iter());
        for member in members {
            if known().all(|field| field.name != member.name) {
                self.unknown_field(member, known().map(|field| field.name));
            }
        }
        let fields = Fields { members };
        for field in known().filter(|field| field.required && fields.get(field.name).is_none()) {
            let message = format!("`{what}` has no `{}`", field.name);
            self.refuse("E0008", &beginning(node), message);
        }
        Some(fields)
    }

    fn unknown_field(&mut self, member: &Member, known: impl Iterator<Item = &'static str>) {
        let message = format!("unknown field `{}`", member.name);
        let known: Vec<&str> = known.collect();
        let help = match nearest(&member.name, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None if member.name == "<<" => "merge keys are not used; write the fields out".into(),
            None if known.is_empty() => "nothing is set here: write `{}`".into(),
            None => format!("known here are `{}`", known.join("`, `")),
        };
        self.report.push(Finding::new("E0003", member.name_span.clone(), message).help(help));
    }

    /// The one field of `table` that the mapping `fields` has; none, or several, are reported.
    pub(super) fn one_of<'n>(
        &mut self,
        node: &Node,
        fields: Fields<'n>,
        what: &str,
        table: &'static [Field],
    ) -> Option<&'n Member> {
        let mut given = table.iter().filter_map(|field| fields.member(field.name));
        let names = || table.iter().map(|field| field.name).collect::<Vec<_>>().join("`, `");
        match (given.next(), given.next()) {
            (Some(one), None) => return Some(one),
            (Some(one), Some(other)) => {
                let message = format!("`{what}` is both `{}` and `{}`", one.name, other.name);
                let help = "one target is one resource; give the other its own name";
                self.report
                    .push(Finding::new("E0009", other.name_span.clone(), message).help(help));
            }
            // An unknown field is what the user meant by it, and is reported as such.
            (None, _) if fields.members.iter().all(|member| is_known_elsewhere(&member.name)) => {
                let message = format!("`{what}` does not say what it is");
                let help = format!("write one of `{}`", names());
                self.report.push(Finding::new("E0008", beginning(node), message).help(help));
            }
            (None, _) => {}
        }
        None
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Content::List(items) => items,
            _ => {
                self.wrong_kind(node, what, "a list");
                &[]
            }
        }
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Content::Text(text) => return Some(text),
            Content::Number(_) | Content::Bool(_) => {
                let message = format!("`{what}` must be text, not {}", node.kind());
                let help = "put it in quotes";
                self.report.push(Finding::new("E0009", node.span.clone(), message).help(help));
            }
            _ => self.wrong_kind(node, what, "text"),
        }
        None
    }

    pub(super) fn duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        self.amount(node, what, "a duration", amount::DURATION_HELP, amount::duration)
    }

    pub(super) fn rate(&mut self, node: &Node, what: &str) -> Option<Rate> {
        self.amount(node, what, "a rate", amount::RATE_HELP, amount::rate)
    }

    fn amount<T>(
        &mut self,
        node: &Node,
        what: &str,
        noun: &str,
        help: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let (Content::Text(text) | Content::Number(text)) = &node.value else {
            self.wrong_kind(node, what, noun);
            return None;
        };
        let parsed = parse(text);
        if parsed.is_none() {
            let message = format!("`{text}` is not {noun}");
            self.report.push(Finding::new("E0010", node.span.clone(), message).help(help));
        }
        parsed
    }

    pub(super) fn whole(&mut self, node: &Node, what: &str, least: u32, most: u32) -> Option<u32> {
        let number = match &node.value {
            Content::Number(text) => amount::whole(text),
            _ => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("`{what}` must be a whole number from {least} to {most}");
            self.refuse("E0010", &first_line(self.report.text(), &node.span), message);
        }
        number
    }

    /// The text at `span` as a name.
    pub(super) fn name<N: FromStr<Err = NameError>>(
        &mut self,
        text: &str,
        span: &Range<usize>,
    ) -> Option<N> {
        let parsed = text.parse();
        if parsed.is_err() {
            let message = format!("`{text}` is not a name");
            self.report.push(Finding::new("E0010", span.clone(), message).help(NameError::HELP));
        }
        parsed.ok()
    }

    /// Whether `node` is one of `words`; reported when it is not.
    pub(super) fn word(&mut self, node: &Node, what: &str, words: &[&str]) -> bool {
        let Some(text) = self.text(node, what) else { return false };
        let known = words.contains(&text);
        if !known {
            let message = format!("`{what}` must be `{}`, not `{text}`", words.join("` or `"));
            self.refuse("E0010", &node.span, message);
        }
        known
    }
}

/// Where something is missing: the first name of a mapping, else the node's beginning.
pub(super) fn beginning(node: &Node) -> Range<usize> {
    match &node.value {
        Content::Map(members) => members.first().map(|member| member.name_span.clone()),
        _ => None,
    }
    .unwrap_or_else(|| node.span.clone())
}

/// The part of `span` in its first line.
fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let covered = text.get(span.clone()).unwrap_or_default();
    span.start..span.start + covered.find('\n').unwrap_or(covered.len())
}

/// Names of options that stand beside a target's kind.
fn is_known_elsewhere(name: &str) -> bool {
    super::shape::TARGET_OPTIONS.iter().any(|field| field.name == name)
}
