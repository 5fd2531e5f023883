//! What a body may hold, and how it may be packed.

use super::door::{door, event, read, request, statuses};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[tokio::test]
async fn every_shape_of_event_is_stored_and_sent_on_before_the_answer() {
    let door = door().await;
    let batch = json!([event("b1", "A"), event("b2", "A")]).to_string();
    let raw = json!({ "eventId": "r1", "eventType": "V", "source": "sensor", "data": { "x": 1 } });
    for (content_type, body, ids) in [
        ("application/cloudevents+json", event("s1", "A").to_string(), vec!["s1"]),
        ("application/cloudevents-batch+json", batch, vec!["b1", "b2"]),
        ("application/json", event("j1", "A").to_string(), vec!["j1"]),
        ("application/json; charset=utf-8", raw.to_string(), vec!["r1"]),
        (
            "application/x-ndjson",
            format!("{}\n\n{}", event("n1", "A"), event("n2", "A")),
            vec!["n1", "n2"],
        ),
    ] {
        let (status, answer) = door.post(content_type, body).await;
        let expected: Vec<_> =
            ids.iter().map(|id| json!({ "id": id, "status": "accepted" })).collect();
        assert_eq!((status, answer), (202, json!({ "results": expected })));
    }
    assert_eq!(door.counts(), (7, 7));
    assert_eq!(door.memory.store.open_pages(), 0);
}

/// The headers of an event in binary mode, with those that Lambda adds.
fn binary(content_type: &str) -> Value {
    json!({
        "ce-specversion": "1.0",
        "ce-id": "h%201",
        "ce-source": "shop",
        "ce-type": "A",
        "content-type": content_type,
        "x-amzn-trace-id": "Root=1-62ecd163-5f302e550dcde3b12402207d",
        "x-forwarded-for": "192.0.2.1",
        "host": "urlid.lambda-url.eu-west-1.on.aws",
    })
}

#[tokio::test]
async fn an_event_in_headers_is_taken_with_any_body() {
    let door = door().await;
    let sent = door.send(request("POST", "/", binary("text/plain"), "12 EUR")).await;
    assert_eq!(read(sent).0, 202);
    let document = door.memory.store.events()[0].event.document().to_owned();
    let stored: Value = serde_json::from_str(&document).unwrap();
    assert_eq!((&stored["id"], &stored["data"]), (&json!("h 1"), &json!("12 EUR")));
    let mut without_type = binary("text/plain");
    without_type.as_object_mut().unwrap().remove("ce-type");
    let (status, answer) = read(door.send(request("POST", "/", without_type, "")).await);
    assert_eq!((status, statuses(&answer)), (400, vec!["refused"]));
}

#[tokio::test]
async fn a_body_in_base64_is_the_bytes_it_stands_for() {
    let door = door().await;
    let packed = |headers: Value, body: &[u8]| {
        let mut request = request("POST", "/events", headers, STANDARD.encode(body));
        request["isBase64Encoded"] = json!(true);
        request
    };
    let lines = format!("{}\n{}", event("1", "A"), event("2", "A"));
    let ndjson = json!({ "content-type": "application/x-ndjson" });
    let (status, answer) = read(door.send(packed(ndjson.clone(), lines.as_bytes())).await);
    assert_eq!((status, statuses(&answer)), (202, vec!["accepted", "accepted"]));
    let picture = [0x89, b'P', b'N', b'G', 0xff];
    assert_eq!(read(door.send(packed(binary("image/png"), &picture)).await).0, 202);
    let document = door.memory.store.events()[2].event.document().to_owned();
    let stored: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(stored["data_base64"], STANDARD.encode(picture));
    let mut broken = request("POST", "/events", ndjson, "%%%");
    broken["isBase64Encoded"] = json!(true);
    let (status, answer) = read(door.send(broken).await);
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("BodyUnreadable")));
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_its_reason() {
    let door = door().await;
    for (body, code) in [
        ("{\"a\":", "E0502"),
        ("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}", "E05"),
        ("{\"shape\":\"of its own\"}", "E0550"),
    ] {
        let (status, answer) = door.post("application/json", body).await;
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
        let (status, answer) = door.post(content_type, body).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{answer}");
    }
    assert_eq!(door.counts(), (0, 0));
}
