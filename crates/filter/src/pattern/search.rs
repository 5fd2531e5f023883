//! The answer of a pattern: which values of a document make it match.
//!
//! The fields of one combination are taken in the order of their paths. Each takes a value that one of
//! its alternatives accepts and that lies in the elements of arrays which the fields before it have
//! chosen. A field that allows absence is absent when no such value exists at all. That is how
//! EventBridge decides, and why the order of paths is part of its meaning (for `exists: false` inside
//! arrays of objects).
use std::collections::HashSet;
use std::ops::Range;

use eventyard_event::json::Value;

use super::leaf::Leaf;
use super::walk::{self, Found, Pin, Step};

/// Failed choices after which the search of one combination gives up.
///
/// Every field and element of a one-megabyte document has room below it. Beyond it lead only documents
/// that spell one path in several ways with an array in each, where choices multiply, and patterns of
/// hundreds of fields that ask for absence inside arrays of tens of thousands of elements.
const STATES_MAX: usize = 250_000;

/// For each field of the combination that matched: its number, and its value or none where it is absent.
pub(super) type Witness<'v, 'p> = Vec<(usize, Option<Found<'v, 'p>>)>;

/// What makes `root` match, if anything does. Fields whose number is in `granted` are taken to hold.
///
/// What has failed once is remembered and not tried again, and there are at most [`STATES_MAX`] such
/// failures; then the answer is none.
pub(super) fn find<'v, 'p>(
    leaves: &'p [Leaf],
    combinations: &'p [Vec<usize>],
    granted: &Range<usize>,
    root: &'v Value<'v>,
) -> Option<Witness<'v, 'p>> {
    if !matches!(root, Value::Object(_)) {
        return None;
    }
    combinations.iter().find_map(|combination| {
        let fields = combination
            .iter()
            .filter(|number| !granted.contains(number))
            .filter_map(|number| Some((*number, leaves.get(*number)?)))
            .collect();
        let mut search = Search { root, fields, failed: HashSet::new() };
        let mut witness = search.step(0, Vec::new())?;
        witness.reverse();
        Some(witness)
    })
}

/// Whether some combination is not refused by the members that are known.
pub(super) fn may_match(
    leaves: &[Leaf],
    combinations: &[Vec<usize>],
    known: &[(&str, &Value<'_>)],
) -> bool {
    let refused = |leaf: &Leaf| {
        known.iter().any(|(name, value)| match leaf.place.strip_prefix(name) {
            Some("") => !may_hold(leaf, &walk::held(value)),
            Some(rest) => rest
                .strip_prefix('.')
                .is_some_and(|rest| !may_hold(leaf, &walk::scalars(value, rest, &[]))),
            None => false,
        })
    };
    combinations.iter().any(|combination| {
        !combination.iter().filter_map(|number| leaves.get(*number)).any(refused)
    })
}

/// Whether the field holds for some choice of the other fields: what lies in an array is absent when they
/// choose another element of it.
fn may_hold(leaf: &Leaf, found: &[Found<'_, '_>]) -> bool {
    let in_array =
        |found: &Found<'_, '_>| found.trail.iter().any(|step| matches!(step, Step::Element(_)));
    holds_alone(leaf, found) || (leaf.takes_absence() && found.iter().all(in_array))
}

/// Whether the field holds when no other field is regarded, given all its values.
pub(super) fn holds_alone(leaf: &Leaf, found: &[Found<'_, '_>]) -> bool {
    match found {
        [] => leaf.takes_absence(),
        found => found.iter().any(|found| leaf.accepts(found.value)),
    }
}

struct Search<'v, 'p> {
    root: &'v Value<'v>,
    fields: Vec<(usize, &'p Leaf)>,
    /// From which field on, with which elements chosen, there is no match.
    failed: HashSet<(usize, Vec<Pin<'v, 'p>>)>,
}

impl<'v, 'p> Search<'v, 'p> {
    /// The values of the fields from `position` on, last field first.
    fn step(&mut self, position: usize, pins: Vec<Pin<'v, 'p>>) -> Option<Witness<'v, 'p>> {
        let Some((number, leaf)) = self.fields.get(position).copied() else {
            return Some(Vec::new());
        };
        let pins = self.concerning(position, pins);
        let state = (position, pins);
        if self.failed.len() >= STATES_MAX || self.failed.contains(&state) {
            return None;
        }
        let found = walk::scalars(self.root, &leaf.place, &state.1);
        if found.is_empty()
            && leaf.takes_absence()
            && let Some(mut witness) = self.step(position.saturating_add(1), state.1.clone())
        {
            witness.push((number, None));
            return Some(witness);
        }
        for found in found.into_iter().filter(|found| leaf.accepts(found.value)) {
            let pins = join(&state.1, &found);
            if let Some(mut witness) = self.step(position.saturating_add(1), pins) {
                witness.push((number, Some(found)));
                return Some(witness);
            }
        }
        self.failed.insert(state);
        None
    }

    /// The pins that still matter to the fields from `position` on: the others would only keep apart
    /// states that are the same.
    fn concerning(&self, position: usize, mut pins: Vec<Pin<'v, 'p>>) -> Vec<Pin<'v, 'p>> {
        pins.retain(|pin| {
            self.fields.iter().skip(position).any(|(_, leaf)| pin.concerns(&leaf.place))
        });
        pins
    }
}

/// The pins so far and those of the value that was taken.
fn join<'v, 'p>(pins: &[Pin<'v, 'p>], found: &Found<'v, 'p>) -> Vec<Pin<'v, 'p>> {
    let mut joined = pins.to_vec();
    for step in &found.trail {
        match step {
            Step::Element(pin) if !joined.contains(pin) => joined.push(*pin),
            _ => {}
        }
    }
    joined
}
