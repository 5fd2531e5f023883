//! A filter as cases: it takes an event if all clauses of one case hold.

use std::ops::Range;

use eventyard_filter::outline::Outline;
use eventyard_filter::{Condition, Filter, View};

use super::claim::{self, Claim};
use super::field::Field;

/// More cases than this are not reasoned about.
const CASES_MAX: usize = 32;

/// Names and indices from the event to a value, as normalized paths have them.
pub(super) type Steps = Vec<String>;

/// A filter as a disjunction of conjunctions.
pub(super) struct Cases {
    clauses: Vec<Clause>,
    cases: Vec<Vec<usize>>,
}

/// The smallest part of a filter that holds or does not.
pub(super) struct Clause {
    /// As the user wrote it.
    pub text: String,
    pub place: Within,
    pub claim: Claim,
}

/// The part of a rule that a clause is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Within {
    /// Its bytes in the `when`.
    When(Range<usize>),
    /// Its number among the fields of the `pattern`, in the order of the text.
    Pattern(usize),
}

impl Cases {
    /// None where there would be too many.
    pub(super) fn of(filter: &Filter, view: View) -> Option<Self> {
        let mut clauses = Vec::new();
        let mut cases = match &filter.when {
            Some(when) => of_outline(when, &when.outline(), true, &mut clauses)?,
            None => vec![Vec::new()],
        };
        if let Some(pattern) = &filter.pattern {
            let outline = pattern.outline();
            let first = clauses.len();
            let starts: Vec<usize> = outline.fields.iter().map(|field| field.span.start).collect();
            let rank = |at: usize| starts.iter().filter(|start| **start < at).count();
            clauses.extend(outline.fields.into_iter().map(|field| Clause {
                text: pattern.text().get(field.span.clone()).unwrap_or_default().to_owned(),
                place: Within::Pattern(rank(field.span.start)),
                claim: Claim::Field(Field::new(field, view)),
            }));
            let numbers = |fields: &Vec<usize>| fields.iter().map(|field| first + field).collect();
            cases = product(cases, outline.combinations.iter().map(numbers).collect())?;
        }
        Some(Self { clauses, cases })
    }

    /// The clauses of each case.
    pub(super) fn iter(&self) -> impl Iterator<Item = Vec<&Clause>> {
        let clause = |number: &usize| self.clauses.get(*number);
        self.cases.iter().map(move |case| case.iter().filter_map(clause).collect())
    }
}

fn of_outline(
    when: &Condition,
    outline: &Outline,
    holds: bool,
    clauses: &mut Vec<Clause>,
) -> Option<Vec<Vec<usize>>> {
    let (parts, all) = match outline {
        Outline::Not(inner) => return of_outline(when, inner, !holds, clauses),
        Outline::Atom(atom) => {
            let text = when.text().get(atom.span.clone()).unwrap_or_default();
            clauses.push(Clause {
                text: if holds { text.to_owned() } else { format!("!({text})") },
                place: Within::When(atom.span.clone()),
                claim: claim::of_atom(atom, text, holds),
            });
            return Some(vec![vec![clauses.len().saturating_sub(1)]]);
        }
        Outline::And(parts) => (parts, holds),
        Outline::Or(parts) => (parts, !holds),
    };
    let mut cases = if all { vec![Vec::new()] } else { Vec::new() };
    for part in parts {
        let more = of_outline(when, part, holds, clauses)?;
        cases = if all { product(cases, more)? } else { few([cases, more].concat())? };
    }
    Some(cases)
}

/// Each of the one with each of the other.
fn product(one: Vec<Vec<usize>>, other: Vec<Vec<usize>>) -> Option<Vec<Vec<usize>>> {
    if one.len().saturating_mul(other.len()) > CASES_MAX {
        return None;
    }
    let with_all = |a: &Vec<usize>| -> Vec<Vec<usize>> {
        other.iter().map(|b| [a.as_slice(), b.as_slice()].concat()).collect()
    };
    Some(one.iter().flat_map(with_all).collect())
}

fn few(cases: Vec<Vec<usize>>) -> Option<Vec<Vec<usize>>> {
    (cases.len() <= CASES_MAX).then_some(cases)
}
