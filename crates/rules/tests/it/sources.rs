//! The golden vectors of `sources:`.
use crate::support::{accepted, refused, vectors};
use eventyard_event::Limits;
use eventyard_event::decode::Received;

const SOURCES: &str = "version: 1
sources:
  - name: sensors
    when: $.eventType && $.eventId
    event: { id: $.eventId, source: $.source, type: $.eventType, time: $.timestamp,
             subject: $.data.sensorId, data: $.data }
  - name: doors
    when: $.kind == 'door'
    event: { source: building, type: '<$.kind>-<$.room>', extensions: { operator: $.who } }
";

#[test]
fn every_vector_has_its_event_or_its_refusal() {
    let rules = accepted(SOURCES);
    for vector in vectors(include_str!("../../vectors/sources.json")) {
        let name = vector.text("name");
        let body = vector.get("message").unwrap().to_string();
        let received =
            Received { message_id: vector.maybe("message_id"), ..Received::new(body.as_bytes()) };
        let mut decoded = rules.decode(&received, &Limits::default());
        assert_eq!(decoded.len(), 1, "{name}");
        match decoded.remove(0) {
            Ok(event) => assert_eq!(Some(event.document()), vector.maybe("event"), "{name}"),
            Err(refusal) => {
                assert_eq!(Some(refusal.to_string().as_str()), vector.maybe("error"), "{name}");
                assert_eq!(refusal.code(), vector.text("code"), "{name}");
            }
        }
    }
}

#[test]
fn raw_json_without_sources_is_told_to_add_one() {
    let rules = accepted("version: 1\n");
    let decoded = rules.decode(&Received::new(br#"{"a":1}"#), &Limits::default());
    let refusal = decoded[0].as_ref().unwrap_err();
    assert_eq!(refusal.code(), "E0550");
    assert!(refusal.help().unwrap().contains("add an entry under `sources:`"));
}

#[test]
fn what_is_no_json_keeps_its_own_error_and_offset() {
    let decoded = accepted(SOURCES).decode(&Received::new(b"{\"a\": NaN}"), &Limits::default());
    let refusal = decoded[0].as_ref().unwrap_err();
    assert_eq!((refusal.code(), refusal.offset()), ("E0507", Some(6)));
}

#[test]
fn the_first_source_that_fits_counts() {
    let rules = accepted(
        "version: 1
sources:
  - { name: first, when: $.a, event: { source: first, type: t } }
  - { name: second, when: $.b, event: { source: second, type: t } }
",
    );
    let source = |body: &str| {
        let received = Received { message_id: Some("m"), ..Received::new(body.as_bytes()) };
        let mut decoded = rules.decode(&received, &Limits::default());
        decoded.remove(0).unwrap().source().to_owned()
    };
    assert_eq!(source(r#"{"a":1,"b":1}"#), "first");
    assert_eq!(source(r#"{"b":1}"#), "second");
}

#[test]
fn hops_that_the_transport_carried_are_kept() {
    let received =
        Received { hops: 4, ..Received::new(br#"{"eventType":"T","eventId":"1","source":"s"}"#) };
    let decoded = accepted(SOURCES).decode(&received, &Limits::default());
    assert_eq!(decoded[0].as_ref().unwrap().hops(), 4);
}

#[test]
fn mappings_that_cannot_work_are_refused_with_their_place() {
    let source = |event: &str| format!("version: 1\nsources:\n  - name: s\n    event: {event}\n");
    accepted(&source("{ source: s, type: $.t }"));
    for (event, codes) in [
        ("{ type: $.t }", vec![("E0212", 4, 14)]),
        ("{ source: s, type: 7 }", vec![("E0213", 4, 31)]),
        ("{ source: s, type: t, subjct: $.s }", vec![("E0003", 4, 34)]),
        ("{ source: $.s[, type: t }", vec![("E0001", 4, 25)]),
        ("{ source: '$.s[', type: $5 }", vec![("E0101", 4, 27), ("E0211", 4, 36)]),
        ("{ source: s, type: t, extensions: { Operator: x } }", vec![("E0214", 4, 48)]),
        ("{ source: s, type: t, extensions: { id: x } }", vec![("E0214", 4, 48)]),
        ("[]", vec![("E0213", 4, 12)]),
    ] {
        let errors = refused(&source(event));
        let found: Vec<_> =
            errors.iter().map(|one| (one.code, one.place.line, one.place.column)).collect();
        assert_eq!(found, codes, "{event}\n{errors}");
    }
}
