//! What was appended to streams reaches the rules like any other event, in the order of its stream.
//!
//! In: streams whose last version is greater than the one they were routed to; at the start those that an
//! earlier process left. Out: pages, and the mark moved behind them. What a crash in between accepts twice is
//! a duplicate by its identity.

use super::{EmbeddedBus, Intake, Stop};
use crate::store::Store;
use eventyard_bus::{Direction, StoreError, StreamName, Streams};
use std::sync::Arc;
use std::time::Duration;

/// Events that are routed together.
const PAGE_EVENTS: usize = 100;
/// Names of streams that are asked for at once.
const NAMES: usize = 100;

/// Routes what is appended.
pub(crate) struct StreamRouter {
    pub(crate) bus: Arc<EmbeddedBus>,
    pub(crate) store: Store,
    pub(crate) intake: Intake,
    /// How long to wait before a failed store is asked again.
    pub(crate) pause: Duration,
}

/// Runs until the bus stops; what is not routed then is by the next start.
pub(crate) async fn run(router: StreamRouter, mut stop: Stop) {
    while !stop.is_requested() {
        let is_done = router.round(&stop).await;
        // An append meanwhile is remembered, and ends the wait at once.
        let news = async {
            match is_done {
                true => router.store.news().notified().await,
                false => tokio::time::sleep(router.pause).await,
            }
        };
        tokio::select! {
            () = stop.requested() => return,
            () = news => {}
        }
    }
}

impl StreamRouter {
    /// Routes every stream that has news once; whether each of them was routed to its end.
    async fn round(&self, stop: &Stop) -> bool {
        let (mut after, mut is_done) = (None, true);
        loop {
            let names = match self.store.unlisted(after.as_ref(), NAMES).await {
                Ok(names) => names,
                Err(error) => {
                    tracing::warn!(%error, "streams with news cannot be found");
                    return false;
                }
            };
            for stream in &names {
                if let Err(error) = self.route(stream, stop).await {
                    tracing::warn!(%stream, %error, "a stream is not routed to its end");
                    is_done = false;
                }
            }
            match names.into_iter().last() {
                Some(last) if !stop.is_requested() => after = Some(last),
                _ => return is_done,
            }
        }
    }

    /// Routes a stream to its end. The mark moves once the events before it are durable with their plans.
    async fn route(&self, stream: &StreamName, stop: &Stop) -> Result<(), StoreError> {
        while !stop.is_requested() {
            let listed = self.store.listed(stream).await?;
            let from = listed.saturating_add(1);
            let news = self.store.read(stream, from, Direction::Forwards, PAGE_EVENTS).await?;
            let Some(last) = news.last().map(|event| event.version) else { return Ok(()) };
            let events = news.into_iter().map(|news| news.event).collect();
            let planned = self.bus.plan_ordered(events, &stream.via(), Some(stream.order()));
            self.intake.submit(planned).results().await?;
            self.store.advance_listed(stream, listed, last).await?;
        }
        Ok(())
    }
}
