//! Rules that feed themselves: found before they run.
//!
//! Comes in: a rule set. Goes out: `E0401` for every rule that stands on a cycle of rules, each of
//! which sends to a target that is an input of the same bus too, with an event that the next one
//! may take.
//!
//! Decided on the safe side: what a rule sends on is the event itself, or what its transform
//! surely makes of it; a filter that is not surely false for that may hold. Nothing is reported
//! that needs a way around through other services. Whatever is not found here stops at the hop
//! limit, or is held by `max-rate` where hops are not carried.

mod emitted;
mod maybe;
#[cfg(test)]
mod tests;

use crate::{Diagnostic, Input, Rule, RuleSet, Severity, Target, TargetKind};
use emitted::Emitted;
use maybe::{Partial, may_take};

/// Whether what `target` receives arrives at `input`, as far as their names say.
///
/// Two ARNs must be equal; otherwise the same service and the same plain name count as the same
/// resource.
pub(crate) fn feeds(target: &Target, input: &Input) -> bool {
    let (ours, theirs) = match (&target.kind, input) {
        (TargetKind::Sqs { queue, .. }, Input::Sqs { queue: input }) => (queue, input),
        (TargetKind::Sns { topic }, Input::Sns { topic: input }) => (topic, input),
        (TargetKind::EventBridge { bus }, Input::EventBridge { bus: input }) => (bus, input),
        _ => return false,
    };
    if ours.is_arn() && theirs.is_arn() {
        return ours.as_str() == theirs.as_str();
    }
    ours.name() == theirs.name()
}

/// E0401 for every rule on a cycle that none of its rules accepts by `allow-loop`.
#[must_use]
pub fn loops(rules: &RuleSet) -> Vec<Diagnostic> {
    let graph = Graph::of(rules);
    let cycles = (0..rules.rules.len()).filter_map(|start| graph.cycle_from(start));
    cycles.filter_map(|cycle| diagnostic(rules, &graph, &cycle)).collect()
}

/// Which rule may take what another one sends back to the bus.
struct Graph<'r> {
    edges: Vec<Vec<Edge<'r>>>,
}

/// One way back: by this target to that rule.
struct Edge<'r> {
    target: &'r Target,
    to: usize,
}

impl<'r> Graph<'r> {
    fn of(rules: &'r RuleSet) -> Self {
        Self { edges: rules.rules.iter().map(|rule| edges(rules, rule)).collect() }
    }

    fn from(&self, rule: usize) -> &[Edge<'r>] {
        self.edges.get(rule).map(Vec::as_slice).unwrap_or_default()
    }

    /// The shortest cycle through `start` whose smallest rule it is, so that each is found once.
    fn cycle_from(&self, start: usize) -> Option<Vec<usize>> {
        let mut came_from: Vec<Option<usize>> = vec![None; self.edges.len()];
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(rule) = queue.pop_front() {
            for next in self.from(rule).iter().map(|edge| edge.to).filter(|next| *next >= start) {
                if next == start {
                    return Some(way(&came_from, start, rule));
                }
                if let Some(from @ None) = came_from.get_mut(next) {
                    *from = Some(rule);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

/// The rules from `start` to `end` along the way they were reached.
fn way(came_from: &[Option<usize>], start: usize, end: usize) -> Vec<usize> {
    let mut way = vec![end];
    let mut rule = end;
    while rule != start {
        let Some(before) = came_from.get(rule).copied().flatten() else { break };
        way.push(before);
        rule = before;
    }
    way.reverse();
    way
}

/// A rule with `allow-loop` ends the way: its own limit holds there.
fn edges<'r>(rules: &'r RuleSet, rule: &'r Rule) -> Vec<Edge<'r>> {
    if rule.allow_loop.is_some() {
        return Vec::new();
    }
    let targets = rule.to.iter().filter_map(|name| rules.targets.get(name));
    let back = |target: &&Target| rules.bus.inputs.iter().any(|input| feeds(target, input));
    targets.filter(back).flat_map(|target| takers(rules, rule, target)).collect()
}

/// The rules that may take what `rule` sends to `target`.
fn takers<'r>(rules: &'r RuleSet, rule: &Rule, target: &'r Target) -> Vec<Edge<'r>> {
    let emitted = Emitted::by(rules, rule, target);
    let others = rules.rules.iter().enumerate();
    let others = others.filter(|(_, other)| emitted.iter().any(|one| may_come(one, rule, other)));
    others.map(|(to, _)| Edge { target, to }).collect()
}

fn may_come(emitted: &Emitted, by: &Rule, taker: &Rule) -> bool {
    match emitted {
        // The very event that the rule took: it takes it again, and so may any other.
        Emitted::Same => by.name == taker.name || may_take(&taker.filter, &Partial::default()),
        Emitted::Known(known) => may_take(&taker.filter, known),
    }
}

fn diagnostic(rules: &RuleSet, graph: &Graph<'_>, cycle: &[usize]) -> Option<Diagnostic> {
    let first = rules.rules.get(*cycle.first()?)?;
    let bus = &rules.bus.name;
    let mut text = format!("possible loop: {}", first.name);
    let mut also = Vec::new();
    for (index, next) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
        let target = graph.from(*index).iter().find(|edge| edge.to == *next)?.target;
        let (rule, next) = (rules.rules.get(*index)?, rules.rules.get(*next)?);
        text.push_str(&format!(" -> bus {bus} -> {}", next.name));
        also.push((target.place.clone(), sample(rules, rule, target)));
    }
    let mut found = Diagnostic::new("E0401", Severity::Error, text, &first.place)
        .with_help("`allow-loop: { max-hops: 3 }` on one of the rules accepts it");
    for (place, what) in also {
        found = found.with_secondary(place, what);
    }
    Some(found)
}

/// What comes back by a target, in words: the event that matches once more.
fn sample(rules: &RuleSet, rule: &Rule, target: &Target) -> String {
    let back = Emitted::by(rules, rule, target);
    let what = match back.first() {
        Some(Emitted::Known(known)) if known.document() != Partial::default().document() => {
            format!("an event with {}", known.document())
        }
        Some(Emitted::Known(_)) => "an event like it".to_owned(),
        Some(Emitted::Same) | None => "the same event".to_owned(),
    };
    format!("an input too: what `{}` sends here comes back as {what}", rule.name)
}
