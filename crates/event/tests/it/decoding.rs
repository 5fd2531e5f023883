//! Decoding by content against its vectors.

use eventyard_event::decode::{DecodeError, Decoded, Received, decode};
use eventyard_event::{Data, Event, Limits};
use serde_json::Value;

use crate::vectors::{Case, cases_with_transport};

#[test]
fn every_message_is_decoded_or_refused_as_its_vector_says() {
    for (case, transport) in cases_with_transport("decode") {
        check(&case, &transport);
    }
}

#[track_caller]
fn check(case: &Case, transport: &Value) {
    let hops = transport["hops"].as_u64().unwrap_or(0);
    let received = Received {
        body: case.input.as_str().unwrap().as_bytes(),
        message_id: transport["message_id"].as_str(),
        hops: u32::try_from(hops).unwrap(),
    };
    let results = decode(&received, &Limits::default());
    let expected = case.expect.as_array().unwrap();
    assert_eq!(results.len(), expected.len(), "results of {}: {results:?}", case.name);
    for (result, expected) in results.iter().zip(expected) {
        let seen = match result {
            Ok(Decoded::Event(event)) => of_event(event, &expected["event"]),
            Ok(Decoded::Raw(_)) => of_raw(result.as_ref().unwrap(), expected),
            Err(error) => of_error(error, expected),
        };
        assert_eq!(&seen, expected, "{}", case.name);
    }
}

/// What is seen of an event, as far as something is expected.
fn of_event(event: &Event, expected: &Value) -> Value {
    let names = expected.as_object().map(|names| names.keys().cloned()).into_iter().flatten();
    let seen = |name: &str| match name {
        "document" => Value::from(event.document()),
        "hops" => event.hops().into(),
        "duplicates" => event.duplicates().into(),
        "data" => match event.data() {
            Data::Json(text) => text.into(),
            other => format!("{other:?}").into(),
        },
        name => match event.root().get(name) {
            Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned).into(),
            None => Value::Null,
        },
    };
    let members = names.map(|name| (name.clone(), seen(&name))).collect();
    serde_json::json!({ "event": Value::Object(members) })
}

fn of_raw(decoded: &Decoded<'_>, expected: &Value) -> Value {
    let Decoded::Raw(raw) = decoded else { return Value::Null };
    let mut seen = serde_json::Map::new();
    seen.insert("raw".to_owned(), raw.text.as_ref().into());
    for name in ["message_id", "hops", "duplicates"] {
        let value = match name {
            "message_id" => raw.message_id.as_deref().into(),
            "hops" => raw.hops.into(),
            _ => raw.document.duplicates.into(),
        };
        if expected.get(name).is_some() {
            seen.insert(name.to_owned(), value);
        }
    }
    Value::Object(seen)
}

fn of_error(error: &DecodeError, expected: &Value) -> Value {
    let mut seen = serde_json::json!({ "error": error.code(), "text": error.to_string() });
    if expected.get("offset").is_some() {
        seen["offset"] = error.offset.into();
    }
    seen
}

#[test]
fn the_limit_of_one_event_does_not_limit_a_batch() {
    let event = |size: usize| {
        format!(
            r#"{{"specversion":"1.0","id":"{size}","source":"s","type":"T","data":[{}1]}}"#,
            " ".repeat(size)
        )
    };
    let body = format!("[{},{},{}]", event(900_000), event(1_100_000), event(10));
    let results = decode(&Received::new(body.as_bytes()), &Limits::default());
    assert!(matches!(&results[0], Ok(Decoded::Event(event)) if event.id() == "900000"));
    let refused = results[1].as_ref().unwrap_err();
    assert_eq!(refused.code(), "E0501");
    assert!(refused.to_string().starts_with("event is 1,100,0"), "{refused}");
    assert!(results[2].is_ok());
    let raw = format!("[{}1]", " ".repeat(1_100_000));
    let results = decode(&Received::new(raw.as_bytes()), &Limits::default());
    assert_eq!(results[0].as_ref().unwrap_err().code(), "E0501");
}

#[test]
fn an_envelope_may_hold_an_event_longer_than_a_string_may_be() {
    let items = "[1],".repeat(70_000);
    let event =
        format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"T","data":[{items}0]}}"#);
    let record = |body: &str| {
        serde_json::json!({"Records": [{"eventSource": "aws:sqs", "body": body}]}).to_string()
    };
    let body = record(&event);
    let results = decode(&Received::new(body.as_bytes()), &Limits::default());
    assert!(matches!(&results[..], [Ok(Decoded::Event(_))]));
    let long = record(&event.replace(&items, &format!(r#""{}","#, "x".repeat(262_145))));
    let results = decode(&Received::new(long.as_bytes()), &Limits::default());
    assert_eq!(results[0].as_ref().unwrap_err().code(), "E0509");
}

#[test]
fn two_records_of_one_s3_request_are_two_events_and_a_resend_is_the_same() {
    let record = |key: &str, sequencer: &str| {
        serde_json::json!({
            "eventSource": "aws:s3", "awsRegion": "r", "eventName": "ObjectRemoved:Delete",
            "eventTime": "2026-11-24T05:33:16Z",
            "responseElements": {"x-amz-request-id": "R", "x-amz-id-2": "H"},
            "s3": {"bucket": {"name": "b"}, "object": {"key": key, "sequencer": sequencer}}
        })
    };
    let body = serde_json::json!({"Records": [record("a", "1"), record("b", "1"), record("a", "2"), record("a", "1")]});
    let body = body.to_string();
    let identities: Vec<_> = decode(&Received::new(body.as_bytes()), &Limits::default())
        .into_iter()
        .map(|result| match result {
            Ok(Decoded::Event(event)) => event.identity(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_ne!(identities[0], identities[1]);
    assert_ne!(identities[0], identities[2]);
    assert_eq!(identities[0], identities[3]);
}
