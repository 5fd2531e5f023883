//! What a running bus tells: stream, metrics, health.

use std::time::Duration;

use serde_json::{Value, json};

use super::bus::{Dev, PATIENCE, event};

const RULES: &str = "
version: 1
targets:
  out: { sqs: { queue: out } }
rules:
  - name: out
    when: $.type == 'A'
    to: out
";

/// Reads the stream until it has `count` events; each as its name and its data.
async fn read(stream: &mut reqwest::Response, count: usize) -> Vec<(String, Value)> {
    let mut text = String::new();
    let wait = async {
        while text.matches("\n\n").count() < count {
            let chunk = stream.chunk().await.unwrap().expect("the stream ended");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the stream was silent");
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    text.split("\n\n")
        .filter(|block| !block.is_empty())
        .map(|block| {
            (field(block, "event:"), serde_json::from_str(&field(block, "data:")).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_stream_tells_an_events_story_in_order_and_never_its_payload() {
    let bus = Dev::start(RULES).await;
    let mut stream = bus.client.get(format!("{}/stream", bus.url)).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    bus.event("1", "A").await;
    let told = read(&mut stream, 3).await;
    let words: Vec<_> = told.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["accepted", "matched", "delivered"]);
    for (word, data) in &told {
        assert_eq!(data["stage"], json!(word));
        assert_eq!((&data["id"], data["at"].is_string()), (&json!("1"), true));
        assert!(!data.to_string().contains("12.5"), "{data}");
    }
    assert_eq!(told[2].1["target"], "out");
}

#[tokio::test]
async fn a_reader_that_is_too_slow_learns_how_much_it_missed() {
    let bus = Dev::start_with(RULES, |options| options.settings.stages_max = 4).await;
    let mut stream = bus.client.get(format!("{}/stream", bus.url)).send().await.unwrap();
    let lines: Vec<_> = (0..900).map(|n| event(&n.to_string(), "B").to_string()).collect();
    bus.post("application/x-ndjson", lines.join("\n")).await;
    bus.settled().await;
    let mut told = Vec::new();
    while !told.iter().any(|(word, _)| word == "missed") {
        told.extend(read(&mut stream, 1).await);
    }
    let (_, missed) = told.iter().find(|(word, _)| word == "missed").unwrap();
    assert!(missed["missed"].as_u64().unwrap() > 0, "{missed}");
    let metrics = bus.get("/metrics").await.1;
    assert!(!metrics.contains("eventyard_stream_missed_total 0\n"), "{metrics}");
}

#[tokio::test]
async fn readers_of_the_stream_are_bounded_and_leave_when_the_bus_stops() {
    let bus = Dev::start_with(RULES, |options| {
        options.settings.streams_max = 1;
        options.settings.grace = Duration::from_secs(3600);
    })
    .await;
    let url = format!("{}/stream", bus.url);
    let mut first = bus.client.get(&url).send().await.unwrap();
    assert_eq!(bus.client.get(&url).send().await.unwrap().status(), 503);
    // With an hour's grace this returns only because the stream ends by itself.
    bus.stop().await;
    while first.chunk().await.unwrap().is_some() {}
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let bus = Dev::start(RULES).await;
    let twice = r#"{"specversion":"1.0","id":"1","source":"s","type":"A","data":{"x":1,"x":2}}"#;
    bus.post("application/json", twice).await;
    bus.post("application/json", twice).await;
    bus.event("2", "B").await;
    bus.event("2", "C").await;
    bus.settled().await;
    let response = bus.client.get(format!("{}/metrics", bus.url)).send().await.unwrap();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(content_type, "text/plain; version=0.0.4; charset=utf-8");
    let text = response.text().await.unwrap();
    for line in [
        "eventyard_events_total{outcome=\"accepted\"} 2",
        "eventyard_events_total{outcome=\"duplicate\"} 1",
        "eventyard_events_total{outcome=\"conflict\"} 1",
        "eventyard_events_matched_total 1",
        "eventyard_events_unmatched_total 1",
        "eventyard_duplicate_names_total 2",
        "eventyard_rule_matches_total{rule=\"out\"} 1",
        "eventyard_deliveries_total{target=\"out\",outcome=\"delivered\"} 1",
        "eventyard_delivery_latency_seconds_count{target=\"out\"} 1",
        "eventyard_rules_loads_total{result=\"loaded\"} 1",
        "eventyard_queue_messages{queue=\"out\",state=\"visible\"} 1",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn health_names_the_rules_in_force() {
    let bus = Dev::start(RULES).await;
    let health = bus.object("/healthz").await;
    assert_eq!((&health["status"], &health["rules"]["count"]), (&json!("ok"), &json!(1)));
}
