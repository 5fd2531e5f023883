//! Subscriptions: listed, paused, resumed, rewound, removed. Who reads one does it through the library.

use super::App;
use super::answer::Refused;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventyard_binding::Refusal;
use eventyard_history::subscription::{self, SubscriptionError, SubscriptionRecord, Turn};

/// All subscriptions, as JSON lines in the order of their names.
pub(super) async fn list(State(app): State<App>) -> Result<Response, Refused> {
    let unavailable = |text: String| Refused::from(Refusal::unavailable(text));
    let records = subscription::list(&app.store).await;
    let mut text = String::new();
    for record in records.map_err(|error| unavailable(error.to_string()))? {
        let line = serde_json::to_string(&record);
        text.push_str(&line.map_err(|error| unavailable(error.to_string()))?);
        text.push('\n');
    }
    let json_lines = [(axum::http::header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((json_lines, text).into_response())
}

/// Does with one what the body says: a [`Turn`].
pub(super) async fn turn(
    State(app): State<App>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<SubscriptionRecord>, Refused> {
    let turn: Turn = serde_json::from_slice(&body).map_err(|error| {
        let help = r#"the body is "pause", "resume", "remove" or {"rewind":{"to":TIME}}"#;
        Refusal::bad("TurnNotValid", error.to_string()).help(help)
    })?;
    let unknown = || unknown(&format!("there is no subscription `{name}`"));
    let name = name.parse().map_err(|_| unknown())?;
    let turned = subscription::turn(&app.store, &app.store, &name, turn, app.now()).await;
    Ok(Json(turned.map_err(|error| match error {
        SubscriptionError::Unknown(_) => unknown(),
        error => Refusal::unavailable(error.to_string()),
    })?))
}

fn unknown(text: &str) -> Refusal {
    let refusal = Refusal::new(StatusCode::NOT_FOUND, "SubscriptionNotFound", text);
    refusal.help("GET /subscriptions lists them")
}
