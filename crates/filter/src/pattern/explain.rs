//! Why a pattern matches a document, or does not: field by field.
use std::ops::Range;

use eventyard_event::json::Value;

use super::leaf::Leaf;
use super::search::{self, Witness, find};
use super::walk::{self, Found, Step};
use super::{Alternative, Pattern, node};
use crate::{Clause, Explanation};

/// Characters of a value that are shown.
const SHOWN: usize = 80;

/// The clauses of `pattern`, in the order of its text.
pub(super) fn explain(pattern: &Pattern, root: &Value<'_>) -> Explanation {
    let witness = find(pattern.leaves(), pattern.combinations(), &(0..0), root);
    let case = Case { pattern, root, matched: witness.is_some() };
    let seen = pattern
        .leaves()
        .iter()
        .enumerate()
        .map(|(number, leaf)| case.see(number, leaf, witness.as_ref()));
    let seen: Vec<Seen<'_, '_>> = seen.collect();
    let mut clauses: Vec<Clause> = Vec::new();
    for (number, (leaf, seen)) in pattern.leaves().iter().zip(&seen).enumerate() {
        clauses.push(case.field(number, leaf, seen));
    }
    for alternative in &pattern.inner.alternatives {
        clauses.push(case.alternative(alternative, &seen));
    }
    // An alternative starts before its first field and is written before it.
    clauses.sort_by_key(|clause| clause.span.start);
    clauses.extend(case.one_element(&seen));
    Explanation { matched: case.matched, clauses }
}

/// What a field saw.
struct Seen<'v, 'p> {
    /// The value that made it hold, else all values.
    found: Vec<Found<'v, 'p>>,
    holds: bool,
}

/// One question: why this answer for this document.
struct Case<'e> {
    pattern: &'e Pattern,
    root: &'e Value<'e>,
    matched: bool,
}

impl<'e> Case<'e> {
    /// What the field saw: what it was matched with, else what it sees when no other field is regarded.
    fn see(
        &self,
        number: usize,
        leaf: &'e Leaf,
        witness: Option<&Witness<'e, 'e>>,
    ) -> Seen<'e, 'e> {
        let part = witness.and_then(|witness| witness.iter().find(|(own, _)| *own == number));
        if let Some((_, found)) = part {
            return Seen { found: found.clone().into_iter().collect(), holds: true };
        }
        let found = walk::scalars(self.root, &leaf.place, &[]);
        let holds = matches!(self.root, Value::Object(_)) && search::holds_alone(leaf, &found);
        let accepted = found.iter().find(|found| leaf.accepts(found.value)).cloned();
        Seen { found: accepted.map_or(found, |one| vec![one]), holds }
    }

    fn field(&self, number: usize, leaf: &Leaf, seen: &Seen<'_, '_>) -> Clause {
        Clause {
            text: self.text(&leaf.span),
            path: Some(self.path(leaf, &seen.found)),
            actual: self.actual(leaf, &seen.found),
            expected: leaf.describe(),
            holds: seen.holds,
            decisive: self.decides(seen.holds, &(number..number.saturating_add(1))),
            span: leaf.span.clone(),
        }
    }

    fn alternative(&self, alternative: &Alternative, seen: &[Seen<'_, '_>]) -> Clause {
        let inside = |number: &&usize| alternative.leaves.contains(number);
        let ways = self.pattern.combinations().iter().map(|combination| {
            let fields: Vec<&usize> = combination.iter().filter(inside).collect();
            let holding = fields.iter().filter(|number| holds(seen, number)).count();
            (fields.len().saturating_sub(holding), holding, fields.len())
        });
        let best = ways.filter(|(_, _, fields)| *fields > 0).min().unwrap_or_default();
        let (missing, holding, fields) = best;
        Clause {
            text: self.text(&alternative.span),
            path: None,
            actual: format!("{holding} of {fields} fields hold"),
            expected: "all fields of this alternative of `$or` hold".to_owned(),
            holds: missing == 0,
            decisive: self.decides(missing == 0, &alternative.leaves),
            span: alternative.span.clone(),
        }
    }

    /// The clause that nobody wrote: fields that hold one by one, but in different elements of an array.
    fn one_element(&self, seen: &[Seen<'_, '_>]) -> Option<Clause> {
        let all_hold =
            |combination: &&Vec<usize>| combination.iter().all(|number| holds(seen, number));
        let combination = self.pattern.combinations().iter().find(all_hold)?;
        if self.matched {
            return None;
        }
        let names = combination.iter().filter_map(|number| self.pattern.leaves().get(*number));
        let names: Vec<&str> = names.map(|leaf| leaf.path.as_str()).collect();
        Some(Clause {
            text: names.join(", "),
            path: None,
            actual: "values in different elements of an array".to_owned(),
            expected: "all values in the same element of each array".to_owned(),
            holds: false,
            decisive: true,
            span: 0..self.pattern.text().len(),
        })
    }

    /// Whether the pattern would match if only these fields held.
    fn decides(&self, holds: bool, fields: &Range<usize>) -> bool {
        let (leaves, combinations) = (self.pattern.leaves(), self.pattern.combinations());
        !self.matched && !holds && find(leaves, combinations, fields, self.root).is_some()
    }

    fn text(&self, span: &Range<usize>) -> String {
        self.pattern.text().get(span.clone()).unwrap_or_default().to_owned()
    }

    /// The normalized path (RFC 9535 §2.7) of the value, or where it would be looked for.
    fn path(&self, leaf: &Leaf, found: &[Found<'_, '_>]) -> String {
        let mut path = "$".to_owned();
        let [one] = found else {
            leaf.place.split('.').for_each(|name| push_name(&mut path, name));
            return path;
        };
        for step in &one.trail {
            match step {
                Step::Member(name) => push_name(&mut path, name),
                Step::Element(pin) => push_index(&mut path, pin.index),
                Step::Scalar(index) => push_index(&mut path, *index),
            }
        }
        path
    }

    fn actual(&self, leaf: &Leaf, found: &[Found<'_, '_>]) -> String {
        match found {
            [] => walk::kind(self.root, &leaf.place).unwrap_or("missing").to_owned(),
            [one] => shown(one.value),
            [first, second] => format!("{}, {}", shown(first.value), shown(second.value)),
            [first, second, ..] => {
                let (first, second) = (shown(first.value), shown(second.value));
                format!("{first}, {second}, … ({} values)", found.len())
            }
        }
    }
}

fn holds(seen: &[Seen<'_, '_>], number: &usize) -> bool {
    seen.get(*number).is_some_and(|seen| seen.holds)
}

/// The value as compact JSON, cut when long.
fn shown(value: &Value<'_>) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn push_name(path: &mut String, name: &str) {
    path.push_str("['");
    path.push_str(&node::escaped(name, '\''));
    path.push_str("']");
}

fn push_index(path: &mut String, index: usize) {
    path.push_str(&format!("[{index}]"));
}
