//! Messages into the log: decoded, accepted page by page, delivered, and their verdicts.

use super::message::{Contents, Message, Verdict};
use crate::page::deliver_until;
use eventyard_bus::{
    Acceptance, Bus, Cause, Clock, Ledger, OpenPage, Ports, StoreError, Undecodable,
};
use eventyard_event::{Event, Identity, Limits};
use std::sync::Arc;
use tokio::time::Instant;

/// Messages that are decoded and accepted together.
const CHUNK_MESSAGES: usize = 100;

/// Where messages come from, and until when there is time for them.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The input they came by, for people: `sqs:events`.
    pub via: &'a str,
    /// The group whose order the source keeps, if it keeps one; all messages are of it.
    pub order: Option<Arc<str>>,
    /// No message is begun after it, and no page is delivered beyond it.
    pub deadline: Instant,
}

/// Takes messages in their order; answers one verdict for each.
///
/// What is no event is parked with its bytes, and done. A message whose events could not be stored goes
/// back, and so do those that there was no time for. Of a source that keeps an order every message
/// behind one that goes back goes back too, and nothing is done before its page is sealed.
pub async fn take<P: Ports>(
    bus: &Bus<P>,
    messages: &[Message<'_>],
    source: &Source<'_>,
    limits: &Limits,
) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(messages.len());
    for chunk in messages.chunks(CHUNK_MESSAGES) {
        let stopped = source.order.is_some() && verdicts.contains(&Verdict::Back);
        if stopped || Instant::now() >= source.deadline {
            break;
        }
        verdicts.extend(take_chunk(bus, chunk, source, limits).await);
    }
    verdicts.resize(messages.len(), Verdict::Back);
    if source.order.is_some() {
        back_behind_the_first(&mut verdicts);
    }
    verdicts
}

fn back_behind_the_first(verdicts: &mut [Verdict]) {
    let first = verdicts.iter().position(|verdict| *verdict == Verdict::Back);
    for verdict in verdicts.iter_mut().skip(first.unwrap_or(usize::MAX)) {
        *verdict = Verdict::Back;
    }
}

async fn take_chunk<P: Ports>(
    bus: &Bus<P>,
    messages: &[Message<'_>],
    source: &Source<'_>,
    limits: &Limits,
) -> Vec<Verdict> {
    let rules = bus.rules();
    let mut contents: Vec<_> =
        messages.iter().map(|message| Contents::read(message, &rules, limits)).collect();
    accept_all(bus, &mut contents, source).await;
    let mut verdicts = Vec::with_capacity(messages.len());
    for (message, contents) in messages.iter().zip(contents) {
        verdicts.push(finish(bus, message, contents, source).await);
    }
    verdicts
}

/// Accepts the events of all messages, a page at a time, and delivers them.
async fn accept_all<P: Ports>(bus: &Bus<P>, contents: &mut [Contents], source: &Source<'_>) {
    let mut events: Vec<(usize, Event)> = Vec::new();
    for (place, contents) in contents.iter_mut().enumerate() {
        events.extend(contents.events.drain(..).map(|event| (place, event)));
    }
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(P::Ledger::PAGE_EVENTS_MAX));
        let page = std::mem::replace(&mut events, rest);
        let places: Vec<_> = page.iter().map(|(place, _)| *place).collect();
        if let Err(error) = accept_page(bus, page, contents, source).await {
            tracing::warn!(via = source.via, %error, "messages go back");
            let later = events.iter().map(|(place, _)| *place);
            back(contents, places.into_iter().chain(later));
            return;
        }
    }
}

async fn accept_page<P: Ports>(
    bus: &Bus<P>,
    page: Vec<(usize, Event)>,
    contents: &mut [Contents],
    source: &Source<'_>,
) -> Result<(), StoreError> {
    let known: Vec<_> = page
        .iter()
        .map(|(place, event)| (*place, event.id().to_owned(), event.identity()))
        .collect();
    let events = page.into_iter().map(|(_, event)| event).collect();
    let planned = bus.plan_ordered(events, source.via, source.order.clone());
    let accepted = bus.accept(planned).await?;
    let mut duplicates = Vec::new();
    for ((place, id, identity), result) in known.iter().zip(&accepted.results) {
        match (result, contents.get_mut(*place)) {
            (Acceptance::Conflict, Some(contents)) => contents.conflict(id),
            (Acceptance::Duplicate, _) => duplicates.push(*identity),
            _ => {}
        }
    }
    let sealed = match source.order {
        None => {
            deliver(bus, accepted.page, source).await;
            true
        }
        Some(_) => !any_open(bus, &duplicates).await? && deliver(bus, accepted.page, source).await,
    };
    if !sealed {
        back(contents, known.iter().map(|(place, ..)| *place));
    }
    Ok(())
}

/// Whether an event that came again is still being delivered: what follows it may not overtake it.
async fn any_open<P: Ports>(bus: &Bus<P>, known: &[Identity]) -> Result<bool, StoreError> {
    for identity in known {
        if bus.ports().ledger().is_open(identity).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn deliver<P: Ports>(bus: &Bus<P>, page: Option<OpenPage>, source: &Source<'_>) -> bool {
    match page {
        Some(page) => Box::pin(deliver_until(bus, page, source.deadline)).await,
        None => true,
    }
}

fn back(contents: &mut [Contents], places: impl Iterator<Item = usize>) {
    for place in places {
        if let Some(contents) = contents.get_mut(place) {
            contents.back = true;
        }
    }
}

/// Parks what is wrong with a message, unless it comes again anyway.
async fn finish<P: Ports>(
    bus: &Bus<P>,
    message: &Message<'_>,
    contents: Contents,
    source: &Source<'_>,
) -> Verdict {
    if contents.back {
        return Verdict::Back;
    }
    let Some(cause) = contents.cause else { return Verdict::Done };
    match park(bus, message, cause, source.via).await {
        Ok(()) => Verdict::Done,
        Err(error) => {
            tracing::warn!(via = source.via, id = message.id, %error, "a message cannot be parked");
            Verdict::Back
        }
    }
}

async fn park<P: Ports>(
    bus: &Bus<P>,
    message: &Message<'_>,
    cause: Cause,
    via: &str,
) -> Result<(), StoreError> {
    let undecodable = Undecodable {
        via: via.to_owned(),
        message_id: message.id.to_owned(),
        bytes: message.body.to_vec(),
        cause,
        at: bus.ports().clock().now(),
    };
    bus.park_undecodable(undecodable).await
}
