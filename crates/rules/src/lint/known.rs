//! What is certain about an event for which all clauses of a case hold.

use std::collections::BTreeMap;

use eventyard_event::json::Value;
use eventyard_filter::View;

use super::cases::{Clause, Steps};
use super::claim::{Ask, Claim, entered, may_miss};
use super::field::{Field, anything};
use super::sample::document;
use super::values::{ARRAY, MISSING, OBJECT, Values};

/// Documents that a clause is asked about at most.
const DOCUMENTS_MAX: usize = 16;

/// The values that each path may have, and the clauses (by number) that say so.
pub(super) struct Known<'c> {
    pub clauses: Vec<&'c Clause>,
    pub paths: BTreeMap<Steps, Fact>,
    view: View,
}

/// What may stand at one path.
pub(super) struct Fact {
    pub values: Values,
    /// What each clause leaves.
    pub parts: Vec<(usize, Values)>,
}

impl<'c> Known<'c> {
    pub(super) fn new(clauses: Vec<&'c Clause>, view: View) -> Self {
        let mut known = Self { clauses: clauses.clone(), paths: BTreeMap::new(), view };
        for (number, clause) in clauses.into_iter().enumerate() {
            match &clause.claim {
                Claim::Exact(steps, values) => known.learn(number, steps, values),
                Claim::Field(field) if field.attribute => {
                    known.learn(number, &field.steps, &field.over);
                }
                Claim::Field(_) => {}
                Claim::Ask(ask) => {
                    ask.needs.iter().for_each(|(steps, values)| known.learn(number, steps, values));
                }
            }
        }
        known
    }

    fn learn(&mut self, number: usize, steps: &[String], values: &Values) {
        self.part(number, steps, values);
        if may_miss(values) {
            return;
        }
        for (length, step) in steps.iter().enumerate() {
            let before: Steps = steps.iter().take(length).cloned().collect();
            self.part(number, &before, &entered(step));
        }
    }

    fn part(&mut self, number: usize, steps: &[String], values: &Values) {
        let view = self.view;
        let fact = self
            .paths
            .entry(steps.to_vec())
            .or_insert_with(|| Fact { values: anything(steps, view), parts: Vec::new() });
        fact.values = fact.values.and(values);
        fact.parts.push((number, values.clone()));
    }

    /// What may stand at the path, and the clauses that say so.
    pub(super) fn at(&self, steps: &[String]) -> (Values, Vec<usize>) {
        let (mut values, mut from) = match self.paths.get(steps) {
            Some(fact) => (fact.values.clone(), numbers(&fact.parts)),
            None => (anything(steps, self.view), Vec::new()),
        };
        for (length, step) in steps.iter().enumerate() {
            let before = steps.get(..length).unwrap_or_default();
            let fact = self.paths.get(before);
            let holder =
                fact.map_or_else(|| anything(before, self.view), |fact| fact.values.clone());
            if holder.and(&entered(step)).is_none() {
                values = values.and(&Values::missing());
                from.extend(fact.into_iter().flat_map(|fact| numbers(&fact.parts)));
            }
        }
        (values, from)
    }

    /// The same as a pattern's field sees it: objects are no value. None where an array or a name with
    /// a dot could show it more.
    pub(super) fn seen_by(&self, field: &Field) -> Option<(Values, Vec<usize>)> {
        let (values, from) = self.at(&field.steps);
        let holder = field.steps.split_last().map(|(_, holder)| holder).unwrap_or_default();
        let plain = match field.depth {
            1 => true,
            2 => self.view == View::Event && !self.at(holder).0.has(ARRAY | MISSING),
            _ => false,
        };
        if !plain || values.has(ARRAY) {
            return None;
        }
        let absent = if values.has(OBJECT) { Values::missing() } else { Values::none() };
        Some((values.and(&Values::of_kinds(OBJECT).not()).or(&absent), from))
    }

    /// Every document that the clause could tell apart, if they are few, and what says so.
    pub(super) fn documents(&self, ask: &Ask) -> Option<(Vec<Value<'static>>, Vec<usize>)> {
        let (_, paths) = ask.alone.as_ref()?;
        let mut from = Vec::new();
        let mut all: Vec<Vec<(Steps, Value<'static>)>> = vec![Vec::new()];
        let mut paths = paths.clone();
        paths.sort();
        paths.dedup();
        for steps in paths {
            let (values, said) = self.at(&steps);
            let points = values.points()?;
            from.extend(said);
            all = all.iter().flat_map(|before| with_each(before, &steps, &points)).collect();
            if all.len() > DOCUMENTS_MAX {
                return None;
            }
        }
        let documents: Option<Vec<_>> = all.iter().map(|points| document(points)).collect();
        Some((documents?, from))
    }
}

fn with_each(
    before: &[(Steps, Value<'static>)],
    steps: &Steps,
    points: &[Option<Value<'static>>],
) -> Vec<Vec<(Steps, Value<'static>)>> {
    let one = |point: &Option<Value<'static>>| {
        let point = point.clone().map(|value| (steps.clone(), value));
        before.iter().cloned().chain(point).collect()
    };
    points.iter().map(one).collect()
}

fn numbers(parts: &[(usize, Values)]) -> Vec<usize> {
    parts.iter().map(|(number, _)| *number).collect()
}
