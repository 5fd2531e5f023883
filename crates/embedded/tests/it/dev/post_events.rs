//! `POST /events`: every shape, every status with its neighbour.

use serde_json::{Value, json};

use super::bus::{Dev, event};

const RULES: &str = "
version: 1
sources:
  - name: sensors
    when: $.eventType && $.eventId
    event: { id: $.eventId, source: $.source, type: $.eventType, data: $.data }
targets:
  all: { sqs: { queue: all } }
rules:
  - name: all
    when: $
    to: all
";

async fn bus() -> Dev {
    Dev::start(RULES).await
}

#[track_caller]
fn statuses(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_shape_of_event_is_taken() {
    let bus = bus().await;
    let batch = json!([event("b1", "A"), event("b2", "A")]).to_string();
    let eventbridge = json!({
        "version": "0", "id": "eb1", "detail-type": "A", "source": "shop", "account": "111122223333",
        "time": "2026-01-01T00:00:00Z", "region": "eu-west-1", "resources": [], "detail": {},
    });
    let raw = json!({ "eventId": "r1", "eventType": "V", "source": "sensor", "data": { "x": 1 } });
    for (content_type, body, ids) in [
        ("application/cloudevents+json", event("s1", "A").to_string(), vec!["s1"]),
        ("application/cloudevents-batch+json", batch.clone(), vec!["b1", "b2"]),
        ("application/json", event("j1", "A").to_string(), vec!["j1"]),
        ("application/json; charset=utf-8", eventbridge.to_string(), vec!["eb1"]),
        ("application/json", raw.to_string(), vec!["r1"]),
        (
            "application/json",
            json!([event("a1", "A"), event("a2", "A")]).to_string(),
            vec!["a1", "a2"],
        ),
        (
            "application/x-ndjson",
            format!("{}\n\n{}", event("n1", "A"), event("n2", "A")),
            vec!["n1", "n2"],
        ),
    ] {
        let (status, answer) = bus.post(content_type, body).await;
        assert_eq!(status, 202, "{answer}");
        let expected: Vec<_> =
            ids.iter().map(|id| json!({ "id": id, "status": "accepted" })).collect();
        assert_eq!(answer["results"], json!(expected));
    }
    assert_eq!(bus.lines("/events").await.len(), 10);
}

#[tokio::test]
async fn an_event_in_headers_is_taken_with_any_body() {
    let bus = bus().await;
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "h%201"),
        ("ce-source", "shop"),
        ("ce-type", "A"),
        ("content-type", "text/plain"),
    ];
    let response = bus.send("/events", &headers, "12 EUR".to_owned()).await;
    assert_eq!(response.status(), 202);
    let stored = &bus.lines("/events").await[0];
    assert_eq!((&stored["id"], &stored["data"]), (&json!("h 1"), &json!("12 EUR")));
    let without_type = bus.send("/events", &headers[..3], String::new()).await;
    assert_eq!(without_type.status(), 400);
}

#[tokio::test]
async fn the_same_event_again_is_a_duplicate_and_another_of_its_identity_a_conflict() {
    let bus = bus().await;
    assert_eq!(bus.event("1", "A").await.0, 202);
    let (status, again) = bus.event("1", "A").await;
    assert_eq!((status, statuses(&again)), (202, vec!["duplicate"]));
    let (status, other) = bus.event("1", "B").await;
    assert_eq!((status, statuses(&other)), (409, vec!["conflict"]));
    assert_eq!(other["results"][0]["error"]["code"], "Conflict");
    // One that is taken makes 202 of it.
    let lines = format!("{}\n{}", event("1", "B"), event("2", "B"));
    let (status, mixed) = bus.post("application/x-ndjson", lines).await;
    assert_eq!((status, statuses(&mixed)), (202, vec!["conflict", "accepted"]));
    assert_eq!(bus.lines("/events").await.len(), 2);
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_its_reason() {
    let bus = bus().await;
    for (content_type, body, code) in [
        ("application/json", "{\"a\":", "E0502"),
        ("application/json", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}", "E05"),
        ("application/json", "{\"a\":NaN}", "E05"),
        ("application/json", "{\"shape\":\"of its own\"}", "E0550"),
    ] {
        let (status, answer) = bus.post(content_type, body).await;
        assert_eq!((status, statuses(&answer)), (400, vec!["refused"]), "{answer}");
        let error = &answer["results"][0]["error"];
        assert!(error["code"].as_str().unwrap().starts_with(code), "{answer}");
        assert!(error["message"].is_string());
    }
    for (content_type, body, code) in [
        ("application/json", "", "NoEvent"),
        ("application/x-ndjson", "\n \n", "NoEvent"),
        ("application/cloudevents-batch+json", "[]", "NoEvent"),
        ("application/cloudevents-batch+json", "{}", "BodyBroken"),
        ("application/x-www-form-urlencoded", "{}", "ContentTypeNotSupported"),
    ] {
        let (status, answer) = bus.post(content_type, body).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{answer}");
    }
    assert!(bus.lines("/events").await.is_empty());
}

#[tokio::test]
async fn the_size_limit_is_one_per_event_and_not_per_request() {
    let bus = bus().await;
    const LIMIT: usize = 1_048_576;
    let mut one = event("big", "A");
    one["data"] = json!(vec!["x".repeat(200_000); 5]);
    let base = one.to_string().len();
    let grown = |id: &str, bytes: usize| {
        let mut event = one.clone();
        event["id"] = json!(id);
        event["pad"] = json!("x".repeat(bytes - base - r#","pad":"""#.len()));
        event.to_string()
    };
    let (fits, too_large) = (grown("fit", LIMIT), grown("too", LIMIT + 1));
    assert_eq!((fits.len(), too_large.len()), (LIMIT, LIMIT + 1));
    let (status, answer) = bus.post("application/json", too_large.clone()).await;
    assert_eq!((status, statuses(&answer)), (413, vec!["refused"]), "{answer}");
    let error = &answer["results"][0]["error"];
    assert_eq!(error["code"], "E0501");
    assert_eq!(error["message"], "event is 1,048,577 bytes, limit 1,048,576");
    let (status, _) = bus.post("application/json", fits.clone()).await;
    assert_eq!(status, 202);
    let lines = format!("{too_large}\n{}\n{too_large}\n{fits}\n", event("small", "A"));
    let (status, answer) = bus.post("application/x-ndjson", lines).await;
    assert_eq!(status, 202);
    assert_eq!(statuses(&answer), ["refused", "accepted", "refused", "duplicate"]);
    let both = format!("{too_large}\n{{\n");
    assert_eq!(bus.post("application/x-ndjson", both).await.0, 400);
}

#[tokio::test]
async fn results_stand_in_input_order_over_many_pages() {
    let bus = bus().await;
    let line = |n: usize| match n % 500 {
        17 => "not json".to_owned(),
        _ => event(&format!("e{n}"), "A").to_string(),
    };
    let lines: Vec<_> = (0..2500).map(line).collect();
    let (status, answer) = bus.post("application/x-ndjson", lines.join("\n")).await;
    assert_eq!(status, 202);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 2500);
    for (n, result) in results.iter().enumerate() {
        match n % 500 {
            17 => assert_eq!((&result["id"], &result["status"]), (&Value::Null, &json!("refused"))),
            _ => assert_eq!(*result, json!({ "id": format!("e{n}"), "status": "accepted" })),
        }
    }
    let audit = bus.settled().await;
    assert_eq!((&audit["accepted"], &audit["delivered"]), (&json!(2495), &json!(2495)));
}

#[tokio::test]
async fn a_request_of_too_many_events_keeps_what_came_before() {
    let bus = Dev::start_with(RULES, |options| options.settings.request_events_max = 3).await;
    let lines: Vec<_> = (0..4).map(|n| event(&n.to_string(), "A").to_string()).collect();
    let (status, answer) = bus.post("application/x-ndjson", lines.join("\n")).await;
    assert_eq!((status, statuses(&answer).len()), (202, 3));
    assert_eq!(answer["error"]["code"], "TooManyEvents");
    let (status, answer) = bus.post("application/x-ndjson", lines[..3].join("\n")).await;
    assert_eq!((status, &answer["error"]), (202, &Value::Null));
}
