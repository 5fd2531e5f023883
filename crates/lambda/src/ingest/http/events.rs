//! `POST /events`: a body's events, accepted page by page, then delivered in the time there is.

use super::{REQUEST_EVENTS_MAX, Request, Response};
use crate::page::deliver_until;
use bytes::Bytes;
use eventyard_binding::{Batch, BodyKind, Frame, Frames, Framing, Refusal, Results, binary, kind};
use eventyard_bus::{Acceptance, Bus, Ledger, OpenPage, Ports, StoreError};
use eventyard_event::Limits;
use eventyard_rules::RuleSet;
use futures::{Stream, stream};
use http::{HeaderMap, StatusCode};
use std::convert::Infallible;
use tokio::time::Instant;

/// What people see as the input of these events.
const VIA: &str = "http";

/// A request whose events are being taken.
struct Taking<'a, P: Ports> {
    bus: &'a Bus<P>,
    limits: &'a Limits,
    deadline: Instant,
    results: Results,
    /// Events and refusals so far.
    count: usize,
    /// What was accepted of it.
    pages: Vec<OpenPage>,
}

/// Takes the events of one request: its answer says what is stored, and all that is was delivered, or is
/// the sweeper's.
pub(super) async fn take<P: Ports>(
    bus: &Bus<P>,
    request: Request,
    limits: &Limits,
    page_deadline: Instant,
) -> Response {
    let headers = request.headers();
    let read = kind(&headers).and_then(|kind| Ok((kind, request.into_body()?)));
    let (kind, body) = match read {
        Ok(read) => read,
        Err(refusal) => return Response::refused(&refusal),
    };
    let mut taking = Taking {
        bus,
        limits,
        deadline: page_deadline,
        results: Results::default(),
        count: 0,
        pages: Vec::new(),
    };
    match kind {
        BodyKind::Binary => taking.binary(&headers, &body).await,
        BodyKind::Documents(framing) => taking.documents(body, framing).await,
    }
    for page in taking.pages {
        // A page that is not begun is not half sent when the time is over.
        if Instant::now() < page_deadline {
            deliver_until(bus, page, page_deadline).await;
        }
    }
    Response::results(taking.results)
}

impl<P: Ports> Taking<'_, P> {
    /// One event in binary mode.
    async fn binary(&mut self, headers: &HeaderMap, body: &Bytes) {
        let limit = self.limits.event_bytes;
        if body.len() > limit {
            self.results.fail(Refusal::body_too_large(limit));
            return;
        }
        let mut batch = Batch::default();
        batch.push(binary(headers, body, self.limits));
        self.accept(batch).await;
    }

    /// The documents of a body, a page's worth after the other.
    async fn documents(&mut self, body: Bytes, framing: Framing) {
        let body = stream::iter([Ok::<_, Infallible>(body)]);
        let mut frames = Frames::new(body, framing, self.limits.event_bytes);
        let rules = self.bus.rules();
        loop {
            let mut batch = Batch::default();
            let read = self.read(&mut frames, &rules, &mut batch).await;
            if !self.accept(batch).await {
                return;
            }
            match read {
                Ok(true) if Instant::now() >= self.deadline => {
                    return self.results.fail(too_late());
                }
                Ok(true) => {}
                Ok(false) => return,
                Err(refusal) => return self.results.fail(refusal),
            }
        }
    }

    /// Reads a page's worth; false at the end of the body.
    async fn read<S>(
        &self,
        frames: &mut Frames<S>,
        rules: &RuleSet,
        batch: &mut Batch,
    ) -> Result<bool, Refusal>
    where
        S: Stream<Item = Result<Bytes, Infallible>> + Unpin,
    {
        while batch.len() < P::Ledger::PAGE_EVENTS_MAX {
            let Ok(frame) = frames.next().await;
            match frame {
                None => return Ok(false),
                Some(Frame::Broken { reason }) => return Err(Refusal::body_broken(reason)),
                Some(_) if self.count + batch.len() >= REQUEST_EVENTS_MAX => {
                    return Err(Refusal::too_many_events(REQUEST_EVENTS_MAX));
                }
                Some(frame) => batch.read(frame, rules, self.limits),
            }
        }
        Ok(true)
    }

    /// Accepts what was read and adds its results; false when the store failed.
    async fn accept(&mut self, mut batch: Batch) -> bool {
        self.count += batch.len();
        match self.store(&mut batch).await {
            Ok(accepted) => {
                batch.settle(accepted, &mut self.results);
                true
            }
            Err(error) => {
                // What the store said is for us: it names tables and roles.
                tracing::error!(via = VIA, %error, "events are not stored");
                self.results.fail(
                    Refusal::unavailable("the store did not take the events")
                        .help("send the same again after a while"),
                );
                false
            }
        }
    }

    /// One page, or more where one document held very many events.
    async fn store(&mut self, batch: &mut Batch) -> Result<Vec<Acceptance>, StoreError> {
        let mut planned = self.bus.plan(batch.take_events(), VIA);
        let mut accepted = Vec::with_capacity(planned.len());
        while !planned.is_empty() {
            let rest = planned.split_off(planned.len().min(P::Ledger::PAGE_EVENTS_MAX));
            let stored = self.bus.accept(std::mem::replace(&mut planned, rest)).await?;
            accepted.extend(stored.results);
            self.pages.extend(stored.page);
        }
        Ok(accepted)
    }
}

/// The time was over before the body was: better an answer than none, the sender may begin again.
fn too_late() -> Refusal {
    let text = "there was no time for the rest of the events";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "TimeOver", text)
        .help("send the same again: what is stored becomes a duplicate; or fewer events at once")
}
