//! Events that services append to streams in the table, told of by the table's own stream.
//!
//! The records of a DynamoDB stream keep the order of each item alone, and a stream of events is many
//! items
//! ([DynamoDB Streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html)): so a
//! record only says which stream has news, and the news are read from the table, version by version.

use super::{NotStored, Source};
use crate::page::deliver_until;
use eventyard_aws::store::DynamoStore;
use eventyard_bus::{Bus, Direction, Ports, StoreError, StreamEvent, StreamName, Streams as _};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// Events that are routed together.
const PAGE_EVENTS: usize = 50;

/// Why a stream was not routed to its end; the next record of it, or this one again, goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There was no time left.
    #[error(transparent)]
    NoTime(#[from] NotStored),
}

/// The streams that the records are about, each once.
#[must_use]
pub fn streams(store: &DynamoStore, payload: &Value) -> BTreeSet<StreamName> {
    let records = payload.get("Records").and_then(Value::as_array);
    let keys = records
        .into_iter()
        .flatten()
        .filter_map(|record| record.pointer("/dynamodb/Keys/pk/S").and_then(Value::as_str));
    keys.filter_map(|key| store.stream_of(key)).collect()
}

/// Routes what was appended to a stream since it was routed last, in its order.
///
/// Two readers of one stream do no harm: what one has accepted is the other's duplicate, and the mark
/// only moves forward.
///
/// # Errors
/// [`StreamError`]: what was accepted is accepted, and the mark stands before the first event that is
/// not.
pub async fn route<P: Ports>(
    bus: &Bus<P>,
    store: &DynamoStore,
    stream: &StreamName,
    deadline: Instant,
) -> Result<(), StreamError> {
    let via = stream.via();
    let source = Source { via: &via, order: Some(stream.order()), deadline };
    loop {
        let listed = store.listed(stream).await?;
        let from = listed.saturating_add(1);
        let news = store.read(stream, from, Direction::Forwards, PAGE_EVENTS).await?;
        let Some(last) = news.last().map(|event| event.version) else { return Ok(()) };
        if Instant::now() >= deadline {
            return Err(NotStored.into());
        }
        accept(bus, news, &source).await?;
        if !store.advance_listed(stream, listed, last).await? {
            // Another reader was quicker; it has read as far at least.
            continue;
        }
    }
}

/// Accepts and delivers events of a stream; ones that are known were routed by another reader.
async fn accept<P: Ports>(
    bus: &Bus<P>,
    news: Vec<StreamEvent>,
    source: &Source<'_>,
) -> Result<(), StreamError> {
    let events = news.into_iter().map(|news| news.event).collect();
    let planned = bus.plan_ordered(events, source.via, source.order.clone());
    let accepted = bus.accept(planned).await?;
    if let Some(page) = accepted.page
        && !Box::pin(deliver_until(bus, page, source.deadline)).await
    {
        return Err(NotStored.into());
    }
    Ok(())
}
