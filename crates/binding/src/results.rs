//! The answer to a request of events: one result per event, in input order, and the status they make.
//!
//! Results are written as they come, so that 100,000 of them cost their own text and no more.

use crate::Refusal;
use crate::refusal::error;
use eventyard_bus::Acceptance;
use http::StatusCode;
use serde_json::Value;
use std::fmt::Write;

/// Why an event was refused.
#[derive(Debug)]
pub struct EventRefusal {
    /// What is wrong, as JSON: code, message, help, offset.
    pub error: Value,
    /// Whether its size is what is wrong.
    pub too_large: bool,
}

impl From<&eventyard_rules::Refusal> for EventRefusal {
    fn from(refusal: &eventyard_rules::Refusal) -> Self {
        let mut json = error(refusal.code(), &refusal.to_string(), refusal.help());
        if let (Some(offset), Some(members)) = (refusal.offset(), json.as_object_mut()) {
            members.insert("offset".to_owned(), offset.into());
        }
        Self { error: json, too_large: refusal.code() == "E0501" }
    }
}

/// What became of one event.
#[derive(Debug)]
pub enum EventResult {
    /// It was a whole event.
    Stored(Acceptance),
    /// It was none.
    Refused(EventRefusal),
}

/// The results so far.
#[derive(Debug, Default)]
pub struct Results {
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
    pub fn push(&mut self, id: Option<&str>, result: &EventResult) {
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
    pub fn fail(&mut self, failure: Refusal) {
        self.failure.get_or_insert(failure);
    }

    /// The status of the answer.
    ///
    /// 503 when the store failed and 4xx when the body broke; else 202 when at least one event was
    /// accepted or a duplicate, else 409 for a conflict, else 413 when all that is wrong is size, else
    /// 400.
    #[must_use]
    pub fn status(&self) -> StatusCode {
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

    /// The status and the JSON of the answer: `{"results":[…]}`, with `error` when the request ended
    /// early.
    #[must_use]
    pub fn finish(mut self) -> (StatusCode, String) {
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
        (status, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{EventRefusal, EventResult, Results};
    use crate::Refusal;
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
