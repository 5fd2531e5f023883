//! EventBridge: [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html),
//! at most 10 entries and 1 MiB in all, counted as ["Calculating event entry
//! size"](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html) says.
//!
//! A bus that does not exist takes everything and says nothing: no answer tells.

use super::batch::{Entry, Limits};
use super::drive::Service;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use eventyard_bus::{Parcel, Sent};
use eventyard_rules::{Envelope, Resource};
use std::borrow::Cow;

/// What an entry's time counts for.
const TIME_BYTES: usize = 14;

/// One event bus.
pub(super) struct EventBus<'t> {
    pub(super) client: Client,
    pub(super) bus: &'t Resource,
    pub(super) envelope: Envelope,
}

impl Service for EventBus<'_> {
    fn limits(&self) -> Limits {
        Limits { entries: 10, bytes: 1_048_576 }
    }

    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.detail(self.envelope)
    }

    fn beside(&self, parcel: &Parcel<'_>) -> usize {
        let event = &parcel.event.event;
        let resources: usize = parcel.resources().iter().map(String::len).sum();
        TIME_BYTES + event.source().len() + event.event_type().len() + resources
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let events = entries.iter().map(|entry| self.event(entry)).collect();
        let answer = self.client.put_events().set_entries(Some(events)).send().await;
        let answer = answer.map_err(|error| Fault::of(&error))?;
        Ok(BatchOutcome::in_order(entries.len(), answer.entries().iter().map(judge)))
    }
}

impl EventBus<'_> {
    fn event(&self, entry: &Entry<'_>) -> PutEventsRequestEntry {
        let stored = entry.parcel.event;
        let time = stored.event.timestamp().unwrap_or(stored.accepted_at);
        PutEventsRequestEntry::builder()
            .event_bus_name(self.bus.as_str())
            .source(stored.event.source())
            .detail_type(stored.event.event_type())
            .set_time(DateTime::from_nanos(time.as_nanosecond()).ok())
            .set_resources(Some(entry.parcel.resources()))
            .detail(&*entry.body)
            .build()
    }
}

/// An entry has an id, or the code of why it has none.
fn judge(entry: &PutEventsResultEntry) -> Sent {
    match (entry.event_id(), entry.error_code()) {
        (_, Some(code)) => Fault::of_entry(code, entry.error_message(), false).into_sent(),
        (Some(_), None) => Sent::Delivered,
        (None, None) => Fault::of_entry("NoAnswer", None, false).into_sent(),
    }
}
