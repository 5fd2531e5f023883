//! The proxy before a tiny upstream, over real connections.

use bytes::Bytes;
use eventyard_busfault::Busfault;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Answers like PutEvents, and remembers the bodies.
struct Tiny {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Tiny {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies: Arc<Mutex<Vec<Value>>> = Arc::default();
        let seen = Arc::clone(&bodies);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                let service =
                    hyper::service::service_fn(move |request| answer(request, Arc::clone(&seen)));
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url, bodies }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }
}

async fn answer(
    request: Request<hyper::body::Incoming>,
    seen: Arc<Mutex<Vec<Value>>>,
) -> hyper::Result<Response<Full<Bytes>>> {
    let body = request.into_body().collect().await?.to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let entries = body["Entries"].as_array().cloned().unwrap_or_default();
    let results: Vec<_> =
        entries.iter().map(|entry| json!({ "EventId": entry["Detail"] })).collect();
    seen.lock().unwrap().push(body);
    let answer = json!({ "FailedEntryCount": 0, "Entries": results }).to_string();
    Ok(Response::new(Full::from(answer)))
}

/// Status and body; none when the connection ended without an answer.
async fn put_events(proxy: &Busfault, details: &[&str]) -> Option<(u16, Value)> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let entries: Vec<_> = details.iter().map(|detail| json!({ "Detail": detail })).collect();
    let scope = "AWS4-HMAC-SHA256 Credential=k/20261124/eu-west-1/events/aws4_request, Signature=0";
    let request = Request::post(proxy.endpoint())
        .header("authorization", scope)
        .header("x-amz-target", "AWSEvents.PutEvents")
        .body(Full::<Bytes>::from(json!({ "Entries": entries }).to_string()))
        .unwrap();
    let response = client.request(request).await.ok()?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok()?.to_bytes();
    Some((status, serde_json::from_slice(&body).unwrap()))
}

#[tokio::test]
async fn without_rules_calls_are_handed_on() {
    let tiny = Tiny::start().await;
    let proxy = Busfault::start(&*tiny.url).await.unwrap();
    let (status, body) = put_events(&proxy, &["a"]).await.unwrap();
    assert_eq!((status, &body["Entries"][0]["EventId"]), (200, &json!("a")));
    assert_eq!(proxy.count("events", "PutEvents"), 1);
    assert_eq!(proxy.calls()[0].rule, None);
}

#[tokio::test]
async fn an_error_is_answered_and_nothing_is_called() {
    let tiny = Tiny::start().await;
    let proxy = Busfault::start(&*tiny.url).await.unwrap();
    let rules =
        r#"[{"service":"events","error":{"statusCode":400,"code":"Throttling"},"times":1}]"#;
    proxy.set_rules_json(rules).unwrap();
    let (status, body) = put_events(&proxy, &["a"]).await.unwrap();
    assert_eq!((status, &body["__type"]), (400, &json!("Throttling")));
    assert!(tiny.bodies().is_empty());
    assert_eq!(put_events(&proxy, &["a"]).await.unwrap().0, 200, "it heals by itself");
    assert_eq!(proxy.applied(0), 1);
}

#[tokio::test]
async fn failing_entries_do_not_reach_the_service() {
    let tiny = Tiny::start().await;
    let proxy = Busfault::start(&*tiny.url).await.unwrap();
    let rules = r#"[{"operation":"PutEvents","partial":{"entries":[1],"code":"InternalFailure"}}]"#;
    proxy.set_rules_json(rules).unwrap();
    let (_, body) = put_events(&proxy, &["a", "b", "c"]).await.unwrap();
    assert_eq!(body["FailedEntryCount"], 1);
    assert_eq!(body["Entries"][1]["ErrorCode"], "InternalFailure");
    assert_eq!(body["Entries"][2]["EventId"], "c");
    assert_eq!(tiny.bodies(), [json!({ "Entries": [{ "Detail": "a" }, { "Detail": "c" }] })]);
}

#[tokio::test]
async fn a_dropped_answer_is_of_a_call_that_was_made() {
    let tiny = Tiny::start().await;
    let proxy = Busfault::start(&*tiny.url).await.unwrap();
    proxy.set_rules_json(r#"[{"drop-after":true,"contains":"precious","times":1}]"#).unwrap();
    assert!(put_events(&proxy, &["precious"]).await.is_none(), "no answer");
    assert_eq!(tiny.bodies().len(), 1, "but the call was made");
    assert_eq!(proxy.calls()[0].status, None);
    assert!(put_events(&proxy, &["precious"]).await.is_some());
}

#[tokio::test]
async fn a_delay_comes_before_the_call() {
    let tiny = Tiny::start().await;
    let proxy = Busfault::start(&*tiny.url).await.unwrap();
    proxy.set_rules_json(r#"[{"delay":200}]"#).unwrap();
    let begin = Instant::now();
    assert_eq!(put_events(&proxy, &["a"]).await.unwrap().0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn rules_that_nobody_understands_are_refused() {
    let proxy = Busfault::start("http://127.0.0.1:9").await.unwrap();
    assert!(proxy.set_rules_json(r#"[{"servce":"sqs"}]"#).is_err());
    assert_eq!(put_events(&proxy, &["a"]).await.unwrap().0, 502, "nobody is there");
}
