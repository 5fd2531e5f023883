//! Entries of PutEvents against their vectors: AWS's codes and texts.

use eventyard_event::decode::{Origin, PutEventsEntry, put_events_entry};
use eventyard_event::{Limits, json};

use crate::vectors::{Case, cases};

#[test]
fn every_entry_is_an_event_or_refused_as_aws_would() {
    cases("put_events").iter().for_each(check);
}

#[track_caller]
fn check(case: &Case) {
    let value = json::Value::from(case.input.clone());
    let entry = PutEventsEntry::read(&value);
    match put_events_entry(&entry, &origin(), &Limits::default()) {
        Err(error) => case.check_refusal(error.code(), error.offset, &error.to_string()),
        Ok(event) => {
            assert_eq!(case.error(), None, "{} is an event", case.name);
            assert_eq!(event.document(), case.expect["document"], "{}", case.name);
            if let Some(size) = case.expect.get("size") {
                assert_eq!(&serde_json::Value::from(entry.size_bytes()), size, "{}", case.name);
            }
            let duplicates = case.expect.get("duplicates").map_or(0, |n| n.as_u64().unwrap());
            assert_eq!(u64::from(event.duplicates()), duplicates, "{}", case.name);
        }
    }
}

fn origin() -> Origin<'static> {
    let now = "2026-11-24T05:33:16Z".parse().unwrap();
    Origin { id: "uuid", account: "000000000000", region: "local", now }
}

#[test]
fn a_detail_over_our_limits_keeps_our_error() {
    let detail = format!(r#"{{"a":{}}}"#, "[".repeat(100));
    let entry = PutEventsEntry {
        source: Some("s"),
        detail_type: Some("t"),
        detail: Some(&detail),
        ..PutEventsEntry::default()
    };
    let refused = put_events_entry(&entry, &origin(), &Limits::default()).unwrap_err();
    assert_eq!(refused.code(), "E0005");
}
