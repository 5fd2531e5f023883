//! One delivery on its way, and what its target is given: the same on one machine and on AWS.

use crate::StoredEvent;
use eventyard_event::json::Value;
use eventyard_event::{Data, Travel};
use eventyard_rules::{Envelope, Planned};
use jiff::Timestamp;
use std::borrow::Cow;

/// One delivery on its way.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// The event with what is known of its acceptance.
    pub event: &'a StoredEvent,
    /// The delivery as it was planned: id, rule, payload, group, URL.
    pub planned: &'a Planned,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The body that goes instead of the planned one, given with a redrive.
    pub edit: Option<&'a str>,
    /// The time of this attempt.
    pub sent_at: Timestamp,
}

impl<'a> Parcel<'a> {
    /// The hops that travel with it: one more than the event came with.
    #[must_use]
    pub fn hops(&self) -> u32 {
        self.event.event.hops().saturating_add(1)
    }

    /// What stands in the place of the event, if anything: the edit, else what the rule's transform
    /// made.
    #[must_use]
    pub fn written(&self) -> Option<&'a str> {
        self.edit.or(self.planned.payload.body())
    }

    /// The body the target receives: what was [written](Self::written), else the event as structured
    /// CloudEvents JSON with its hops.
    #[must_use]
    pub fn body(&self) -> Cow<'a, str> {
        self.body_with(Travel::default())
    }

    /// The body for a target whose messages carry nothing beside it (Lambda, Kinesis): as
    /// [`body`](Self::body), and the event names its delivery id.
    #[must_use]
    pub fn self_contained(&self) -> Cow<'a, str> {
        self.body_with(Travel { delivery: Some(self.planned.id), ..Travel::default() })
    }

    fn body_with(&self, travel: Travel<'_>) -> Cow<'a, str> {
        match self.written() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.event.event.delivered(&travel)),
        }
    }

    /// What travels beside the body where a message has attributes: delivery id, hops, and the id of the
    /// event as the cause of what its receiver does.
    #[must_use]
    pub fn attributes(&self) -> [(&'static str, String); 3] {
        [
            ("eventyard-delivery", self.planned.id.to_string()),
            ("eventyard-hops", self.hops().to_string()),
            ("eventyard-cause", self.event.event.id().to_owned()),
        ]
    }

    /// The `detail` for an EventBridge bus: what was [written](Self::written), else the event's data, or
    /// with [`Envelope::CloudEvents`] the whole event, [self-contained](Self::self_contained).
    ///
    /// `detail` is a JSON object, so data that is none goes with the whole event, which says what it is.
    /// What was written goes as it is.
    #[must_use]
    pub fn detail(&self, envelope: Envelope) -> Cow<'a, str> {
        if envelope == Envelope::CloudEvents || self.written().is_some() {
            return self.self_contained();
        }
        match self.event.event.data() {
            Data::Json(text) if text.trim_start().starts_with('{') => Cow::Borrowed(text),
            Data::None => Cow::Borrowed("{}"),
            Data::Json(_) | Data::Text(_) | Data::Binary(_) => self.self_contained(),
        }
    }

    /// The `resources` that the event came with from EventBridge, for an EventBridge bus.
    #[must_use]
    pub fn resources(&self) -> Vec<String> {
        let root = self.event.event.root();
        let resources = root.get("eventbridge").and_then(|members| members.get("resources"));
        let texts = resources.and_then(Value::as_array).into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
