//! Builds an event that should satisfy clauses; the matcher has the last word.

use std::collections::BTreeMap;

use eventyard_event::json::{Object, Value};
use eventyard_filter::View;

use super::cases::{Clause, Steps};
use super::claim::Claim;
use super::field::step;
use super::known::Known;
use super::values::Values;

/// Elements of an array that are filled up before the one that is asked for.
const ELEMENTS_MAX: usize = 64;
/// Choices of values for the paths that are compared with each other.
const TRIES: usize = 16;
/// What every event has; the texts say nothing.
const ATTRIBUTES: [(&str, &str); 4] =
    [("id", "1"), ("source", "s"), ("specversion", "1.0"), ("type", "t")];

/// Events that may satisfy all the clauses, the most likely first.
pub(super) fn events<'k>(
    known: &'k Known<'_>,
    view: View,
) -> impl Iterator<Item = Value<'static>> + use<'k> {
    let (paths, compared) = looked_at(known, view);
    let tries = if compared.is_empty() { 1 } else { TRIES };
    (0..tries).filter_map(move |attempt| {
        let points = paths.iter().filter_map(|steps| {
            let turn = compared.iter().position(|path| path == steps);
            let value = choose(known, steps, turn.map(|turn| turn_of(attempt, turn)))?;
            Some((steps.clone(), value))
        });
        document(&points.collect::<Vec<_>>())
    })
}

/// All paths that the clauses look at, and those that are compared with each other.
fn looked_at(known: &Known<'_>, view: View) -> (Vec<Steps>, Vec<Steps>) {
    let mut paths: Vec<Steps> = known.paths.keys().cloned().collect();
    let mut compared = Vec::new();
    for clause in &known.clauses {
        match &clause.claim {
            Claim::Exact(..) => {}
            Claim::Field(field) => paths.push(field.steps.clone()),
            Claim::Ask(ask) => {
                let looked = ask.alone.iter().flat_map(|(_, paths)| paths.clone());
                let looked: Vec<Steps> = looked.collect();
                compared.extend(looked.iter().filter(|_| looked.len() > 1).cloned());
                paths.extend(looked);
            }
        }
    }
    if view == View::Event {
        paths.extend(ATTRIBUTES.map(|(name, _)| vec![step(name)]));
    }
    for list in [&mut paths, &mut compared] {
        list.sort();
        list.dedup();
    }
    (paths, compared)
}

/// Counts through the choices of each path: one digit each, in base 4.
fn turn_of(attempt: usize, path: usize) -> usize {
    let place = u32::try_from(path.min(8)).map_or(1, |path| 4_usize.pow(path));
    attempt / place % 4
}

/// A value for the path that each clause about it alone accepts.
fn choose(known: &Known<'_>, steps: &Steps, turn: Option<usize>) -> Option<Value<'static>> {
    let (mut values, _) = known.at(steps);
    for clause in &known.clauses {
        if let Claim::Field(field) = &clause.claim
            && field.steps == *steps
        {
            values = values.and(&field.over);
        }
    }
    let mut some = if values == Values::all() { Vec::new() } else { values.samples() };
    if let [alone] = steps.as_slice() {
        let usual = ATTRIBUTES.iter().find(|(name, _)| step(name) == *alone);
        let usual = usual.map(|(_, text)| Some(Value::from(*text)));
        let open = values.holds(usual.as_ref().and_then(Option::as_ref));
        let at = if open && values == Values::all_strings() { 0 } else { some.len() };
        some.splice(at..at, usual);
    }
    let hints = known.clauses.iter().flat_map(|clause| hints(clause, steps));
    some.extend(hints.filter(|hint| values.holds(hint.as_ref())).collect::<Vec<_>>());
    some.retain(|value| known.clauses.iter().all(|clause| fits(clause, steps, value.as_ref())));
    match turn {
        None => some.into_iter().next().flatten(),
        Some(turn) => {
            let numbers = [2_i64, 1, 3].map(|number| Some(Value::from(number)));
            let mut pool: Vec<_> =
                numbers.into_iter().filter(|value| values.holds(value.as_ref())).collect();
            pool.extend(some);
            pool.get(turn.checked_rem(pool.len())?).cloned().flatten()
        }
    }
}

/// Whether the clause, as far as it is about this path alone, holds with the value.
fn fits(clause: &Clause, steps: &Steps, value: Option<&Value<'static>>) -> bool {
    match &clause.claim {
        Claim::Field(field) if field.steps == *steps => field.takes(value),
        Claim::Ask(ask)
            if ask.alone.as_ref().is_some_and(|(_, paths)| *paths == [steps.clone()]) =>
        {
            let points: Vec<_> =
                value.map(|value| (steps.clone(), value.clone())).into_iter().collect();
            document(&points).is_none_or(|document| ask.answer(&document) != Some(false))
        }
        _ => true,
    }
}

fn hints(clause: &Clause, steps: &Steps) -> Vec<Option<Value<'static>>> {
    let texts: Vec<String> = match &clause.claim {
        Claim::Field(field) if field.steps == *steps => field.hints().map(str::to_owned).collect(),
        Claim::Ask(ask) => match &ask.alone {
            Some((_, paths)) if paths.contains(steps) => ask.hints.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    texts.into_iter().map(|text| Some(Value::from(text))).collect()
}

/// The document with these values at these paths; none where they exclude each other.
pub(super) fn document(points: &[(Steps, Value<'static>)]) -> Option<Value<'static>> {
    let mut points: Vec<_> =
        points.iter().map(|(steps, value)| (steps.as_slice(), value)).collect();
    points.sort_by_key(|(steps, _)| *steps);
    node(&points)
}

fn node(points: &[(&[String], &Value<'static>)]) -> Option<Value<'static>> {
    let mut below: BTreeMap<&str, Vec<(&[String], &Value<'static>)>> = BTreeMap::new();
    let mut own = None;
    for (steps, value) in points {
        match steps.split_first() {
            None => own = Some(*value),
            Some((first, rest)) => below.entry(first).or_default().push((rest, value)),
        }
    }
    match own {
        Some(scalar) if below.is_empty() => return Some(scalar.clone()),
        // An object or array that is asked for itself is the one that its members make.
        Some(Value::Object(_) | Value::Array(_)) | None => {}
        Some(_) => return None,
    }
    let names: Option<Vec<String>> = below.keys().map(|step| name(step)).collect();
    let mut parts = below.values().map(|points| node(points));
    if let Some(names) = names {
        let members = names.into_iter().zip(parts.by_ref());
        let mut object = Object::default();
        for (name, value) in members {
            object.insert(name, value?);
        }
        return Some(Value::Object(object));
    }
    let mut array = Vec::new();
    for (step, value) in below.keys().zip(parts) {
        let index: usize = step.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
        let length = array.len().max(index.checked_add(1).filter(|size| *size <= ELEMENTS_MAX)?);
        array.resize(length, Value::Null);
        *array.get_mut(index)? = value?;
    }
    Some(Value::Array(array))
}

/// The name that a step says.
fn name(step: &str) -> Option<String> {
    let quoted = step.strip_prefix("['")?.strip_suffix("']")?;
    let (mut name, mut characters) = (String::new(), quoted.chars());
    while let Some(character) = characters.next() {
        name.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(name)
}

/// A text that the regular expression may take: the first of its alternatives, with nothing for what
/// may be left out.
pub(super) fn fitting(pattern: &str) -> String {
    let (mut text, mut skipped) = (String::new(), 0_usize);
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, skipped) {
            ('(', 0) | ('*' | '?' | '+' | ')', 0) => {}
            ('|', 0) => skipped = 1,
            ('(', depth) => skipped = depth.saturating_add(1),
            (')', depth) => skipped = depth.saturating_sub(1),
            (_, 1..) => {}
            ('.', 0) => text.push('x'),
            ('[', 0) => {
                text.extend(characters.next());
                characters.by_ref().find(|one| *one == ']');
            }
            ('{', 0) => {
                characters.by_ref().find(|one| *one == '}');
            }
            ('\\', 0) => text.extend(characters.next()),
            (plain, 0) => text.push(plain),
        }
        if skipped == 0 && matches!(characters.peek(), Some('*' | '?')) && character != ')' {
            text.pop();
        }
    }
    text
}
