//! `POST /redrive`: parked deliveries are tried again, or discarded for a reason.

use super::App;
use super::answer::Refused;
use crate::redrive::{self, Redrive, RedriveError};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use eventyard_binding::Refusal;
use serde_json::{Value, json};

/// Does what the body says (see [`Redrive`]) and answers `{"redriven":N}` or `{"dropped":N}`.
pub(super) async fn redrive(State(app): State<App>, body: Bytes) -> Result<Json<Value>, Refused> {
    let request: Redrive = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad("RedriveNotValid", error.to_string()))?;
    // Parked a moment ago counts as well: a reader sees what is committed.
    app.store.flush().await.map_err(|error| Refusal::unavailable(error.to_string()))?;
    let done =
        redrive::run(&request, app.store.reader(), &*app.bus).await.map_err(
            |error| match error {
                RedriveError::NotValid(text) => Refusal::bad("RedriveNotValid", text),
                error => Refusal::unavailable(error.to_string()),
            },
        )?;
    if done == 0 {
        let text = "no parked delivery fits";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NothingParked", text)
            .help("GET /parked lists what is parked")
            .into());
    }
    let word = if request.drop.is_some() { "dropped" } else { "redriven" };
    Ok(Json(json!({ word: done })))
}
