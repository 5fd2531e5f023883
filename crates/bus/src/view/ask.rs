//! Which events, which parked deliveries.

use crate::{Delivery, Hints, ParkedCursor};
use eventyard_event::Event;
use eventyard_rules::{RuleName, TargetName};
use jiff::Timestamp;

/// Which events; the default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Only those of this type.
    pub event_type: Option<String>,
    /// Only those of this source.
    pub source: Option<String>,
    /// Only those with this subject.
    pub subject: Option<String>,
    /// Only those accepted at this time or later.
    pub since: Option<Timestamp>,
    /// Only those after the event of this sequence number, in a store that numbers its events.
    pub after: Option<u64>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl EventFilter {
    /// The attributes that are asked for.
    #[must_use]
    pub fn hints(&self) -> Hints {
        let Self { event_type, source, subject, .. } = self.clone();
        Hints { event_type, source, subject, correlation: None }
    }

    /// Whether type, source and subject of an event are those that are asked for.
    #[must_use]
    pub fn takes(&self, event: &Event) -> bool {
        self.event_type.as_deref().is_none_or(|text| text == event.event_type())
            && self.source.as_deref().is_none_or(|text| text == event.source())
            && (self.subject.is_none() || self.subject.as_deref() == event.subject())
    }
}

/// Which parked deliveries; the default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParkedFilter {
    /// Only those for this target.
    pub target: Option<TargetName>,
    /// Only those of this rule.
    pub rule: Option<RuleName>,
    /// Only those after this place.
    pub after: Option<ParkedCursor>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl ParkedFilter {
    /// Whether target and rule of a delivery are those that are asked for.
    #[must_use]
    pub fn takes(&self, delivery: &Delivery) -> bool {
        self.target.as_ref().is_none_or(|target| *target == delivery.target)
            && self.rule.as_ref().is_none_or(|rule| *rule == delivery.rule)
    }
}
