//! Error answers of the listener: one JSON shape for every route.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that was not done, with the reason for whoever sent it.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// A word that programs can compare.
    pub(crate) code: &'static str,
    message: String,
    help: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), help: None }
    }

    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The store failed: the caller may send the same again.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "StoreUnavailable", message)
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `{"code":…,"message":…,"help":…}`.
    pub(crate) fn to_json(&self) -> Value {
        error(self.code, &self.message, self.help.as_deref())
    }
}

/// The JSON of an error; `help` only where there is some.
pub(crate) fn error(code: &str, message: &str, help: Option<&str>) -> Value {
    match help {
        Some(help) => json!({ "code": code, "message": message, "help": help }),
        None => json!({ "code": code, "message": message }),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.to_json() }))).into_response()
    }
}
