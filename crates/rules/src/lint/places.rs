//! Where the fields of patterns stand in the rules files.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use crate::report::Report;
use crate::yaml::{self, Content, Node, ReadLimits};
use crate::{Place, Rule, RuleSet, SourceText};

/// What `load` may have allowed at most; the files are known to be sound.
const LIMITS: ReadLimits = ReadLimits { depth: 255, aliases: 100_000 };

/// The fields of all patterns. A rule set keeps only where a pattern begins, so the files are read
/// again, once, when the first field is asked for.
pub(super) struct Places<'r> {
    rules: &'r RuleSet,
    fields: OnceCell<Fields>,
}

/// By file and first byte of the pattern: its fields in the order of the text.
type Fields = HashMap<(String, usize), Vec<Place>>;

impl<'r> Places<'r> {
    pub(super) fn new(rules: &'r RuleSet) -> Self {
        Self { rules, fields: OnceCell::new() }
    }

    /// The name of the field with this number in the order of the text; the pattern's beginning where
    /// the pattern is a JSON text.
    pub(super) fn field(&self, rule: &Rule, number: usize) -> Option<Place> {
        let pattern = rule.pattern_at.as_ref()?;
        let fields = self.fields.get_or_init(|| {
            let files = self.rules.texts.iter().chain(self.rules.overlay.as_deref());
            files.flat_map(patterns).collect()
        });
        let found = fields.get(&(pattern.file.to_string(), pattern.span.start));
        found.and_then(|places| places.get(number)).or(Some(pattern)).cloned()
    }
}

/// The patterns of a file.
fn patterns(file: &SourceText) -> Vec<((String, usize), Vec<Place>)> {
    let mut report = Report::new(&file.name, &file.text);
    let root = yaml::read(&file.text, LIMITS, &mut report);
    let Some(Content::List(rules)) = root.as_ref().and_then(|root| member(root, "rules")) else {
        return Vec::new();
    };
    let pattern = |rule: &Node| {
        let Content::Map(first) = member(rule, "pattern")? else { return None };
        let start = first.first()?.name_span.start;
        let mut spans = Vec::new();
        names(first, &mut spans);
        let places = spans.iter().map(|span| report.place(span)).collect();
        Some(((file.name.to_string(), start), places))
    };
    rules.iter().filter_map(pattern).collect()
}

fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Content> {
    let Content::Map(members) = &node.value else { return None };
    members.iter().find(|member| member.name == name).map(|member| &member.value.value)
}

/// The names that have a list of values; those of `$or` are maps.
fn names(members: &[yaml::Member], found: &mut Vec<Range<usize>>) {
    for member in members {
        match &member.value.value {
            Content::Map(inner) => names(inner, found),
            Content::List(cases) if member.name == "$or" => {
                for case in cases {
                    if let Content::Map(inner) = &case.value {
                        names(inner, found);
                    }
                }
            }
            _ => found.push(member.name_span.clone()),
        }
    }
}
