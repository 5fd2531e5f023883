//! EventBridge's `PutEvents`, so that every AWS SDK can send events here.
//!
//! In: up to ten entries. Out: one id or error per entry, with AWS's limits, codes and texts
//! (EventBridge API reference, `PutEvents`; AWS JSON 1.1). Every bus name leads to this bus.

use super::App;
use super::aws::{self, JSON_1_1};
use axum::http::StatusCode;
use axum::response::Response;
use eventyard_bus::Acceptance;
use eventyard_event::decode::{Origin, PutEventsEntry, put_events_entry};
use eventyard_event::json::{Value, parse};
use eventyard_event::{Event, Limits};
use serde_json::json;

/// The most entries of one call.
const ENTRIES_MAX: usize = 10;
/// The most bytes of all entries together (1 MB since 2026-01-29).
const TOTAL_BYTES_MAX: usize = 1_048_576;
const ACCOUNT: &str = "000000000000";
const REGION: &str = "local";

/// What becomes of one entry.
enum Outcome {
    /// It is accepted as the event of this id.
    Event(String),
    /// It is refused, with AWS's code and text.
    Failed { code: String, message: String },
}

/// Does the call.
pub(super) async fn call(app: &App, body: &[u8]) -> Response {
    // A detail is the text of a document, so it is a long string here.
    let limits = Limits {
        event_bytes: app.settings.aws_request_bytes,
        string_bytes: app.settings.aws_request_bytes,
        ..app.settings.limits
    };
    let document = match parse(body, &limits) {
        Ok(document) => document,
        Err(error) => return refused("SerializationException", &error.to_string()),
    };
    let entries = match entries(&document.root) {
        Ok(entries) => entries,
        Err(text) => return refused("ValidationException", &text),
    };
    let (mut outcomes, events) = decode(app, &entries);
    if let Err(response) = accept(app, &mut outcomes, events).await {
        return response;
    }
    answer(&outcomes)
}

fn entries<'a>(request: &'a Value<'_>) -> Result<Vec<PutEventsEntry<'a>>, String> {
    let list = request.get("Entries").and_then(Value::as_array).unwrap_or_default();
    let bound = match list.len() {
        0 => Some("Member must have length greater than or equal to 1"),
        1..=ENTRIES_MAX => None,
        _ => Some("Member must have length less than or equal to 10"),
    };
    if let Some(bound) = bound {
        return Err(format!(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: {bound}"
        ));
    }
    let entries: Vec<_> = list.iter().map(PutEventsEntry::read).collect();
    let total: usize = entries.iter().map(PutEventsEntry::size_bytes).sum();
    if total > TOTAL_BYTES_MAX {
        return Err("Total size of the entries in the request is over the limit.".to_owned());
    }
    Ok(entries)
}

fn decode(app: &App, entries: &[PutEventsEntry<'_>]) -> (Vec<Outcome>, Vec<Event>) {
    let (mut outcomes, mut events) = (Vec::new(), Vec::new());
    let now = app.now();
    for entry in entries {
        let id = uuid::Uuid::new_v4().to_string();
        let origin = Origin { id: &id, account: ACCOUNT, region: REGION, now };
        match put_events_entry(entry, &origin, &app.settings.limits) {
            Ok(event) => {
                app.metrics.duplicate_names(event.duplicates());
                events.push(event);
                outcomes.push(Outcome::Event(id));
            }
            Err(error) => outcomes.push(Outcome::Failed {
                code: error.code().to_owned(),
                message: error.to_string(),
            }),
        }
    }
    (outcomes, events)
}

/// Accepts the events; an entry that was not accepted becomes a failed one.
async fn accept(app: &App, outcomes: &mut [Outcome], events: Vec<Event>) -> Result<(), Response> {
    if events.is_empty() {
        return Ok(());
    }
    let planned = app.bus.plan(events, "eventbridge");
    let results = app.intake.submit(planned).results().await;
    let results = results.map_err(|error| {
        // An SDK tries the whole call again.
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        aws::error(status, JSON_1_1, "InternalException", &error.to_string())
    })?;
    let accepted = outcomes.iter_mut().filter(|outcome| matches!(outcome, Outcome::Event(_)));
    for (outcome, result) in accepted.zip(results) {
        if result == Acceptance::Conflict {
            let message = "another event has this id".to_owned();
            *outcome = Outcome::Failed { code: "InternalFailure".to_owned(), message };
        }
    }
    Ok(())
}

fn answer(outcomes: &[Outcome]) -> Response {
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let failed = failed.count();
    let entries: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Event(id) => json!({ "EventId": id }),
            Outcome::Failed { code, message } => {
                json!({ "ErrorCode": code, "ErrorMessage": message })
            }
        })
        .collect();
    let body = json!({ "FailedEntryCount": failed, "Entries": entries });
    aws::answer(StatusCode::OK, JSON_1_1, &body)
}

fn refused(exception: &str, text: &str) -> Response {
    aws::error(StatusCode::BAD_REQUEST, JSON_1_1, exception, text)
}
