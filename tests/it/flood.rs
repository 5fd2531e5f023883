//! One client posts 100,000 events in one request.

use eventyard_tests::bus::{Bus, Start, client, eventually};
use eventyard_tests::{command, load};
use futures::stream;
use serde_json::Value;

const EVENTS: u64 = 100_000;
/// Events posted before memory is looked at: they begin to fill the store's cache.
const WARM_UP: u64 = 20_000;
/// Events in one piece of a request's body.
const PIECE: u64 = 500;
/// How much more memory the bus may take while it swallows 100 MB: the rest of the store's cache of 64 MiB, the list of
/// results, what the allocator keeps. None of it grows with the body.
const GROWTH_BYTES_MAX: u64 = 96 * 1024 * 1024;

const RULES: &str = "version: 1
targets:
  big: { sqs: { queue: big } }
  small: { sqs: { queue: small } }
rules:
  - { name: big, when: '$.data.total >= 500', to: big }
  - { name: small, when: '$.data.total < 500', to: small }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_events_in_one_request_are_stored_routed_and_readable() {
    let folder = tempfile::tempdir().unwrap();
    let (rules, data) = (folder.path().join("rules"), folder.path().join("data"));
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("flood.yaml"), RULES).unwrap();
    let bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    post(&bus, "w", WARM_UP).await;
    let before = bus.resident_bytes().unwrap();
    let results = post(&bus, "f", EVENTS).await;
    assert!(
        results.iter().enumerate().all(|(n, result)| result["id"] == format!("f-{n}")),
        "in input order"
    );

    let data = data.to_str().unwrap();
    eventually("every delivery made", || async {
        let audit = command::json_lines(
            folder.path(),
            &["audit", "--data", data, "--output", "json"],
            b"",
        )?;
        Ok((audit[0]["in_flight"] == 0).then_some(()))
    })
    .await
    .unwrap();
    let growth = bus.resident_bytes().unwrap().saturating_sub(before);
    println!("memory grew by {growth} bytes");
    assert!(growth < GROWTH_BYTES_MAX, "memory grew by {growth} bytes");

    let events =
        command::stdout_of(folder.path(), &["events", "--data", data, "--output", "json"], b"")
            .unwrap();
    assert_eq!(events.lines().count() as u64, WARM_UP + EVENTS);
    let queues =
        command::json_lines(folder.path(), &["queue", "--data", data, "--output", "json"], b"")
            .unwrap();
    let waiting: u64 = queues.iter().map(|queue| queue["visible"].as_u64().unwrap()).sum();
    assert_eq!(waiting, WARM_UP + EVENTS, "{queues:?}");
}

/// Posts so many events in one request; every one must be accepted. Returns the results.
async fn post(bus: &Bus, prefix: &'static str, events: u64) -> Vec<Value> {
    let pieces = (0..events / PIECE)
        .map(move |n| Ok::<_, std::io::Error>(load::order_lines(prefix, n * PIECE, PIECE, 1000)));
    let answer = client()
        .post(format!("{}/events", bus.url()))
        .header("content-type", "application/x-ndjson")
        .body(reqwest::Body::wrap_stream(stream::iter(pieces)))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
    let mut answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let Value::Array(results) = answer["results"].take() else { panic!("no results: {answer}") };
    assert_eq!(results.len() as u64, events);
    assert!(results.iter().all(|result| result["status"] == "accepted"));
    results
}
