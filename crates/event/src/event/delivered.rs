//! The document with members exchanged: as a consumer gets it, or with another hop count.

use std::fmt::Write;

use super::{EVENTBRIDGE, Event, EventError, HOPS};
use crate::json::{self, Value};
use crate::{DeliveryId, Limits};

/// What the delivered copy of an event says about its journey.
#[derive(Debug, Clone, Copy, Default)]
pub struct Travel<'a> {
    /// Hops known from elsewhere; the copy says one more than the larger of this and
    /// [`Event::hops`].
    pub hops: u32,
    /// The delivery's id, as the extension attribute `eventyarddelivery`: for targets whose
    /// messages carry nothing beside the body.
    pub delivery: Option<DeliveryId>,
    /// The replay's name, as the extension attribute `replay`.
    pub replay: Option<&'a str>,
}

impl Event {
    /// The event as a consumer gets it: structured CloudEvents JSON on its way once more. The
    /// member `eventbridge` stays behind, for an extension may not be an object; every other
    /// value is as it was sent.
    ///
    /// ```
    /// use eventyard_event::{Event, Limits, Travel};
    /// let event = Event::builder("1", "shop", "OrderPlaced").build(&Limits::default()).unwrap();
    /// assert!(event.delivered(&Travel::default()).contains(r#""eventyardhops":1"#));
    /// ```
    pub fn delivered(&self, travel: &Travel<'_>) -> String {
        let hops = self.hops().max(travel.hops).saturating_add(1).min(HOPS_MAX);
        let mut added = vec![(HOPS, hops.to_string())];
        if let Some(delivery) = travel.delivery {
            added.push((DELIVERY, format!("\"{delivery}\"")));
        }
        if let Some(replay) = travel.replay {
            added.push(("replay", Value::from(replay).to_string()));
        }
        // A delivery id that came with the event is of the delivery that brought it here.
        rewritten(&self.document, &[EVENTBRIDGE, DELIVERY], &added)
    }

    /// The same event, marked with the name of the replay that delivers it again, as the extension attribute
    /// `replay`. The identity and the digest stay.
    #[must_use]
    pub fn replayed(self, name: &str) -> Self {
        let name = Value::from(name).to_string();
        self.with_member("replay", name)
    }

    /// The same event, having travelled `hops` hops. The identity and the digest stay.
    #[must_use]
    pub fn with_hops(self, hops: u32) -> Self {
        let hops = hops.min(HOPS_MAX);
        if hops == self.hops() {
            return self;
        }
        self.with_member(HOPS, hops.to_string())
    }

    /// The event with an extension attribute of ours, given as JSON.
    fn with_member(self, name: &str, value: String) -> Self {
        let document = rewritten(&self.document, &[], &[(name, value)]);
        let event = json::parse_spanned(document.as_bytes(), &Limits::checked())
            .map_err(EventError::from)
            .and_then(Self::from_spanned);
        // INVARIANT (event-document): only a count or a name changed, so the document is an event still.
        match event {
            Ok(event) => Self { duplicates: self.duplicates, ..event },
            Err(_) => self,
        }
    }
}

/// The extension attribute that names the delivery.
const DELIVERY: &str = "eventyarddelivery";
/// The largest integer of CloudEvents (§2.4).
const HOPS_MAX: u32 = i32::MAX.unsigned_abs();

/// The document without the members `dropped`, and with those `added` (name and JSON) at its end.
fn rewritten(document: &str, dropped: &[&str], added: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(document.len() + 96);
    let Ok(spanned) = json::parse_spanned(document.as_bytes(), &Limits::checked()) else {
        return document.to_owned();
    };
    let members = spanned.document.root.as_object().into_iter().flat_map(json::Object::iter);
    for ((name, _), span) in members.zip(&spanned.spans) {
        if !dropped.contains(&name) && !added.iter().any(|(other, _)| *other == name) {
            member(&mut out, name, document.get(span.clone()).unwrap_or("null"));
        }
    }
    for (name, value) in added {
        member(&mut out, name, value);
    }
    out.push('}');
    out
}

/// Writes one member of an object, and what stands before it.
pub(crate) fn member(out: &mut String, name: &str, value: &str) {
    out.push(if out.is_empty() { '{' } else { ',' });
    // Writing to a string does not fail.
    let _ = json::write_string(name, out);
    let _ = write!(out, ":{value}");
}
