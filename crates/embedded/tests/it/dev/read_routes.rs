//! What is stored, over HTTP.

use serde_json::{Value, json};

use super::bus::{Dev, event};

const RULES: &str = "
version: 1
targets:
  out: { sqs: { queue: out } }
rules:
  - name: out
    when: $.type == 'A'
    to: out
";

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn events_are_found_by_their_attributes() {
    let bus = Dev::start(RULES).await;
    for (id, event_type) in [("1", "A"), ("2", "B"), ("3", "A")] {
        bus.event(id, event_type).await;
    }
    let mut other = event("4", "A");
    other["source"] = json!("factory");
    other["subject"] = json!("größe");
    bus.post("application/json", other.to_string()).await;
    for (query, found) in [
        ("", vec!["1", "2", "3", "4"]),
        ("?type=A", vec!["1", "3", "4"]),
        ("?type=A&source=shop", vec!["1", "3"]),
        ("?subject=gr%C3%B6%C3%9Fe", vec!["4"]),
        ("?limit=2", vec!["1", "2"]),
        ("?since=2000-01-01T00:00:00Z", vec!["1", "2", "3", "4"]),
        ("?since=2100-01-01T00:00:00Z", vec![]),
        ("?type=none", vec![]),
    ] {
        assert_eq!(ids(&bus.lines(&format!("/events{query}")).await), found, "{query}");
    }
    assert_eq!(bus.lines("/events?limit=1").await[0], event("1", "A"));
    for query in ["?typ=A", "?limit=x", "?since=yesterday"] {
        let (status, text) = bus.get(&format!("/events{query}")).await;
        assert_eq!(status, 400, "{text}");
        assert!(text.contains("QueryNotValid"), "{text}");
    }
}

#[tokio::test]
async fn a_trace_tells_an_events_story() {
    let mut bus = Dev::start(RULES).await;
    bus.event("1/x", "A").await;
    bus.delivered("out").await;
    let trace = bus.object("/trace/1%2Fx").await;
    let story = &trace["events"][0];
    assert_eq!(story["event"], event("1/x", "A"));
    assert_eq!((&story["via"], &story["matched"]), (&json!("http"), &json!(["out"])));
    assert_eq!(story["deliveries"][0]["state"], "delivered");
    let elsewhere = bus.object("/trace/1%2Fx?source=factory").await;
    assert_eq!(elsewhere["events"], json!([]));
}

#[tokio::test]
async fn queues_are_looked_at_without_receiving() {
    let mut bus = Dev::start(RULES).await;
    bus.event("1", "A").await;
    bus.delivered("out").await;
    let queue = &bus.lines("/queues").await[0];
    assert_eq!((&queue["queue"], &queue["visible"]), (&json!("out"), &json!(1)));
    let message = &bus.lines("/queues/out/messages").await[0];
    assert_eq!(message["receive_count"], 0);
    assert!(message["body"].as_str().unwrap().contains("\"id\":\"1\""));
    assert_eq!(bus.receive("out").await.len(), 1);
    assert_eq!(bus.get("/queues/none/messages").await.0, 404);
}

#[tokio::test]
async fn what_is_not_there_names_the_routes() {
    let bus = Dev::start(RULES).await;
    let (status, text) = bus.get("/nothing").await;
    assert_eq!(status, 404);
    assert!(text.contains("RouteNotFound") && text.contains("POST /events"), "{text}");
    let wrong = bus.client.delete(format!("{}/events", bus.url)).send().await.unwrap();
    assert_eq!(wrong.status(), 405);
    let text = wrong.text().await.unwrap();
    assert!(text.contains("MethodNotAllowed") && text.contains("GET /events"), "{text}");
    let (status, answer) = bus.aws("", json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("TargetMissing")));
}
