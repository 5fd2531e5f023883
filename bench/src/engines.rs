//! An engine with its rules and its events, behind one call for each event.

use anyhow::{Context as _, Result, anyhow};
use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Filter, Matcher, Pattern, View};
use quamina::{Quamina, QuaminaBuilder};

use crate::heap::{self, Build};

/// The number of rules that take the event of this number; their own numbers go to the list, if there is one.
pub type Answer<'a> = Box<dyn FnMut(usize, Option<&mut Vec<usize>>) -> usize + 'a>;

/// One row of a table before it is measured.
pub struct Engine<'a> {
    pub name: String,
    /// What building its rules cost, and how many they are.
    pub built: Option<(Build, usize)>,
    pub answer: Answer<'a>,
}

impl<'a> Engine<'a> {
    /// An engine that has nothing to build, and answers with a number only.
    pub fn counting(name: &str, mut count: impl FnMut(usize) -> usize + 'a) -> Self {
        Self { name: name.into(), built: None, answer: Box::new(move |event, _| count(event)) }
    }
}

/// A rule as text.
pub enum Text {
    When(String),
    Pattern(String),
}

impl Text {
    fn compile(&self) -> Result<Filter> {
        let mut filter = Filter::default();
        match self {
            Self::When(text) => {
                filter.when =
                    Some(Condition::parse(text).map_err(|error| anyhow!("{text}: {error}"))?)
            }
            Self::Pattern(text) => {
                let pattern = Pattern::parse_json(text, View::Raw);
                filter.pattern = Some(pattern.map_err(|error| anyhow!("{text}: {error}"))?);
            }
        }
        Ok(filter)
    }
}

/// Our matcher over the rules, whose texts are made on the way: only what it keeps is counted.
pub struct Ours {
    matcher: Matcher,
    built: (Build, usize),
}

impl Ours {
    pub fn build(rules: usize, text: impl Fn(usize) -> Text) -> Result<Self> {
        let (matcher, build) = heap::measure(|| -> Result<Matcher> {
            let filters: Result<Vec<Filter>> =
                (0..rules).map(|rule| text(rule).compile()).collect();
            Matcher::new(filters?).context("our matcher")
        });
        Ok(Self { matcher: matcher?, built: (build, rules) })
    }

    /// Events that were read before, as on the bus: one cursor that keeps its memory.
    pub fn checked<'a>(&'a self, form: &str, events: &'a [json::Checked<'a>]) -> Engine<'a> {
        let mut cursor = self.matcher.cursor();
        let answer = move |event: usize, list: Option<&mut Vec<usize>>| {
            let hits = cursor.matches(&events[event]);
            if let Some(list) = list {
                list.extend_from_slice(hits);
            }
            hits.len()
        };
        self.engine(format!("ours{form}, checked"), Box::new(answer))
    }

    /// Events as bytes: read, then matched.
    pub fn unchecked<'a>(&'a self, form: &str, events: &'a [&'a [u8]]) -> Engine<'a> {
        let limits = Limits::default();
        let answer = move |event: usize, list: Option<&mut Vec<usize>>| {
            let hits = self.matcher.matches_unchecked(events[event], &limits).unwrap_or_default();
            let count = hits.len();
            if let Some(list) = list {
                list.extend(hits);
            }
            count
        };
        self.engine(format!("ours{form}, from bytes"), Box::new(answer))
    }

    fn engine<'a>(&self, name: String, answer: Answer<'a>) -> Engine<'a> {
        Engine { name, built: Some(self.built), answer }
    }
}

/// Quamina over the rules; an error when it refuses one.
///
/// It freezes its automaton at the first event, which therefore counts as building. Its default
/// limits on memory would refuse large sets that it can hold.
pub fn quamina<'a>(
    rules: usize,
    text: impl Fn(usize) -> String,
    events: &'a [&'a [u8]],
) -> Result<Engine<'a>> {
    let (engine, build) = heap::measure(|| -> Result<Quamina<usize>> {
        let mut engine = QuaminaBuilder::<usize>::new()
            .with_arena_byte_budget(8 << 30)
            .with_max_states_per_pattern(1 << 28)
            .build()
            .map_err(|error| anyhow!("{error}"))?;
        for rule in 0..rules {
            engine.add_pattern(rule, &text(rule)).map_err(|error| anyhow!("{error}"))?;
        }
        engine.matches_for_event(events[0]).map_err(|error| anyhow!("{error}"))?;
        Ok(engine)
    });
    let engine = engine?;
    let answer = move |event: usize, list: Option<&mut Vec<usize>>| {
        let hits = engine.matches_for_event(events[event]).unwrap_or_default();
        let count = hits.len();
        if let Some(list) = list {
            list.extend(hits);
        }
        count
    };
    let name = "quamina 0.7.0, from bytes".into();
    Ok(Engine { name, built: Some((build, rules)), answer: Box::new(answer) })
}
