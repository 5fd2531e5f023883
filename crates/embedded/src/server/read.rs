//! What is stored, for people and programs: JSON lines, read in steps while they are sent.
//!
//! `GET /events`, `/parked` and `/queues` answer one JSON object per line, `/trace/ID` and `/audit`
//! one object. Reading blocks, so it has a thread of its own, which waits for the reader of the
//! answer: memory stays bounded however long the log is.

use super::App;
use super::answer::Refused;
use crate::queues::QueueName;
use crate::reader::{EventFilter, ParkedFilter, Reader};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use eventyard_binding::Refusal;
use eventyard_bus::{Cursor, StoreError};
use eventyard_event::Timestamp;
use eventyard_history::list::ListError;
use eventyard_history::query::{EventLines, ListQuery};
use eventyard_rules::{RuleName, TargetName, Version};
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// Lines that travel together.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that wait for a slow reader.
const PIECES: usize = 4;

pub(super) type Lines = Box<dyn Iterator<Item = Result<String, StoreError>> + Send>;
type Piece = Result<Bytes, ListError>;
pub(super) type Asked<T> = Result<Query<T>, QueryRejection>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventQuery {
    #[serde(rename = "type")]
    event_type: Option<String>,
    source: Option<String>,
    subject: Option<String>,
    since: Option<Timestamp>,
    after: Option<u64>,
    limit: Option<usize>,
    until: Option<Timestamp>,
    correlation: Option<String>,
    when: Option<String>,
    cursor: Option<Cursor>,
    #[serde(default)]
    cursors: bool,
}

impl EventQuery {
    /// The query for a list, where more is asked than to read the log along its attributes.
    fn list(&self) -> Option<ListQuery> {
        let plain = self.until.is_none()
            && self.correlation.is_none()
            && self.when.is_none()
            && self.cursor.is_none()
            && !self.cursors;
        (!plain).then(|| ListQuery {
            event_type: self.event_type.clone(),
            source: self.source.clone(),
            subject: self.subject.clone(),
            correlation: self.correlation.clone(),
            since: self.since,
            until: self.until,
            when: self.when.clone(),
            cursor: self.cursor.clone(),
            limit: self.limit,
            cursors: self.cursors,
        })
    }
}

/// Accepted events, each as its CloudEvents object, in the order of the log.
pub(super) async fn events(
    State(app): State<App>,
    query: Asked<EventQuery>,
) -> Result<Response, Refused> {
    let query = asked(query)?;
    if let Some(list) = query.list() {
        return listed(app.store.reader(), list).await;
    }
    let EventQuery { event_type, source, subject, since, after, limit, .. } = query;
    let filter = EventFilter { event_type, source, subject, since, after, limit };
    let events = app.store.reader().events(filter);
    lines(Box::new(events.map(|event| Ok(event?.line)))).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraceQuery {
    source: Option<String>,
}

/// The story of every event of an id; without any, its list of events is empty.
pub(super) async fn trace(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Asked<TraceQuery>,
) -> Result<Response, Refused> {
    let TraceQuery { source } = asked(query)?;
    let reader = reader(&app).await;
    object(move || reader.trace(&id, source.as_deref())).await
}

/// The texts of the rules of a version, as a trace names it.
pub(super) async fn rules(
    State(app): State<App>,
    Path(version): Path<String>,
) -> Result<Response, Refused> {
    let unknown = || {
        let text = format!("there were no rules of version `{version}` here");
        Refusal::new(StatusCode::NOT_FOUND, "RulesUnknown", text)
            .help("GET /trace/ID says which rules planned an event")
    };
    let wanted: Version = version.parse().map_err(|_| unknown())?;
    let reader = reader(&app).await;
    let rules = blocking(move || reader.rules(&wanted)).await?;
    Ok(Json(rules.ok_or_else(unknown)?).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParkedQuery {
    target: Option<TargetName>,
    rule: Option<RuleName>,
    limit: Option<usize>,
    /// Instead of deliveries: messages that are no events.
    #[serde(default)]
    undecodable: bool,
}

/// Parked deliveries with their events, the longest parked first; or with `undecodable=true` the
/// messages that are no events.
pub(super) async fn parked(
    State(app): State<App>,
    query: Asked<ParkedQuery>,
) -> Result<Response, Refused> {
    let ParkedQuery { target, rule, limit, undecodable } = asked(query)?;
    let reader = reader(&app).await;
    if undecodable {
        let messages = reader.undecodable().take(limit.unwrap_or(usize::MAX));
        return lines(Box::new(messages.map(|message| json(&message?)))).await;
    }
    let filter = ParkedFilter { target, rule, after: None, limit };
    lines(Box::new(reader.parked(filter).map(|parked| json(&parked?)))).await
}

/// The embedded queues with their depths.
pub(super) async fn queues(State(app): State<App>) -> Result<Response, Refused> {
    let now = app.now();
    let reader = reader(&app).await;
    let queues = blocking(move || reader.queues(now)).await?;
    lines(Box::new(queues.into_iter().map(|queue| json(&queue)))).await
}

/// The messages of one queue as they lie there; none is received by it.
pub(super) async fn messages(
    State(app): State<App>,
    Path(queue): Path<String>,
) -> Result<Response, Refused> {
    let not_found = || {
        let text = format!("there is no queue `{queue}`");
        Refusal::new(StatusCode::NOT_FOUND, "QueueNotFound", text)
            .help("GET /queues lists the queues")
    };
    let name: QueueName = queue.parse().map_err(|_| not_found())?;
    let reader = reader(&app).await;
    match blocking(move || reader.messages(&name)).await? {
        Some(messages) => lines(Box::new(messages.map(|message| json(&message?)))).await,
        None => Err(not_found().into()),
    }
}

/// The promise, judged over everything that is stored.
pub(super) async fn audit(State(app): State<App>) -> Result<Response, Refused> {
    let reader = reader(&app).await;
    object(move || reader.audit()).await
}

/// A reader that sees everything the bus has written, not only what is on the disk already. When the
/// store fails it sees what is there.
pub(super) async fn reader(app: &App) -> Reader {
    if let Err(error) = app.store.flush().await {
        tracing::warn!(%error, "the latest writes are not readable");
    }
    app.store.reader()
}

pub(super) fn asked<T>(query: Asked<T>) -> Result<T, Refusal> {
    let Query(asked) = query.map_err(|error| Refusal::bad("QueryNotValid", error.body_text()))?;
    Ok(asked)
}

fn json(line: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(line).map_err(|error| StoreError::Corrupt {
        reason: format!("a line cannot be written: {error}"),
    })
}

async fn object<T: Serialize + Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<Response, Refused> {
    Ok(Json(blocking(read).await?).into_response())
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read.map_err(|error| Refusal::unavailable(error.to_string())),
        Err(lost) => Err(Refusal::unavailable(lost.to_string())),
    }
}

/// Streams the events that a query asks for.
async fn listed(reader: Reader, query: ListQuery) -> Result<Response, Refused> {
    let ask = query.ask();
    let ask = ask.map_err(|error| Refusal::bad("QueryNotValid", error.to_string()))?;
    let (sender, pieces) = mpsc::channel(PIECES);
    let runtime = tokio::runtime::Handle::current();
    // Reading blocks, whatever its calls look like.
    tokio::task::spawn_blocking(move || {
        let sent = runtime.block_on(async {
            let mut lines = EventLines::start(&reader, &query, ask).await?;
            while let Some(some) = lines.next().await? {
                let piece: String = some.into_iter().map(|line| line + "\n").collect();
                if !piece.is_empty() && sender.send(Ok(piece.into())).await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        if let Err(error) = sent {
            // The reader may have left, which ends it as well.
            let _ = sender.blocking_send(Err(error));
        }
    });
    answer(pieces).await
}

/// Streams lines. A failure before the first piece is an error answer; a later one breaks the
/// connection off, so that nobody takes a part for the whole.
pub(super) async fn lines(lines: Lines) -> Result<Response, Refused> {
    let (sender, pieces) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || send(lines, &sender));
    answer(pieces).await
}

async fn answer(mut pieces: mpsc::Receiver<Piece>) -> Result<Response, Refused> {
    let first = match pieces.recv().await {
        Some(Err(error @ ListError::CursorOfOther { .. })) => {
            return Err(Refusal::bad("CursorNotValid", error.to_string()).into());
        }
        Some(Err(error)) => return Err(Refusal::unavailable(error.to_string()).into()),
        Some(Ok(first)) => Some(Ok(first)),
        None => None,
    };
    let rest =
        stream::unfold(pieces, |mut pieces| async move { Some((pieces.recv().await?, pieces)) });
    let body = Body::from_stream(stream::iter(first).chain(rest));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

fn send(lines: Lines, sender: &mpsc::Sender<Piece>) {
    let mut piece = String::new();
    for line in lines {
        let full = match line {
            Ok(line) => {
                piece.push_str(&line);
                piece.push('\n');
                piece.len() >= PIECE_BYTES
            }
            Err(error) => {
                // The reader may have left, which ends it as well.
                let _ = sender.blocking_send(Err(error.into()));
                return;
            }
        };
        if full && sender.blocking_send(Ok(std::mem::take(&mut piece).into())).is_err() {
            return;
        }
    }
    if !piece.is_empty() {
        let _ = sender.blocking_send(Ok(piece.into()));
    }
}
