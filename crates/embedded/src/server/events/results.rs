//! The answer of `POST /events`: one result per event, in input order, and the status they make.
//!
//! Results are written as they come, so that 100,000 of them cost their own text and no more.

use crate::server::answer::Refusal;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use eventyard_bus::Acceptance;
use serde_json::Value;
use std::fmt::Write;

/// Why an event was refused.
#[derive(Debug)]
pub(crate) struct EventRefusal {
    /// What is wrong, as JSON: code, message, help, offset.
    pub(crate) error: Value,
    /// Whether its size is what is wrong.
    pub(crate) too_large: bool,
}

/// What became of one event.
#[derive(Debug)]
pub(crate) enum EventResult {
    /// It was a whole event.
    Stored(Acceptance),
    /// It was none.
    Refused(EventRefusal),
}

/// The results so far.
#[derive(Debug, Default)]
pub(crate) struct Results {
    text: String,
    count: usize,
    taken: usize,
    conflicts: usize,
    refused: usize,
    too_large: usize,
    /// What ended the request before its body did.
    failure: Option<Refusal>,
}

impl Results {
    /// Adds the result of the next event; `id` where it had one.
    pub(crate) fn push(&mut self, id: Option<&str>, result: &EventResult) {
        self.text.push_str(if self.count == 0 { "" } else { "," });
        self.count += 1;
        let id = id.map_or(Value::Null, Value::from);
        // Writing to a string does not fail.
        let _ = match result {
            EventResult::Stored(acceptance) => {
                let status = self.stored(*acceptance);
                write!(self.text, r#"{{"id":{id},"status":"{status}""#)
            }
            EventResult::Refused(refusal) => {
                self.refused += 1;
                self.too_large += usize::from(refusal.too_large);
                let error = &refusal.error;
                write!(self.text, r#"{{"id":{id},"status":"refused","error":{error}"#)
            }
        };
        if matches!(result, EventResult::Stored(Acceptance::Conflict)) {
            self.text.push_str(
                r#","error":{"code":"Conflict","message":"another event with this source and id was accepted before","help":"give every event its own id, or send the same again unchanged"}"#,
            );
        }
        self.text.push('}');
    }

    fn stored(&mut self, acceptance: Acceptance) -> &'static str {
        match acceptance {
            Acceptance::Accepted => {
                self.taken += 1;
                "accepted"
            }
            Acceptance::Duplicate => {
                self.taken += 1;
                "duplicate"
            }
            Acceptance::Conflict => {
                self.conflicts += 1;
                "conflict"
            }
        }
    }

    /// Notes what ended the request early; the results so far stand.
    pub(crate) fn fail(&mut self, failure: Refusal) {
        self.failure.get_or_insert(failure);
    }

    /// The status of the answer.
    ///
    /// 503 when the store failed and 4xx when the body broke; else 202 when at least one event was
    /// accepted or a duplicate, else 409 for a conflict, else 413 when all that is wrong is size, else
    /// 400.
    pub(crate) fn status(&self) -> StatusCode {
        match &self.failure {
            Some(failure) if failure.status.is_server_error() => failure.status,
            _ if self.taken > 0 => StatusCode::ACCEPTED,
            _ if self.conflicts > 0 => StatusCode::CONFLICT,
            Some(failure) => failure.status,
            None if self.refused > 0 && self.refused == self.too_large => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            None => StatusCode::BAD_REQUEST,
        }
    }

    /// `{"results":[…]}`, with `error` when the request ended early.
    pub(crate) fn into_response(mut self) -> Response {
        if self.count == 0 && self.failure.is_none() {
            self.fail(Refusal::bad("NoEvent", "the body holds no event"));
        }
        let status = self.status();
        let end = match &self.failure {
            Some(failure) => format!("],\"error\":{}}}", failure.to_json()),
            None => "]}".to_owned(),
        };
        self.text.insert_str(0, r#"{"results":["#);
        self.text.push_str(&end);
        let mut response = Response::new(Body::from(self.text));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{EventRefusal, EventResult, Results};
    use crate::server::answer::Refusal;
    use eventyard_bus::Acceptance::{Accepted, Conflict, Duplicate};
    use serde_json::json;

    fn refused(too_large: bool) -> EventResult {
        EventResult::Refused(EventRefusal { error: json!({ "code": "E0501" }), too_large })
    }

    #[track_caller]
    fn check(results: Vec<EventResult>, failure: Option<Refusal>, status: u16) {
        let mut all = Results::default();
        results.iter().for_each(|result| all.push(Some("a\"b"), result));
        failure.into_iter().for_each(|failure| all.fail(failure));
        assert_eq!(all.status(), status);
        serde_json::from_str::<serde_json::Value>(&format!("[{}]", all.text)).unwrap();
    }

    #[test]
    fn one_event_taken_makes_202_whatever_the_others() {
        use EventResult::Stored;
        check(vec![Stored(Accepted)], None, 202);
        check(vec![refused(false), Stored(Duplicate), Stored(Conflict)], None, 202);
        check(vec![Stored(Accepted)], Some(Refusal::bad("Broken", "cut off")), 202);
    }

    #[test]
    fn without_one_the_status_says_why() {
        use EventResult::Stored;
        check(vec![Stored(Conflict), refused(false)], None, 409);
        check(vec![refused(true), refused(false)], None, 400);
        check(vec![refused(true), refused(true)], None, 413);
        check(vec![], None, 400);
    }

    #[test]
    fn a_store_that_failed_makes_503_even_after_events_were_taken() {
        let failure = || Some(Refusal::unavailable("disk full"));
        check(vec![EventResult::Stored(Accepted)], failure(), 503);
        check(vec![], failure(), 503);
    }
}
