//! A parcel for an AWS target as a message of the embedded queue of its name.
//!
//! The message is what a consumer behind the real target would see: the CloudEvents document, the
//! transform, or for EventBridge the event in EventBridge's own shape. Delivery id, hops and cause
//! travel as attributes, so that a loop through any queue is counted.

use crate::queues::{
    Attribute, Attributes, Body, Enqueued, NewMessage, QueueError, QueueName, Queues,
};
use eventyard_bus::{Cause, Parcel, Sent};
use eventyard_event::Limits;
use eventyard_event::json::{Object, Value, parse};
use eventyard_rules::{Envelope, Resource, Target, TargetKind};

/// The account and region of what an embedded EventBridge target sends.
const ACCOUNT: &str = "000000000000";
const REGION: &str = "local";

/// Sends all parcels in one commit; each is taken or refused on its own.
pub(super) async fn send(queues: &Queues, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
    let Some(first) = parcels.first() else { return Vec::new() };
    let queue = match queue_name(&target.kind) {
        Ok(queue) => queue,
        Err(cause) => return vec![Sent::Park { cause }; parcels.len()],
    };
    let messages = parcels.iter().map(|parcel| message(target, &queue, parcel)).collect();
    match queues.push(&queue, messages, first.sent_at).await {
        Ok(results) => {
            results.into_iter().map(|result| result.map_or_else(refused, taken)).collect()
        }
        Err(error) => vec![refused(error); parcels.len()],
    }
}

fn taken(_: Enqueued) -> Sent {
    Sent::Delivered
}

/// A store that fails may recover; a message that the queue refuses it will always refuse.
fn refused(error: QueueError) -> Sent {
    let message = error.to_string();
    match error {
        QueueError::Store(_) => {
            Sent::Retry { cause: Cause::new("StoreUnavailable", message), after: None }
        }
        _ => Sent::Park { cause: Cause::new("MessageRefused", message) },
    }
}

/// The queue that stands in for a target.
///
/// # Errors
/// The cause to park with when the resource's name is none for a queue.
pub(crate) fn queue_name(kind: &TargetKind) -> Result<QueueName, Cause> {
    match kind.resource() {
        Some(resource) => input_queue(resource),
        None => Err(Cause::new("QueueNameNotValid", "the target has no name for a queue")),
    }
}

/// The queue that stands in for a resource: of the same name, without a function's version.
///
/// # Errors
/// As [`queue_name`].
pub(crate) fn input_queue(resource: &Resource) -> Result<QueueName, Cause> {
    let name = resource.name().split(':').next().unwrap_or_default();
    name.parse().map_err(|_| {
        Cause::new("QueueNameNotValid", format!("no embedded queue can be named `{name}`"))
    })
}

fn message(target: &Target, queue: &QueueName, parcel: &Parcel<'_>) -> NewMessage {
    let event = &parcel.event.event;
    let is_fifo = queue.is_fifo();
    let envelope = match parcel.written() {
        _ if matches!(target.kind, TargetKind::EventBridge { .. }) => {
            Body::Text(eventbridge(parcel, target.envelope))
        }
        Some(text) => Body::Text(text.to_owned()),
        // What the log has is without its mark.
        None if parcel.event.replayed.is_some() => Body::Text(match in_payload(&target.kind) {
            true => parcel.self_contained().into_owned(),
            false => parcel.body().into_owned(),
        }),
        None => Body::Event {
            identity: event.identity(),
            hops: event.hops(),
            delivery: parcel.planned.id,
            self_contained: in_payload(&target.kind),
        },
    };
    let attributes = match envelope {
        Body::Text(_) => attributes(parcel),
        // Made when it is received, from what the reference says.
        Body::Event { .. } => Attributes::new(),
    };
    NewMessage {
        attributes,
        group: parcel.planned.group.clone(),
        deduplication: is_fifo.then(|| parcel.planned.id.to_string()),
        ..NewMessage::new(envelope)
    }
}

/// Whether the delivery id is in the payload, since the real target's messages carry nothing
/// beside it.
fn in_payload(kind: &TargetKind) -> bool {
    matches!(kind, TargetKind::Lambda { .. } | TargetKind::Kinesis { .. })
}

/// What travels beside the body.
fn attributes(parcel: &Parcel<'_>) -> Attributes {
    let texts = parcel.attributes().into_iter();
    texts.map(|(name, text)| (name.to_owned(), Attribute::text(text))).collect()
}

/// The event as a rule of the bus it was put on would see it, with a new id.
fn eventbridge(parcel: &Parcel<'_>, envelope: Envelope) -> String {
    let event = &parcel.event.event;
    let text = parcel.detail(envelope);
    let limits = Limits { event_bytes: usize::MAX, ..Limits::default() };
    // Only what a person wrote can be no JSON.
    let detail = match parse(text.as_bytes(), &limits) {
        Ok(document) => document.root,
        Err(_) => Value::from(&*text),
    };
    let time = event.time().map_or_else(|| parcel.event.accepted_at.to_string(), str::to_owned);
    let mut object = Object::default();
    object.insert("version", Value::from("0"));
    object.insert("id", Value::String(uuid::Uuid::new_v4().to_string().into()));
    object.insert("detail-type", Value::from(event.event_type()));
    object.insert("source", Value::from(event.source()));
    object.insert("account", Value::from(ACCOUNT));
    object.insert("time", Value::String(time.into()));
    object.insert("region", Value::from(REGION));
    let resources = parcel.resources().into_iter().map(|arn| Value::String(arn.into()));
    object.insert("resources", Value::Array(resources.collect()));
    object.insert("detail", detail);
    Value::Object(object).to_string()
}
