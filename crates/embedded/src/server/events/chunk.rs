//! A page's worth of a request: read, decoded and planned together, then accepted together.

use super::results::{EventRefusal, EventResult, Results};
use crate::engine::Pending;
use crate::server::App;
use crate::server::answer::{self, Refusal};
use crate::server::frames::{Frame, Frames};
use crate::store::Store;
use axum::body::BodyDataStream;
use axum::http::StatusCode;
use bytes::Bytes;
use eventyard_bus::{Accept, Ledger};
use eventyard_event::Event;
use eventyard_event::decode::{DecodeError, Received};
use eventyard_event::json::{JsonError, JsonErrorKind};
use serde_json::{Value, json};

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

/// One chunk: an entry for each event or refusal, in input order, and what is to be accepted.
#[derive(Default)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    events: Vec<Event>,
    planned: Vec<Accept>,
    bytes: usize,
    /// Whether nothing follows it.
    pub(super) is_last: bool,
}

enum Entry {
    Event { id: String },
    Refused(EventRefusal),
}

/// A chunk on its way into the log.
pub(super) struct Submitted {
    entries: Vec<Entry>,
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
            let is_over = self.count + chunk.entries.len() >= settings.request_events_max;
            match self.frame().await {
                Some(frame) if !is_over => {
                    chunk.read(self.app, frame);
                    continue;
                }
                Some(_) => self.failure = Some(too_many(settings.request_events_max)),
                None => {}
            }
            chunk.is_last = true;
            break;
        }
        self.count += chunk.entries.len();
        chunk.plan(self.app);
        chunk
    }

    /// The next frame; none at the end of the body, or when it broke.
    async fn frame(&mut self) -> Option<Frame> {
        let next = tokio::time::timeout(self.app.settings.body_pause, self.frames.next());
        let failure = match next.await {
            Ok(Ok(Some(Frame::Broken { reason }))) => Refusal::bad("BodyBroken", reason),
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
        self.entries.len() >= Store::PAGE_EVENTS_MAX || self.bytes >= bytes_max
    }

    fn read(&mut self, app: &App, frame: Frame) {
        match frame {
            Frame::Document(document) => self.decode(app, &document),
            Frame::TooLarge { bytes } => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                let limit = app.settings.limits.event_bytes;
                let kind = JsonErrorKind::TooLarge { bytes, limit };
                let error = DecodeError::from(JsonError { kind, offset: limit });
                self.push(app, Err(error.into()));
            }
            // The reader has ended with it.
            Frame::Broken { .. } => {}
        }
    }

    fn decode(&mut self, app: &App, document: &Bytes) {
        self.bytes += document.len();
        let rules = app.bus.rules();
        let received = Received::new(document);
        for decoded in rules.decode(&received, &app.settings.limits) {
            self.push(app, decoded);
        }
    }

    /// Adds one event, or the reason why it is none.
    pub(super) fn push(&mut self, app: &App, decoded: Result<Event, eventyard_rules::Refusal>) {
        match decoded {
            Ok(event) => {
                app.metrics.duplicate_names(event.duplicates());
                self.entries.push(Entry::Event { id: event.id().to_owned() });
                self.events.push(event);
            }
            Err(refusal) => self.entries.push(Entry::Refused(refused(&refusal))),
        }
    }

    /// Plans what was read.
    pub(super) fn plan(&mut self, app: &App) {
        self.planned = app.bus.plan(std::mem::take(&mut self.events), VIA);
    }

    /// Hands the chunk over; a chunk without events is done already.
    pub(super) fn submit(self, app: &App) -> Submitted {
        let (mut planned, mut pages) = (self.planned, Vec::new());
        while !planned.is_empty() {
            let rest = planned.split_off(planned.len().min(Store::PAGE_EVENTS_MAX));
            pages.push(app.intake.submit(std::mem::replace(&mut planned, rest)));
        }
        Submitted { entries: self.entries, pages }
    }
}

impl Submitted {
    /// Waits until the chunk is durable and adds its results; false when the store failed.
    pub(super) async fn settle(self, results: &mut Results) -> bool {
        let mut accepted = Vec::with_capacity(self.entries.len());
        for page in self.pages {
            match page.results().await {
                Ok(page) => accepted.extend(page),
                Err(error) => {
                    results.fail(Refusal::unavailable(error.to_string()));
                    return false;
                }
            }
        }
        let mut accepted = accepted.into_iter();
        for entry in self.entries {
            match entry {
                Entry::Refused(refusal) => results.push(None, &EventResult::Refused(refusal)),
                Entry::Event { id } => {
                    if let Some(acceptance) = accepted.next() {
                        results.push(Some(&id), &EventResult::Stored(acceptance));
                    }
                }
            }
        }
        true
    }
}

fn refused(refusal: &eventyard_rules::Refusal) -> EventRefusal {
    let mut error: Value = answer::error(refusal.code(), &refusal.to_string(), refusal.help());
    if let Some(offset) = refusal.offset() {
        error["offset"] = json!(offset);
    }
    EventRefusal { error, too_large: refusal.code() == "E0501" }
}

fn too_many(max: usize) -> Refusal {
    let text = format!("a request brings at most {max} events");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "TooManyEvents", text)
        .help("send the rest in another request")
}

/// The sender stopped in the middle.
pub(super) fn paused() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "BodyPaused", "the body did not go on in time")
}
