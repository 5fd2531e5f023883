//! One input queue, emptied in order.

use super::Pumping;
use super::message::{Contents, read};
use crate::engine::Stop;
use crate::engine::clock::until;
use crate::queues::{QueueError, QueueName, QueueSettings, RECEIVE_MAX, ReceivedMessage};
use eventyard_bus::{Accept, Acceptance, Clock, Ledger, Ports, StoreError, Undecodable};
use eventyard_event::Timestamp;
use std::time::Duration;

/// Messages that go into one page: several receives, so that a full queue needs fewer commits.
const ROUND_MESSAGES: usize = 100;
/// How long messages are hidden while their events are accepted.
const HIDDEN: Duration = Duration::from_secs(60);

/// Consumes the queue until the bus stops.
pub(super) async fn run(pumping: Pumping, queue: QueueName, via: String, mut stop: Stop) {
    let mut arrivals = pumping.queues.arrivals(&queue);
    while !stop.is_requested() {
        let rest = match round(&pumping, &queue, &via).await {
            Ok(0) => match idle(&pumping, &queue).await {
                Ok(rest) => rest,
                Err(error) => Some(failed(&pumping, &queue, &error)),
            },
            Ok(_) => continue,
            Err(error) => Some(failed(&pumping, &queue, &error)),
        };
        tokio::select! {
            () = stop.requested() => return,
            _ = arrivals.changed() => {}
            () = tokio::time::sleep(rest.unwrap_or(Duration::MAX)), if rest.is_some() => {}
        }
    }
}

fn failed(pumping: &Pumping, queue: &QueueName, error: &QueueError) -> Duration {
    tracing::warn!(%queue, %error, "input cannot be read");
    pumping.pause
}

/// How long the queue has nothing to receive, if nothing comes.
async fn idle(pumping: &Pumping, queue: &QueueName) -> Result<Option<Duration>, QueueError> {
    match pumping.queues.next_visible(queue).await {
        Ok(at) => Ok(at.map(|at| until(now(pumping), at))),
        Err(QueueError::NotFound(_)) => {
            let settings = QueueSettings::for_name(queue);
            pumping.queues.create(queue, settings, now(pumping)).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Receives some messages, accepts what is in them, deletes them; answers how many there were.
async fn round(pumping: &Pumping, queue: &QueueName, via: &str) -> Result<usize, QueueError> {
    let messages = match receive(pumping, queue).await {
        Err(QueueError::NotFound(_)) => return Ok(0),
        received => received?,
    };
    let contents = accept(pumping, &messages, via).await?;
    for (message, contents) in messages.iter().zip(contents) {
        if let Some(cause) = contents.cause {
            let undecodable = Undecodable {
                via: via.to_owned(),
                message_id: message.message_id.clone(),
                bytes: message.body.clone().into_bytes(),
                cause,
                at: now(pumping),
            };
            pumping.bus.park_undecodable(undecodable).await?;
        }
        match pumping.queues.delete(queue, &message.receipt, now(pumping)).await {
            // It took too long and comes again: as a duplicate.
            Ok(()) | Err(QueueError::ReceiptExpired) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(messages.len())
}

async fn receive(pumping: &Pumping, queue: &QueueName) -> Result<Vec<ReceivedMessage>, QueueError> {
    let mut messages = Vec::new();
    while messages.len() < ROUND_MESSAGES {
        let some = pumping.queues.receive(queue, RECEIVE_MAX, Some(HIDDEN), now(pumping)).await?;
        if some.is_empty() {
            break;
        }
        messages.extend(some);
    }
    Ok(messages)
}

/// Accepts all events of the messages; notes conflicts at the message that brought them.
async fn accept(
    pumping: &Pumping,
    messages: &[ReceivedMessage],
    via: &str,
) -> Result<Vec<Contents>, StoreError> {
    let rules = pumping.bus.rules();
    let mut events = Vec::new();
    let mut contents = Vec::with_capacity(messages.len());
    for (place, message) in messages.iter().enumerate() {
        let mut read = read(message, &rules, &pumping.limits);
        events.extend(read.events.drain(..).map(|event| (place, event)));
        contents.push(read);
    }
    let page = <crate::store::Store as Ledger>::PAGE_EVENTS_MAX;
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(page));
        let (places, batch): (Vec<usize>, Vec<_>) =
            std::mem::replace(&mut events, rest).into_iter().unzip();
        let ids: Vec<String> = batch.iter().map(|event| event.id().to_owned()).collect();
        let planned: Vec<Accept> = pumping.bus.plan(batch, via);
        let results = pumping.intake.submit(planned).results().await?;
        for ((place, id), result) in places.into_iter().zip(&ids).zip(results) {
            if let (Acceptance::Conflict, Some(contents)) = (result, contents.get_mut(place)) {
                contents.conflict(id);
            }
        }
    }
    Ok(contents)
}

fn now(pumping: &Pumping) -> Timestamp {
    pumping.bus.ports().clock().now()
}
