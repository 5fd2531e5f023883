//! Error answers: one JSON shape for every route.

use http::StatusCode;
use serde_json::{Value, json};

/// A request that was not done, with the reason for whoever sent it.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// A word that programs can compare.
    pub code: &'static str,
    message: String,
    help: Option<String>,
}

impl Refusal {
    /// A refusal with this status, a word for programs and a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), help: None }
    }

    /// 400: the request is not what it has to be.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 413: there is too much of it.
    pub fn too_large(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, message)
    }

    /// 413: more events than the `max` of one request; those before stand.
    #[must_use]
    pub fn too_many_events(max: usize) -> Self {
        Self::too_large("TooManyEvents", format!("a request brings at most {max} events"))
            .help("send the rest in another request")
    }

    /// 413: the request is longer than `max` bytes.
    #[must_use]
    pub fn request_too_large(max: usize) -> Self {
        Self::too_large("RequestTooLarge", format!("a request has at most {max} bytes"))
    }

    /// 413: the body of an event in binary mode is longer than an event may be, `limit` bytes.
    #[must_use]
    pub fn body_too_large(limit: usize) -> Self {
        Self::too_large("E0501", format!("the body is over the limit of an event, {limit} bytes"))
    }

    /// 400: the body is not what its type says, as [`Frame::Broken`](crate::Frame::Broken) tells.
    #[must_use]
    pub fn body_broken(reason: &'static str) -> Self {
        Self::bad("BodyBroken", reason)
    }

    /// 503: the store failed, the caller may send the same again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "StoreUnavailable", message)
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `{"code":…,"message":…,"help":…}`, which an answer has under `error`.
    #[must_use]
    pub fn to_json(&self) -> Value {
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
