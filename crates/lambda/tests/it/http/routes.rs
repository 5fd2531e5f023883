//! Which routes there are, and what an answer looks like on the wire.

use super::door::{Door, door, event, read, request};
use eventyard_lambda::ingest::http::Response;
use serde_json::{Value, json};

async fn send(method: &str, path: &str) -> Response {
    door().await.send(request(method, path, json!({}), "")).await
}

#[tokio::test]
async fn health_names_the_rules_in_force() {
    let door = door().await;
    let (status, answer) = read(door.send(request("GET", "/health", json!({}), "")).await);
    let version = &door.bus.rules().version;
    assert_eq!((status, answer), (200, json!({ "status": "ok", "rules": version })));
}

#[tokio::test]
async fn other_methods_and_paths_are_refused_in_the_same_shape() {
    for (method, path, allowed) in
        [("GET", "/events", "POST"), ("PUT", "/", "POST"), ("POST", "/health", "GET")]
    {
        let response = send(method, path).await;
        assert_eq!(response.headers["allow"], allowed);
        let (status, answer) = read(response);
        assert_eq!((status, &answer["error"]["code"]), (405, &json!("MethodNotAllowed")));
    }
    for (method, path) in [("POST", "/events/"), ("GET", "/audit"), ("POST", ""), ("", "/x")] {
        let (status, answer) = read(send(method, path).await);
        assert_eq!((status, &answer["error"]["code"]), (404, &json!("RouteNotFound")));
        assert!(answer["error"]["help"].as_str().unwrap().contains("POST /events"));
    }
}

#[tokio::test]
async fn a_request_of_another_make_is_answered_and_not_failed() {
    let (status, _) = read(door().await.send(json!({ "Records": [] })).await);
    assert_eq!(status, 404);
}

#[tokio::test]
async fn an_answer_is_what_a_function_url_reads() {
    let response = send("GET", "/nowhere").await;
    let body = response.body.clone();
    let wire: Value = serde_json::to_value(response).unwrap();
    let headers = json!({ "content-type": "application/json" });
    let expected =
        json!({ "statusCode": 404, "headers": headers, "body": body, "isBase64Encoded": false });
    assert_eq!(wire, expected);
}

/// The runtime spawns what it answers with.
#[tokio::test]
async fn an_answer_can_be_spawned() {
    fn spawnable<F: Future + Send>(future: F) -> F {
        future
    }
    let Door { bus, .. } = door().await;
    let sent = request("POST", "/", json!({}), event("1", "A").to_string());
    let sent = serde_json::from_value(sent).unwrap();
    let (limits, now) = (eventyard_event::Limits::default(), tokio::time::Instant::now());
    let answer = eventyard_lambda::ingest::http::answer(&bus, sent, &limits, now);
    assert_eq!(spawnable(answer).await.status_code, 202);
}
