//! Part of a request on its way into the log: its events, and the refusals between them.
//!
//! In: frames, or decoded events. Out: the events to accept, and once it is known what became of
//! them, one result for every event or refusal, in input order.

use crate::{EventRefusal, EventResult, Frame, Results};
use eventyard_bus::Acceptance;
use eventyard_event::decode::{DecodeError, Received};
use eventyard_event::json::{JsonError, JsonErrorKind};
use eventyard_event::{Event, Limits};
use eventyard_rules::{Refusal, RuleSet};

/// Events and refusals that are answered together.
#[derive(Debug, Default)]
pub struct Batch {
    entries: Vec<Entry>,
    events: Vec<Event>,
    bytes: usize,
}

#[derive(Debug)]
enum Entry {
    Event { id: String },
    Refused(EventRefusal),
}

impl Batch {
    /// Adds the events of a frame, or the reasons why they are none. A document may hold several.
    pub fn read(&mut self, frame: Frame, rules: &RuleSet, limits: &Limits) {
        match frame {
            Frame::Document(document) => {
                self.bytes += document.len();
                let decoded = rules.decode(&Received::new(&document), limits);
                decoded.into_iter().for_each(|decoded| self.push(decoded));
            }
            Frame::TooLarge { bytes } => {
                let limit = limits.event_bytes;
                let kind = JsonErrorKind::TooLarge { bytes, limit };
                let error = DecodeError::from(JsonError { kind, offset: limit });
                self.push(Err(error.into()));
            }
            // No event: the request ends with it.
            Frame::Broken { .. } => {}
        }
    }

    /// Adds one event, or the reason why it is none.
    pub fn push(&mut self, decoded: Result<Event, Refusal>) {
        match decoded {
            Ok(event) => {
                self.entries.push(Entry::Event { id: event.id().to_owned() });
                self.events.push(event);
            }
            Err(refusal) => self.entries.push(Entry::Refused(EventRefusal::from(&refusal))),
        }
    }

    /// How many events and refusals it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has neither an event nor a refusal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of the documents that were read.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Its events, which are the caller's from now on.
    #[must_use]
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Adds its results; `accepted` says what became of each event, in their order.
    pub fn settle(self, accepted: impl IntoIterator<Item = Acceptance>, results: &mut Results) {
        let mut accepted = accepted.into_iter();
        for entry in self.entries {
            match entry {
                Entry::Refused(refusal) => results.push(None, &EventResult::Refused(refusal)),
                Entry::Event { id } => {
                    if let Some(acceptance) = accepted.next() {
                        results.push(Some(&id), &EventResult::Stored(acceptance));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Batch;
    use crate::{Frame, Results};
    use bytes::Bytes;
    use eventyard_bus::Acceptance::{Accepted, Conflict};
    use eventyard_event::Limits;
    use eventyard_rules::{LoadOptions, SourceText, load};
    use serde_json::{Value, json};

    fn document(text: &str) -> Frame {
        Frame::Document(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn results_stand_in_input_order_with_the_refusals_between_the_events() {
        let source = SourceText::new("rules.yaml", "version: 1\ntargets: {}\nrules: []\n");
        let rules = load(&[source], &LoadOptions::default()).unwrap();
        let event = |id: &str| {
            json!({ "specversion": "1.0", "id": id, "source": "s", "type": "t" }).to_string()
        };
        let mut batch = Batch::default();
        for frame in [
            document(&event("1")),
            document("{"),
            Frame::TooLarge { bytes: 2_000_000 },
            document(&format!("[{},{}]", event("2"), event("3"))),
        ] {
            batch.read(frame, &rules, &Limits::default());
        }
        assert_eq!(batch.len(), 5);
        let ids: Vec<_> = batch.take_events().iter().map(|event| event.id().to_owned()).collect();
        assert_eq!(ids, ["1", "2", "3"]);
        let mut results = Results::default();
        batch.settle([Accepted, Conflict, Accepted], &mut results);
        let answer: Value = serde_json::from_str(&results.finish().1).unwrap();
        let word = |at: usize| answer["results"][at]["status"].as_str().unwrap();
        assert_eq!(
            [0, 1, 2, 3, 4].map(word),
            ["accepted", "refused", "refused", "conflict", "accepted"]
        );
        assert_eq!(answer["results"][1]["error"]["offset"], 1);
        assert_eq!(answer["results"][2]["error"]["code"], "E0501");
    }
}
