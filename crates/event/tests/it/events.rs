//! Events against their vectors, and what an event can do.

use eventyard_event::{Data, DeliveryId, Event, Limits, Travel};

use crate::vectors::{Case, bytes, cases, hex};

fn event(document: &str) -> Event {
    Event::from_document(document.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn every_document_is_an_event_or_refused_as_its_vector_says() {
    cases("events").iter().for_each(check);
}

#[track_caller]
fn check(case: &Case) {
    let event = match Event::from_document(&bytes(&case.input), &Limits::default()) {
        Err(error) => return case.check_refusal(error.code(), error.offset, &error.to_string()),
        Ok(event) => event,
    };
    assert_eq!(case.error(), None, "{} is an event", case.name);
    for (name, expected) in case.expect.as_object().unwrap() {
        assert_eq!(&seen(&event, name), expected, "{name} of {}", case.name);
    }
    let stored = Event::from_document(event.document().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(stored, event, "stored form of {}", case.name);
    assert_eq!(stored.digest(), event.digest(), "digest of {}", case.name);
}

fn seen(event: &Event, name: &str) -> serde_json::Value {
    match name {
        "id" => event.id().into(),
        "source" => event.source().into(),
        "type" => event.event_type().into(),
        "subject" => event.subject().into(),
        "time" => event.time().into(),
        "datacontenttype" => event.datacontenttype().into(),
        "correlation" => event.correlation().into(),
        "causation" => event.causation().into(),
        "document" => event.document().into(),
        "line" => event.line().into(),
        "hops" => event.hops().into(),
        "duplicates" => event.duplicates().into(),
        "data" => match event.data() {
            Data::None => "none".into(),
            Data::Json(text) => format!("json {text}").into(),
            Data::Text(text) => format!("text {text}").into(),
            Data::Binary(bytes) => format!("binary {}", hex(&bytes)).into(),
        },
        other => panic!("no such expectation: {other}"),
    }
}

const ORDER: &str = r#"{"specversion":"1.0","id":"1","source":"shop","type":"OrderPlaced","time":"2026-11-24T05:33:16Z","data":{"total":12.50,"items":[{"sku":"a","qty":1}]}}"#;

#[test]
fn a_resend_with_other_time_extensions_and_spelling_has_the_same_digest() {
    let resent = event(
        r#"{ "data": {"items": [{"qty":1.0,"sku":"\u0061"}], "total": 125e-1}, "type":"OrderPlaced",
            "source":"shop","id":"1","specversion":"1.0","time":"2026-11-25T00:00:00Z","x":"y"}"#,
    );
    assert_eq!(resent.digest(), event(ORDER).digest());
    assert_eq!(resent.identity(), event(ORDER).identity());
}

#[test]
fn another_type_subject_content_type_or_payload_has_another_digest() {
    for (from, to) in [
        ("OrderPlaced", "OrderPaid"),
        (r#""time""#, r#""subject":"x","time""#),
        (r#""time""#, r#""datacontenttype":"application/json","time""#),
        ("12.50", "12.51"),
        (r#""qty":1"#, r#""qty":"1""#),
        (r#"[{"sku":"a","qty":1}]"#, r#"{"sku":"a","qty":1}"#),
    ] {
        let changed = ORDER.replace(from, to);
        assert_ne!(changed, ORDER);
        assert_ne!(event(&changed).digest(), event(ORDER).digest(), "{changed}");
    }
}

#[test]
fn the_delivered_form_counts_the_hop_and_keeps_values_as_sent() {
    let sent = r#"{"specversion":"1.0","eventyardhops":2,"id":"1","source":"s","type":"T","data":{"n": 1.50},"eventbridge":{"account":"1"}}"#;
    let delivered = event(sent).delivered(&Travel::default());
    assert_eq!(
        delivered,
        r#"{"specversion":"1.0","id":"1","source":"s","type":"T","data":{"n": 1.50},"eventyardhops":3}"#
    );
    assert_eq!(event(&delivered).digest(), event(sent).digest());
}

#[test]
fn the_delivered_form_may_name_its_delivery_and_replay() {
    let order = event(ORDER);
    let id = DeliveryId::new("main", &order.identity(), "rule", "target", Some("july"));
    let travel = Travel { hops: 4, delivery: Some(id), replay: Some("july") };
    let delivered = event(&order.delivered(&travel));
    assert_eq!(delivered.hops(), 5);
    let root = delivered.root();
    assert_eq!(root.get("eventyarddelivery").unwrap().as_str(), Some(id.to_string().as_str()));
    assert_eq!(root.get("replay").unwrap().as_str(), Some("july"));
}

#[test]
fn the_delivery_that_brought_an_event_is_not_passed_on() {
    let id = DeliveryId::from_bytes([7; 16]);
    let travel = Travel { delivery: Some(id), ..Travel::default() };
    let arrived = event(&event(ORDER).delivered(&travel));
    assert_eq!(arrived.digest(), event(ORDER).digest());
    assert!(arrived.document().contains("eventyarddelivery"));
    assert!(!arrived.delivered(&Travel::default()).contains("eventyarddelivery"));
}

#[test]
fn hops_change_nothing_else() {
    let order = event(ORDER);
    let moved = order.clone().with_hops(7);
    assert_eq!((moved.hops(), moved.digest(), moved.id()), (7, order.digest(), "1"));
    assert_eq!(order.clone().with_hops(0), order);
    assert_eq!(order.with_hops(u32::MAX).hops(), 2_147_483_647);
}

#[test]
fn built_events_are_checked_like_any_other() {
    let built = Event::builder("1", "shop", "T")
        .extension("priority", 5)
        .extension("vip", true)
        .extension("region", "eu")
        .data_json(br#" {"a": 1.0} "#, &Limits::default())
        .unwrap()
        .build(&Limits::default())
        .unwrap();
    assert_eq!(
        built.document(),
        r#"{"specversion":"1.0","id":"1","source":"shop","type":"T","priority":5,"vip":true,"region":"eu","data":{"a": 1.0}}"#
    );
    let refused = Event::builder("1", "", "T").build(&Limits::default()).unwrap_err();
    assert_eq!((refused.code(), refused.offset), ("E0523", None));
    let smuggled = Event::builder("1", "s", "T").data_json(br#"1,"id":"2""#, &Limits::default());
    assert!(smuggled.is_err());
}

#[test]
fn records_hold_events_as_they_are() {
    let text = serde_json::to_string(&event(ORDER)).unwrap();
    assert_eq!(text, ORDER);
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event(ORDER));
    assert!(serde_json::from_str::<Event>("{}").is_err());
}

#[test]
fn a_debugged_event_does_not_show_its_payload() {
    let shown = format!("{:?}", event(ORDER));
    assert!(shown.contains("OrderPlaced") && !shown.contains("12.50"), "{shown}");
}
