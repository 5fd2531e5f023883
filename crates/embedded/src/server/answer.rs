//! What the binding says, as axum answers it.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use eventyard_binding::{Refusal, Results};
use serde_json::json;

/// A refusal as the answer of a route.
#[derive(Debug)]
pub(crate) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0.status, Json(json!({ "error": self.0.to_json() }))).into_response()
    }
}

/// The answer to a request of events.
pub(super) fn results(results: Results) -> Response {
    let (status, text) = results.finish();
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
