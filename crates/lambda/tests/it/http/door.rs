//! A bus in memory behind a function URL.

use eventyard_bus::memory::MemoryPorts;
use eventyard_bus::{Bus, Ports, Settings};
use eventyard_event::Limits;
use eventyard_lambda::ingest::http::{Request, Response, answer};
use eventyard_rules::{LoadOptions, SourceText, load};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const RULES: &str = "
version: 1
sources:
  - name: sensors
    when: $.eventType && $.eventId
    event: { id: $.eventId, source: $.source, type: $.eventType, data: $.data }
targets:
  all: { sqs: { queue: all } }
rules:
  - { name: all, when: $, to: all }
";

/// A bus, and its adapters to look at.
pub struct Door<P: Ports> {
    pub bus: Bus<P>,
    pub memory: MemoryPorts,
}

pub async fn door() -> Door<MemoryPorts> {
    let memory = MemoryPorts::default();
    Door::on(memory.clone(), memory).await
}

impl<P: Ports> Door<P> {
    /// A bus on `ports`, which keep what they keep in `memory`.
    pub async fn on(ports: P, memory: MemoryPorts) -> Self {
        let rules = load(&[SourceText::new("rules.yaml", RULES)], &LoadOptions::default());
        let rules = Arc::new(rules.unwrap_or_else(|found| panic!("{}", found.render(false))));
        let bus = Bus::start(ports, rules, LoadOptions::default(), Settings::default());
        Self { bus: bus.await.unwrap(), memory }
    }

    pub async fn send(&self, request: Value) -> Response {
        self.send_until(request, Instant::now() + Duration::from_secs(60)).await
    }

    pub async fn send_until(&self, request: Value, deadline: Instant) -> Response {
        let request: Request = serde_json::from_value(request).unwrap();
        answer(&self.bus, request, &Limits::default(), deadline).await
    }

    /// Posts a body; the status and the JSON of the answer.
    pub async fn post(&self, content_type: &str, body: impl Into<String>) -> (u16, Value) {
        read(
            self.send(request("POST", "/events", json!({ "content-type": content_type }), body))
                .await,
        )
    }

    /// How many events are stored, and how many were sent on.
    pub fn counts(&self) -> (usize, usize) {
        (self.memory.store.events().len(), self.memory.targets.shipments().len())
    }
}

/// A request in the members that AWS documents (payload format 2.0, read 2026-11-24).
pub fn request(method: &str, path: &str, headers: Value, body: impl Into<String>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "cookies": [],
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "urlid",
            "authentication": null,
            "authorizer": { "iam": { "accountId": "123456789012", "userId": "AIDACOSFODNN7EXAMPLE2" } },
            "domainName": "urlid.lambda-url.eu-west-1.on.aws",
            "domainPrefix": "urlid",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_521_600_000_u64,
        },
        "body": body.into(),
        "isBase64Encoded": false,
    })
}

/// The status and the JSON of an answer.
pub fn read(response: Response) -> (u16, Value) {
    assert_eq!(response.headers["content-type"], "application/json");
    (response.status_code, serde_json::from_str(&response.body).unwrap())
}

pub fn event(id: &str, event_type: &str) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "shop", "type": event_type })
}

#[track_caller]
pub fn statuses(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}
