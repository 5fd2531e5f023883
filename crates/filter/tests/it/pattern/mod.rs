//! EventBridge patterns.

mod explain;
mod limits;
mod oracle;
mod properties;
mod vectors;

use eventyard_event::Limits;
use eventyard_event::json::{self, Value};
use eventyard_filter::{Pattern, View};

#[track_caller]
pub fn document(text: &str) -> Value<'_> {
    json::parse(text.as_bytes(), &Limits::default()).expect("JSON").root
}

#[track_caller]
pub fn pattern(text: &str) -> Pattern {
    Pattern::parse_json(text, View::Raw).expect("a pattern")
}
