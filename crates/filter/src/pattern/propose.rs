//! Proposes what may turn one field of a pattern: one more alternative, or another value in the event.
//! Nothing is tried here: the caller does, and takes the first of each kind that turns the verdict.
use std::borrow::Cow;

use eventyard_event::json::{Number, Value};

use super::leaf::Leaf;
use super::operator::Test;
use super::walk::{self, Found, Step as Walked};
use super::{Pattern, View};
use crate::explain::change::{Change, Proposals, Rewrite};
use crate::path::Step;
use crate::path::beside;

/// Values of the event that are regarded, and alternatives of the field.
const TRIED_MAX: usize = 4;

/// Proposals for the field at the bytes `span` of the pattern's text; none for an alternative of `$or`.
pub(crate) fn propose(
    pattern: &Pattern,
    span: &std::ops::Range<usize>,
    root: &Value<'_>,
) -> Proposals {
    let Some(leaf) = pattern.leaves().iter().find(|leaf| leaf.span == *span) else {
        return Proposals::default();
    };
    let mut found = walk::scalars(root, &leaf.place, &[]);
    found.truncate(TRIED_MAX);
    Proposals { rewrites: rewrites(pattern, leaf, &found), changes: changes(leaf, &found, root) }
}

/// Compiles another text as the pattern was: its fields say which names it takes for others.
pub(crate) fn again(pattern: &Pattern, text: &str) -> Option<Pattern> {
    let moved = pattern.leaves().iter().any(|leaf| leaf.place != leaf.path);
    let view = if moved { View::Event } else { View::Raw };
    Pattern::parse_json(text, view).ok()
}

/// The field with the value that was seen, or its absence, as one more alternative.
fn rewrites(pattern: &Pattern, leaf: &Leaf, found: &[Found<'_, '_>]) -> Vec<Rewrite> {
    let list = pattern.text().get(leaf.span.clone()).and_then(|field| field.strip_suffix(']'));
    let with =
        |more: String| Rewrite::new(pattern.text(), &leaf.span, format!("{},{more}]", list?));
    match found {
        [] => with(r#"{"exists":false}"#.to_owned()).into_iter().collect(),
        found => found.iter().filter_map(|found| with(found.value.to_string())).collect(),
    }
}

/// Values that the first alternatives accept, at the places where the field looked.
fn changes(leaf: &Leaf, found: &[Found<'_, '_>], root: &Value<'_>) -> Vec<Change> {
    let nowhere = || leaf.place.split('.').map(|name| Step::Name(name.to_owned())).collect();
    let places: Vec<Vec<Step>> = match found {
        [] => vec![nowhere()],
        found => found.iter().map(|found| found.trail.iter().map(step).collect()).collect(),
    };
    let values: Vec<Value<'static>> = leaf.tests.iter().take(TRIED_MAX).flat_map(values).collect();
    let set = |place: &Vec<Step>, value| Change::set(root, place.clone(), value);
    let put = places
        .iter()
        .flat_map(|place| values.iter().filter_map(move |value| set(place, value.clone())));
    let mut all: Vec<Change> = put.collect();
    if leaf.takes_absence() {
        // A whole array goes, not one of its elements.
        let member = |place: &Vec<Step>| {
            place.iter().take_while(|step| matches!(step, Step::Name(_))).cloned().collect()
        };
        all.extend(places.iter().map(|place| Change::remove(member(place))));
    }
    all
}

fn step(step: &Walked<'_, '_>) -> Step {
    match step {
        Walked::Member(name) => Step::Name((*name).to_owned()),
        Walked::Element(pin) => Step::Index(pin.index),
        Walked::Scalar(index) => Step::Index(*index),
    }
}

/// Values that the test may accept.
fn values(test: &Test) -> Vec<Value<'static>> {
    let text = |text: &str| vec![Value::String(Cow::Owned(text.to_owned()))];
    match test {
        Test::Null => vec![Value::Null],
        Test::Bool(wanted) => vec![Value::Bool(*wanted)],
        Test::Number(number) => as_number(&number.text).map(Value::Number).into_iter().collect(),
        Test::Text(wanted) | Test::Address(_, wanted) | Test::AnyCase(wanted) => text(wanted),
        Test::Prefix(wanted, _) | Test::Suffix(wanted, _) => text(wanted),
        Test::Wildcard(_, wanted) => text(&without_stars(wanted)),
        Test::Cidr(block) => block.text.split('/').take(1).flat_map(text).collect(),
        Test::Numeric(range) => {
            let bounds = range.terms.iter().filter_map(|(_, bound)| as_number(&bound.text));
            bounds.flat_map(around).collect()
        }
        Test::AnythingBut(_) => text("other"),
        Test::Exists(true) => vec![Value::Bool(true)],
        Test::Exists(false) => Vec::new(),
    }
}

fn as_number(text: &str) -> Option<Number<'static>> {
    Number::parse(text.to_owned())
}

/// A bound and the whole numbers beside it.
fn around(bound: Number<'static>) -> impl Iterator<Item = Value<'static>> {
    let (above, below) = (beside(&bound, 1), beside(&bound, -1));
    [Some(Value::Number(bound)), above, below].into_iter().flatten()
}

/// A wildcard with nothing where its stars are.
fn without_stars(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => {}
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}
