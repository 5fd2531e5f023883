//! Replays: started, listed, paused, resumed.
//!
//! `POST /replays` with a [`ReplayAsk`] starts one and answers its record; with `?dry-run=true` it delivers nothing
//! and answers what would be delivered.

use super::App;
use super::answer::Refused;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventyard_binding::Refusal;
use eventyard_bus::ReplayName;
use eventyard_history::replay::{self, ReplayAsk, ReplayError, ReplayRecord};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StartQuery {
    /// Delivers nothing and says what would be delivered.
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn start(
    State(app): State<App>,
    query: Result<Query<StartQuery>, axum::extract::rejection::QueryRejection>,
    body: Bytes,
) -> Result<Response, Refused> {
    let query = query.map_err(|error| Refusal::bad("QueryNotValid", error.body_text()))?;
    let ask: ReplayAsk = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad("ReplayNotValid", error.to_string()))?;
    // What was accepted a moment ago counts as well.
    app.store.flush().await.map_err(|error| Refusal::unavailable(error.to_string()))?;
    let reader = app.store.reader();
    if query.dry_run {
        let found = replay::dry_run(&app.bus, &reader, &ask).await.map_err(refusal)?;
        return Ok(Json(found).into_response());
    }
    let record = replay::start(&app.bus, &reader, &app.store, ask).await.map_err(refusal)?;
    app.replays.go_on(&record.ask.name);
    Ok((StatusCode::CREATED, Json(record)).into_response())
}

/// All replays, as JSON lines in the order of their names.
pub(super) async fn list(State(app): State<App>) -> Result<Response, Refused> {
    let records = replay::list(&app.store).await;
    let records = records.map_err(|error| Refusal::unavailable(error.to_string()))?;
    let lines: Result<Vec<String>, _> = records.iter().map(serde_json::to_string).collect();
    let mut text = lines.map_err(|error| Refusal::unavailable(error.to_string()))?.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    let json_lines = [(axum::http::header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((json_lines, text).into_response())
}

pub(super) async fn read(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<ReplayRecord>, Refused> {
    Ok(Json(replay::read(&app.store, &parse(&name)?).await.map_err(refusal)?))
}

pub(super) async fn pause(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<ReplayRecord>, Refused> {
    Ok(Json(replay::pause(&app.store, &parse(&name)?, app.now()).await.map_err(refusal)?))
}

pub(super) async fn resume(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<ReplayRecord>, Refused> {
    let record = replay::resume(&app.store, &parse(&name)?, app.now()).await.map_err(refusal)?;
    app.replays.go_on(&record.ask.name);
    Ok(Json(record))
}

fn parse(name: &str) -> Result<ReplayName, Refusal> {
    name.parse().map_err(|_| unknown(&format!("there is no replay `{name}`")))
}

fn unknown(text: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "ReplayNotFound", text).help("GET /replays lists them")
}

fn refusal(error: ReplayError) -> Refusal {
    let text = error.to_string();
    match error {
        ReplayError::Unknown(_) => unknown(&text),
        ReplayError::NameUsed(_) => {
            Refusal::new(StatusCode::CONFLICT, "ReplayNameUsed", text).help("choose another name")
        }
        ReplayError::When(_) | ReplayError::Rate | ReplayError::RulesUnknown(_) => {
            Refusal::bad("ReplayNotValid", text)
        }
        _ => Refusal::unavailable(text),
    }
}
