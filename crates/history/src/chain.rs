//! Which event caused which: the chain that an event is in.
//!
//! An event names its cause with `causationid`, and the whole it is part of with `correlationid`. Effects are
//! accepted after their causes, so one look at the log from the first of a chain on finds all of it.

use std::collections::{BTreeMap, BTreeSet};

use eventyard_event::Event;
use serde::Serialize;

/// Events of one chain, in the order in which they were looked at.
///
/// Memory: the events of the chain.
#[derive(Debug, Default)]
pub struct Chain {
    ids: BTreeSet<String>,
    correlation: Option<String>,
    events: Vec<Event>,
}

/// An event of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link<'c> {
    /// How many events of the chain lead to it.
    pub depth: usize,
    /// The id of its cause, where that is in the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'c str>,
    /// The CloudEvents object.
    pub event: &'c Event,
}

impl Chain {
    /// The chain of which the event `first` is the first, and to which all events of this correlation belong.
    #[must_use]
    pub fn new(first: &str, correlation: Option<&str>) -> Self {
        let ids = BTreeSet::from([first.to_owned()]);
        Self { ids, correlation: correlation.map(str::to_owned), events: Vec::new() }
    }

    /// Looks at the next event of the log: it is of the chain when it is the first, when its cause is, or when
    /// it has the chain's correlation. Says whether it is.
    pub fn look(&mut self, event: Event) -> bool {
        let is_caused = event.causation().is_some_and(|cause| self.ids.contains(cause));
        let is_part =
            self.correlation.is_some() && event.correlation() == self.correlation.as_deref();
        let is_ours = is_caused || is_part || self.ids.contains(event.id());
        if is_ours {
            self.ids.insert(event.id().to_owned());
            self.events.push(event);
        }
        is_ours
    }

    /// The events so that each stands behind its cause, and those of one cause in the order of the log. About
    /// linear in the events.
    #[must_use]
    pub fn links(&self) -> Vec<Link<'_>> {
        let ids: BTreeSet<&str> = self.events.iter().map(Event::id).collect();
        let mut effects: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, event) in self.events.iter().enumerate() {
            if let Some(cause) = event.causation() {
                effects.entry(cause).or_default().push(index);
            }
        }
        // First those that nothing in the chain caused; what a ring of causes leaves comes at the end.
        let all = || self.events.iter().enumerate();
        let roots =
            all().filter(|(_, event)| cause_of(event, &ids).is_none()).map(|(index, _)| index);
        let starts: Vec<usize> = roots.chain(all().map(|(index, _)| index)).collect();
        let mut placed = vec![false; self.events.len()];
        let mut links = Vec::with_capacity(self.events.len());
        let mut next: Vec<(usize, usize)> = Vec::new();
        for start in starts {
            next.push((start, 0));
            while let Some((index, depth)) = next.pop() {
                let (Some(is_placed), Some(event)) =
                    (placed.get_mut(index), self.events.get(index))
                else {
                    continue;
                };
                if std::mem::replace(is_placed, true) {
                    continue;
                }
                links.push(Link { depth, cause: cause_of(event, &ids), event });
                let caused = effects.get(event.id()).into_iter().flatten().rev();
                next.extend(caused.map(|index| (*index, depth.saturating_add(1))));
            }
        }
        links
    }
}

/// The cause of an event, where it is among these and not the event itself.
fn cause_of<'c>(event: &'c Event, ids: &BTreeSet<&str>) -> Option<&'c str> {
    event.causation().filter(|cause| *cause != event.id() && ids.contains(cause))
}
