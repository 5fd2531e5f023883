//! What a field of a pattern says about the values that it looks at.

use eventyard_event::json::Value;
use eventyard_filter::View;
use eventyard_filter::pattern::{Bound, FieldOutline, TestOutline};

use super::cases::Steps;
use super::cut::{NumberCut, TextCut};
use super::intervals::Intervals;
use super::values::{MISSING, Values};

/// Attributes that are a string wherever they are (CloudEvents 1.0.2 §3.1).
const REQUIRED: [&str; 4] = ["id", "source", "specversion", "type"];
const OPTIONAL: [&str; 4] = ["datacontenttype", "dataschema", "subject", "time"];

/// A field: some scalar at its place is in a set, or none is there.
pub(super) struct Field {
    pub place: String,
    /// The place when no array lies on the way and no name has a dot.
    pub steps: Steps,
    /// How many names the place has.
    pub depth: usize,
    /// Whether the place is an attribute of events, at which no array can be.
    pub attribute: bool,
    /// It does not hold with a value outside of these; absence is one.
    pub over: Values,
    /// It holds with each value of these.
    pub under: Values,
    outline: FieldOutline,
}

impl Field {
    pub(super) fn new(outline: FieldOutline, view: View) -> Self {
        let steps: Steps = outline.place.split('.').map(step).collect();
        let known = |names: &[&str]| view == View::Event && names.contains(&outline.place.as_str());
        let (over, under) = any_of(&outline.tests);
        Self {
            place: outline.place.clone(),
            depth: steps.len(),
            attribute: known(&REQUIRED) || known(&OPTIONAL),
            steps,
            over,
            under,
            outline,
        }
    }

    /// Whether it holds with this value, or with absence.
    pub(super) fn takes(&self, value: Option<&Value<'_>>) -> bool {
        value.map_or_else(|| self.outline.takes_absence(), |value| self.outline.accepts(value))
    }

    /// The same for fields that mean the same.
    pub(super) fn key(&self) -> String {
        self.outline.key()
    }

    /// Strings that it may take and no set says.
    pub(super) fn hints(&self) -> impl Iterator<Item = &str> {
        let hint = |test: &'_ TestOutline| matches!(test, TestOutline::Strings(_));
        let tests = self.outline.tests.iter().filter(move |test| hint(test));
        tests.filter_map(|test| {
            if let TestOutline::Strings(text) = test { Some(text.as_str()) } else { None }
        })
    }
}

/// What may stand at a path of an event before any filter is regarded.
pub(super) fn anything(steps: &[String], view: View) -> Values {
    let name = match steps {
        [one] if view == View::Event => {
            one.strip_prefix("['").and_then(|one| one.strip_suffix("']"))
        }
        _ => None,
    };
    let named = |names: &[&str]| name.is_some_and(|name| names.contains(&name));
    match steps {
        [] if view == View::Event => Values::of_kinds(super::values::OBJECT),
        [] => Values::missing().not(),
        _ if named(&REQUIRED) => Values::all_strings(),
        _ if named(&OPTIONAL) => Values::all_strings().or(&Values::missing()),
        _ => Values::all(),
    }
}

/// A name as normalized paths have it.
pub(super) fn step(name: &str) -> String {
    format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// What the alternatives take at most, and what they take for certain.
fn any_of(tests: &[TestOutline]) -> (Values, Values) {
    let none = (Values::none(), Values::none());
    tests.iter().map(one).fold(none, |all, one| (all.0.or(&one.0), all.1.or(&one.1)))
}

fn one(test: &TestOutline) -> (Values, Values) {
    let exact = |values: Values| (values.clone(), values);
    match test {
        TestOutline::Null => exact(Values::null()),
        TestOutline::Bool(value) => exact(Values::bool(*value)),
        TestOutline::Number(value) if value.is_finite() => {
            let (low, high) = (NumberCut::low(*value), NumberCut::high(*value));
            exact(Values::numbers(Intervals::between(low, high)))
        }
        TestOutline::Number(_) => (Values::numbers(Intervals::all()), Values::none()),
        TestOutline::Text(text) => exact(Values::text(text)),
        TestOutline::Prefix(text) => {
            let (from, to) = (TextCut::before(text), TextCut::after_all(text));
            exact(Values::strings(Intervals::between(from, to)))
        }
        TestOutline::Range(bounds) => exact(Values::numbers(range(bounds))),
        TestOutline::Exists(true) => exact(Values::scalars()),
        TestOutline::Exists(false) => exact(Values::of_kinds(MISSING)),
        TestOutline::Strings(_) => (Values::all_strings(), Values::none()),
        TestOutline::AnythingBut(refused) => {
            let (most, certain) = any_of(refused);
            (Values::scalars().and(&certain.not()), Values::scalars().and(&most.not()))
        }
    }
}

fn range(bounds: &[Bound]) -> Intervals<NumberCut> {
    bounds.iter().fold(Intervals::all(), |numbers, bound| {
        let below = bound.above == bound.closed;
        let cut = if below { NumberCut::low(bound.value) } else { NumberCut::high(bound.value) };
        let above = Intervals::from(cut);
        numbers.and(&if bound.above { above } else { above.not() })
    })
}
