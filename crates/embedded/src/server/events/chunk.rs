//! A page's worth of a request: read, decoded and planned together, then accepted together.

use crate::engine::Pending;
use crate::server::App;
use crate::store::Store;
use axum::body::BodyDataStream;
use axum::http::StatusCode;
use eventyard_binding::{Batch, Frame, Frames, Refusal, Results};
use eventyard_bus::{Accept, Ledger};
use eventyard_event::Event;

/// What people see as the input of these events.
const VIA: &str = "http";

/// The events of a request, chunk by chunk.
pub(super) struct Reader<'a> {
    app: &'a App,
    frames: Frames<BodyDataStream>,
    /// Events and refusals so far.
    count: usize,
    failure: Option<Refusal>,
}

/// One chunk: what was read, and what is to be accepted.
#[derive(Default)]
pub(super) struct Chunk {
    batch: Batch,
    planned: Vec<Accept>,
    /// Whether nothing follows it.
    pub(super) is_last: bool,
}

/// A chunk on its way into the log.
pub(super) struct Submitted {
    batch: Batch,
    /// One page, or more where one document held very many events.
    pages: Vec<Pending>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(app: &'a App, frames: Frames<BodyDataStream>) -> Self {
        Self { app, frames, count: 0, failure: None }
    }

    /// What ended the body before its end, if anything did.
    pub(super) fn failure(self) -> Option<Refusal> {
        self.failure
    }

    /// The next chunk, planned.
    pub(super) async fn next(&mut self) -> Chunk {
        let settings = &self.app.settings;
        let mut chunk = Chunk::default();
        while !chunk.is_full(settings.page_bytes) {
            let is_over = self.count + chunk.batch.len() >= settings.request_events_max;
            match self.frame().await {
                Some(frame) if !is_over => {
                    chunk.batch.read(frame, &self.app.bus.rules(), &settings.limits);
                    continue;
                }
                Some(_) => {
                    self.failure = Some(Refusal::too_many_events(settings.request_events_max))
                }
                None => {}
            }
            chunk.is_last = true;
            break;
        }
        self.count += chunk.batch.len();
        chunk.plan(self.app);
        chunk
    }

    /// The next frame; none at the end of the body, or when it broke.
    async fn frame(&mut self) -> Option<Frame> {
        let next = tokio::time::timeout(self.app.settings.body_pause, self.frames.next());
        let failure = match next.await {
            Ok(Ok(Some(Frame::Broken { reason }))) => Refusal::body_broken(reason),
            Ok(Ok(frame)) => return frame,
            Ok(Err(_)) => Refusal::bad("BodyUnreadable", "the connection broke inside the body"),
            Err(_) => paused(),
        };
        self.failure.get_or_insert(failure);
        None
    }
}

impl Chunk {
    fn is_full(&self, bytes_max: usize) -> bool {
        self.batch.len() >= Store::PAGE_EVENTS_MAX || self.batch.bytes() >= bytes_max
    }

    /// Adds one event, or the reason why it is none.
    pub(super) fn push(&mut self, decoded: Result<Event, eventyard_rules::Refusal>) {
        self.batch.push(decoded);
    }

    /// Plans what was read.
    pub(super) fn plan(&mut self, app: &App) {
        let events = self.batch.take_events();
        events.iter().for_each(|event| app.metrics.duplicate_names(event.duplicates()));
        self.planned = app.bus.plan(events, VIA);
    }

    /// Hands the chunk over; a chunk without events is done already.
    pub(super) fn submit(self, app: &App) -> Submitted {
        let (mut planned, mut pages) = (self.planned, Vec::new());
        while !planned.is_empty() {
            let rest = planned.split_off(planned.len().min(Store::PAGE_EVENTS_MAX));
            pages.push(app.intake.submit(std::mem::replace(&mut planned, rest)));
        }
        Submitted { batch: self.batch, pages }
    }
}

impl Submitted {
    /// Waits until the chunk is durable and adds its results; false when the store failed.
    pub(super) async fn settle(self, results: &mut Results) -> bool {
        let mut accepted = Vec::with_capacity(self.batch.len());
        for page in self.pages {
            match page.results().await {
                Ok(page) => accepted.extend(page),
                Err(error) => {
                    results.fail(Refusal::unavailable(error.to_string()));
                    return false;
                }
            }
        }
        self.batch.settle(accepted, results);
        true
    }
}

/// The sender stopped in the middle.
pub(in crate::server) fn paused() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "BodyPaused", "the body did not go on in time")
}
