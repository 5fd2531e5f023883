//! What other rules would have done: which events gain or lose which targets. Pure, and nothing is sent.

use std::collections::BTreeMap;

use eventyard_event::Event;
use eventyard_rules::{RuleName, RuleSet, Target, TargetKind};
use serde::Serialize;

/// Two rule sets, to compare what they do with events.
#[derive(Debug)]
pub struct Diff<'r> {
    old: &'r RuleSet,
    new: &'r RuleSet,
}

/// An event that goes other ways under the new rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The event's id.
    pub id: String,
    /// Its source.
    pub source: String,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Where it goes only under the new rules, in order of the targets' names.
    pub gained: Vec<Way>,
    /// Where it goes only under the old rules, in the same order.
    pub lost: Vec<Way>,
}

/// One way of an event: to a target, by the rules that send it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The target's name.
    pub target: String,
    /// Where that is: the kind, and the resource or URL as the rules have it. A target that is redefined under
    /// its name is another one.
    pub to: String,
    /// The rules, in file-name order, then position.
    pub rules: Vec<RuleName>,
}

/// A target by its name and where it is.
type Place = (String, String);

impl<'r> Diff<'r> {
    /// Compares what these rule sets do.
    #[must_use]
    pub fn new(old: &'r RuleSet, new: &'r RuleSet) -> Self {
        Self { old, new }
    }

    /// What is different for an event; none when it goes the same ways. Which rules send it there, and what
    /// they make of it, does not count.
    #[must_use]
    pub fn event(&self, event: &Event) -> Option<Changed> {
        let (old, new) = (ways(self.old, event), ways(self.new, event));
        let (gained, lost) = (only(&new, &old), only(&old, &new));
        let is_changed = !gained.is_empty() || !lost.is_empty();
        is_changed.then(|| Changed {
            id: event.id().to_owned(),
            source: event.source().to_owned(),
            event_type: event.event_type().to_owned(),
            gained,
            lost,
        })
    }
}

fn ways(rules: &RuleSet, event: &Event) -> BTreeMap<Place, Vec<RuleName>> {
    let mut ways: BTreeMap<Place, Vec<RuleName>> = BTreeMap::new();
    let matched = rules.matches(&event.checked());
    for rule in matched.into_iter().filter_map(|index| rules.rules.get(index)) {
        for target in rule.to.iter().filter_map(|name| rules.targets.get(name)) {
            let place = (target.name.as_str().to_owned(), place(target));
            ways.entry(place).or_default().push(rule.name.clone());
        }
    }
    ways
}

fn only(
    these: &BTreeMap<Place, Vec<RuleName>>,
    others: &BTreeMap<Place, Vec<RuleName>>,
) -> Vec<Way> {
    let only = these.iter().filter(|(place, _)| !others.contains_key(*place));
    let way = |((target, to), rules): (&Place, &Vec<RuleName>)| Way {
        target: target.clone(),
        to: to.clone(),
        rules: rules.clone(),
    };
    only.map(way).collect()
}

/// Kind and resource, as in `sqs payments`.
fn place(target: &Target) -> String {
    let kind = target.kind.kind_name();
    match (&target.kind, target.kind.resource()) {
        (TargetKind::Http(http), _) => format!("{kind} {}", http.url.text()),
        (_, Some(resource)) => format!("{kind} {resource}"),
        (_, None) => kind.to_owned(),
    }
}
