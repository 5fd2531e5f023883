//! Which earlier rules a rule may share an event with.

use std::collections::{BTreeSet, HashMap};

use eventyard_event::json::Value;

use super::analysis::Judged;
use super::cases::{Cases, Steps};
use super::field::step;
use super::known::Known;
use crate::TargetName;
use eventyard_filter::View;

/// Strings that one path of a rule may equal; with more, the rule is not told apart by them.
const LITERALS_MAX: usize = 16;

/// Rules by target, and there by the string that a path must equal.
#[derive(Default)]
pub(super) struct Index<'r> {
    targets: HashMap<&'r TargetName, Rules<'r>>,
}

#[derive(Default)]
struct Rules<'r> {
    all: Vec<usize>,
    /// Those that equality does not tell apart.
    free: Vec<usize>,
    paths: HashMap<&'r Steps, Path<'r>>,
}

#[derive(Default)]
struct Path<'r> {
    all: Vec<usize>,
    literals: HashMap<&'r str, Vec<usize>>,
}

/// In every event that a rule takes, this path is one of these strings.
pub(super) struct Anchor {
    path: Steps,
    literals: BTreeSet<String>,
}

impl Anchor {
    /// The anchor of a filter: its type if it demands one, else the first path that is equal to strings.
    pub(super) fn of(cases: &Cases, view: View) -> Option<Self> {
        let known: Vec<Known<'_>> = cases.iter().map(|case| Known::new(case, view)).collect();
        let first = known.first()?;
        let paths = std::iter::once(vec![step("type")]).chain(first.paths.keys().cloned());
        paths.into_iter().find_map(|path| {
            let mut literals = BTreeSet::new();
            for case in &known {
                literals.extend(strings(case, &path)?);
            }
            let few = !literals.is_empty() && literals.len() <= LITERALS_MAX;
            few.then_some(Self { path, literals })
        })
    }
}

fn strings(known: &Known<'_>, path: &Steps) -> Option<Vec<String>> {
    let points = known.at(path).0.points()?;
    let text = |point: Option<Value<'static>>| Some(point?.as_str()?.to_owned());
    points.into_iter().map(text).collect()
}

impl<'r> Index<'r> {
    pub(super) fn add(&mut self, number: usize, judged: &'r Judged<'r>) {
        for target in &judged.rule.to {
            let rules = self.targets.entry(target).or_default();
            rules.all.push(number);
            let Some(anchor) = &judged.anchor else {
                rules.free.push(number);
                continue;
            };
            let path = rules.paths.entry(&anchor.path).or_default();
            path.all.push(number);
            for literal in &anchor.literals {
                path.literals.entry(literal).or_default().push(number);
            }
        }
    }

    /// At most `most` rules that share a target and are not told apart, each once; those told closest
    /// first.
    pub(super) fn near(&self, judged: &Judged<'_>, most: usize) -> Vec<usize> {
        let mut near = Vec::new();
        let mut seen = BTreeSet::new();
        for rules in judged.rule.to.iter().filter_map(|target| self.targets.get(target)) {
            let lists = match &judged.anchor {
                None => vec![&rules.all],
                Some(anchor) => rules.beside(anchor),
            };
            let room = most.saturating_sub(near.len());
            let new = lists.into_iter().flatten().copied().filter(|number| seen.insert(*number));
            near.extend(new.take(room));
        }
        near
    }
}

impl<'r> Rules<'r> {
    fn beside(&self, anchor: &Anchor) -> Vec<&Vec<usize>> {
        let same = self.paths.get(&anchor.path).into_iter();
        let same = same.flat_map(|path| {
            anchor.literals.iter().filter_map(|literal| path.literals.get(literal.as_str()))
        });
        let other = self.paths.iter().filter(|(path, _)| **path != &anchor.path);
        let mut other: Vec<_> = other.collect();
        other.sort_by_key(|(path, _)| **path);
        let other = other.into_iter().map(|(_, path)| &path.all);
        same.chain([&self.free]).chain(other).collect()
    }
}
