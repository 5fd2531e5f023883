//! Whether the clauses of a case contradict each other, and whether one case implies another.
//!
//! Both are sound and not complete: what is not found may be so all the same.

use eventyard_filter::View;

use super::cases::{Cases, Clause};
use super::claim::Claim;
use super::field::{Field, anything};
use super::known::{Fact, Known};
use super::values::{MISSING, Values};

/// The clauses, by number, of which not all can hold.
pub(super) fn clash(known: &Known<'_>, view: View) -> Option<Vec<usize>> {
    let empty = known.paths.iter().find(|(_, fact)| fact.values.is_none());
    let mut found = empty
        .map(|(steps, fact)| fewest(fact, &anything(steps, view)))
        .or_else(|| both_ways(known))
        .or_else(|| refuted(known))?;
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// One clause or two that leave nothing; else all that speak of the path.
fn fewest(fact: &Fact, base: &Values) -> Vec<usize> {
    let parts = &fact.parts;
    let alone = parts.iter().find(|(_, values)| base.and(values).is_none());
    if let Some((number, _)) = alone {
        return vec![*number];
    }
    for (a, one) in parts {
        let left = base.and(one);
        if let Some((b, _)) = parts.iter().find(|(_, other)| left.and(other).is_none()) {
            return vec![*a, *b];
        }
    }
    parts.iter().map(|(number, _)| *number).collect()
}

/// A clause that is to hold and not to hold.
fn both_ways(known: &Known<'_>) -> Option<Vec<usize>> {
    let asks: Vec<_> = known.clauses.iter().enumerate().filter_map(asked).collect();
    asks.iter().find_map(|(a, key, holds)| {
        let other = asks.iter().find(|(_, same, other)| key == same && holds != other)?;
        Some(vec![*a, other.0])
    })
}

fn asked<'c>((number, clause): (usize, &&'c Clause)) -> Option<(usize, &'c str, bool)> {
    match &clause.claim {
        Claim::Ask(ask) => Some((number, ask.key.as_deref()?, ask.holds)),
        _ => None,
    }
}

/// A clause that no value left by the others satisfies.
fn refuted(known: &Known<'_>) -> Option<Vec<usize>> {
    known.clauses.iter().enumerate().find_map(|(number, clause)| {
        let mut from = match &clause.claim {
            Claim::Exact(..) => None,
            Claim::Ask(ask) => {
                let (documents, from) = known.documents(ask)?;
                let never = documents.iter().all(|one| ask.answer(one) == Some(false));
                never.then_some(from)
            }
            Claim::Field(field) => {
                let (values, from) = known.seen_by(field)?;
                let none = values.and(&field.over).is_none();
                (none || takes(field, &values) == Some(false)).then_some(from)
            }
        }?;
        from.push(number);
        Some(from)
    })
}

/// What the field says to each of the values, if they are few and it says the same to all.
fn takes(field: &Field, values: &Values) -> Option<bool> {
    let points = values.points()?;
    let mut answers = points.iter().map(|point| field.takes(point.as_ref()));
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

/// The clauses of `known` that make each clause of `case` hold; none if one of them may not.
pub(super) fn implies(known: &Known<'_>, case: &[&Clause]) -> Option<Vec<usize>> {
    // What was chosen serves as a whole or not at all.
    let same = |clause: &&Clause| match &clause.claim {
        Claim::Field(field) => field.attribute || by_field(known, field, true).is_some(),
        _ => true,
    };
    let places = places(case) == places(&known.clauses) && case.iter().all(same);
    let mut from = Vec::new();
    for clause in case {
        from.extend(implied(known, clause, places)?);
    }
    from.sort_unstable();
    from.dedup();
    Some(from)
}

/// The fields that lie where arrays may be.
fn places<'c>(case: &[&'c Clause]) -> Vec<&'c str> {
    let place = |clause: &&'c Clause| match &clause.claim {
        Claim::Field(field) if !field.attribute => Some(field.place.as_str()),
        _ => None,
    };
    let mut places: Vec<&str> = case.iter().filter_map(place).collect();
    places.sort_unstable();
    places
}

fn implied(known: &Known<'_>, clause: &Clause, same_places: bool) -> Option<Vec<usize>> {
    match &clause.claim {
        Claim::Exact(steps, values) => {
            let (known, from) = known.at(steps);
            known.within(values).then_some(from)
        }
        Claim::Ask(ask) => {
            let mut asks = known.clauses.iter().enumerate().filter_map(asked);
            let key = ask.key.as_deref();
            let same = asks.find(|(_, same, holds)| Some(*same) == key && *holds == ask.holds);
            same.map(|(number, _, _)| vec![number]).or_else(|| {
                let (documents, from) = known.documents(ask)?;
                documents.iter().all(|one| ask.answer(one) == Some(true)).then_some(from)
            })
        }
        Claim::Field(field) if Values::scalars().or(&Values::missing()).within(&field.under) => {
            // Whatever stands there, it is seen as scalars or as absence.
            Some(Vec::new())
        }
        Claim::Field(field) => {
            by_value(known, field).or_else(|| by_field(known, field, same_places))
        }
    }
}

/// The value is known and no array need be entered, so that the other fields do not matter.
fn by_value(known: &Known<'_>, field: &Field) -> Option<Vec<usize>> {
    let (values, from) = known.seen_by(field).or_else(|| {
        // With other spellings of its path there is more to see; a scalar is seen for certain.
        let (values, from) = known.at(&field.steps);
        values.within(&Values::scalars()).then_some((values, from))
    })?;
    (values.within(&field.under) || takes(field, &values) == Some(true)).then_some(from)
}

/// A field of the same place takes no more.
///
/// What a pattern chose for its fields serves another with fewer of them. Absence does not: with fewer
/// fields, fewer elements of arrays are chosen, and another element may have a value.
fn by_field(known: &Known<'_>, field: &Field, same_places: bool) -> Option<Vec<usize>> {
    known.clauses.iter().enumerate().find_map(|(number, clause)| {
        let Claim::Field(other) = &clause.claim else { return None };
        let less = other.over.within(&field.under) || other.key() == field.key();
        let chosen = same_places || !(other.over.has(MISSING));
        (other.place == field.place && less && chosen).then(|| vec![number])
    })
}

/// The cases of a filter that an event may satisfy, with what is known in each.
pub(super) fn open_cases(cases: &Cases, view: View) -> Vec<Known<'_>> {
    let known = cases.iter().map(|case| Known::new(case, view));
    known.filter(|known| clash(known, view).is_none()).collect()
}

/// The clauses that imply a case of the other filter, if each case implies one.
pub(super) fn all_imply<'c>(one: &[Known<'c>], other: &Cases) -> Option<Vec<&'c Clause>> {
    let mut named = Vec::new();
    for known in one {
        let from = other.iter().find_map(|case| implies(known, &case))?;
        named.extend(from.into_iter().filter_map(|number| known.clauses.get(number).copied()));
    }
    Some(named)
}
