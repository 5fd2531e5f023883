//! `POST /streams/NAME`: events appended together, if the stream is as expected; `GET` reads them.

use super::App;
use super::answer::Refused;
use super::events::paused;
use super::read::{Asked, asked, lines, reader};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventyard_binding::{self as binding, BodyKind, Frame, Frames, Framing, Refusal};
use eventyard_bus::{AppendError, Direction, Expected, StreamName, Streams};
use eventyard_event::Event;
use eventyard_event::decode::Received;
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppendQuery {
    expected: Option<String>,
}

/// Appends the events of the body, all or none: `{"first":1,"last":3}`; 409 where the stream is not as
/// expected.
pub(super) async fn append(
    State(app): State<App>,
    Path(name): Path<String>,
    query: Asked<AppendQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let stream = named(&name)?;
    let AppendQuery { expected } = asked(query)?;
    let expected = match expected.as_deref().unwrap_or("any").parse() {
        Ok(expected) => expected,
        Err(error) => return Err(not_valid(&error).into()),
    };
    let kind = binding::kind(&headers)?;
    // The semaphore is never closed.
    let _place = app.uploads.acquire().await;
    let events = match kind {
        BodyKind::Binary => vec![binary(&app, &headers, body).await?],
        BodyKind::Documents(framing) => documents(&app, framing, body).await?,
    };
    events.iter().for_each(|event| app.metrics.duplicate_names(event.duplicates()));
    match app.store.append(&stream, expected, &events, app.now()).await {
        Ok(appended) => Ok(Json(appended).into_response()),
        Err(AppendError::Conflict { expected, actual }) => Ok(conflict(expected, actual)),
        Err(AppendError::Store(error)) => Err(Refusal::unavailable(error.to_string()).into()),
        Err(error @ AppendError::Known { .. }) => {
            let refusal = Refusal::new(StatusCode::CONFLICT, "EventKnown", error.to_string());
            let help = "send the same append again unchanged, or give every event its own id";
            Err(refusal.help(help).into())
        }
        Err(error) => Err(not_valid(&error).into()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadQuery {
    from: Option<u64>,
    #[serde(default)]
    direction: Direction,
    limit: Option<usize>,
}

/// The events of a stream with their versions, one per line; from its beginning, or backwards from its end.
pub(super) async fn read(
    State(app): State<App>,
    Path(name): Path<String>,
    query: Asked<ReadQuery>,
) -> Result<Response, Refused> {
    let ReadQuery { from, direction, limit } = asked(query)?;
    let from = from.unwrap_or_else(|| direction.start());
    let events = reader(&app).await.stream(named(&name)?, from, direction);
    let events = events.take(limit.unwrap_or(usize::MAX));
    lines(Box::new(events.map(|event| Ok(event?.line())))).await
}

fn named(name: &str) -> Result<StreamName, Refusal> {
    name.parse().map_err(|error| not_valid(&error))
}

fn not_valid(error: &impl std::error::Error) -> Refusal {
    Refusal::bad("AppendNotValid", error.to_string())
}

fn conflict(expected: Expected, actual: u64) -> Response {
    let text = AppendError::Conflict { expected, actual }.to_string();
    let refusal = Refusal::new(StatusCode::CONFLICT, "VersionConflict", text);
    let refusal = refusal.help("read the stream again from the version you know, and decide again");
    let mut error = refusal.to_json();
    if let Some(members) = error.as_object_mut() {
        members.insert("expected".to_owned(), expected.to_string().into());
        members.insert("actual".to_owned(), actual.into());
    }
    (refusal.status, Json(json!({ "error": error }))).into_response()
}

/// One event in binary mode.
async fn binary(app: &App, headers: &HeaderMap, body: Body) -> Result<Event, Refusal> {
    let limit = app.settings.limits.event_bytes;
    let read = tokio::time::timeout(app.settings.body_pause, axum::body::to_bytes(body, limit));
    let body = read.await.map_err(|_| paused())?.map_err(|_| Refusal::body_too_large(limit))?;
    binding::binary(headers, &body, &app.settings.limits).map_err(|refusal| no_event(1, &refusal))
}

/// The events of the body's documents; the first that is none refuses all.
async fn documents(app: &App, framing: Framing, body: Body) -> Result<Vec<Event>, Refusal> {
    let limits = &app.settings.limits;
    let mut frames = Frames::new(body.into_data_stream(), framing, limits.event_bytes);
    let (mut events, max, rules) = (Vec::new(), app.store.append_events_max(), app.bus.rules());
    loop {
        let next = tokio::time::timeout(app.settings.body_pause, frames.next());
        let broken = |_| Refusal::bad("BodyUnreadable", "the connection broke inside the body");
        let document = match next.await.map_err(|_| paused())?.map_err(broken)? {
            None => return Ok(events),
            Some(Frame::Document(document)) => document,
            Some(Frame::TooLarge { .. }) => {
                return Err(Refusal::body_too_large(limits.event_bytes));
            }
            Some(Frame::Broken { reason }) => return Err(Refusal::body_broken(reason)),
        };
        for decoded in rules.decode(&Received::new(&document), limits) {
            let place = events.len() + 1;
            events.push(decoded.map_err(|refusal| no_event(place, &refusal))?);
        }
        if events.len() > max {
            let error = AppendError::Length { given: events.len(), max };
            return Err(Refusal::too_large("AppendTooLong", format!("{error} or more")));
        }
    }
}

/// Nothing was appended because the event at this place, from 1, is none.
fn no_event(place: usize, refusal: &eventyard_rules::Refusal) -> Refusal {
    let status = match refusal.code() {
        "E0501" => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    let text = format!("event {place}: {refusal} ({})", refusal.code());
    let answer = Refusal::new(status, "EventNotValid", text);
    match refusal.help() {
        Some(help) => answer.help(help),
        None => answer,
    }
}
