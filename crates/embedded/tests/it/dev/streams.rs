//! Streams of a running bus: appended over HTTP, routed by the rules, read again.

use eventyard_bus::{Accept, Expected, Lease, Ledger, StreamName, Streams};
use eventyard_embedded::store::Store;
use eventyard_event::{Event, Limits, Timestamp};
use serde_json::{Value, json};

use super::bus::{Dev, event, folder, options};

const RULES: &str = "
version: 1
targets:
  out: { sqs: { queue: out } }
rules:
  - name: out
    when: $.type == 'A'
    to: out
";

async fn append(bus: &Dev, path: &str, events: &[Value]) -> (u16, Value) {
    let headers = [("content-type", "application/x-ndjson")];
    let lines: Vec<_> = events.iter().map(ToString::to_string).collect();
    let answer = bus.send(&format!("/streams/{path}"), &headers, lines.join("\n")).await;
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

fn events(ids: std::ops::Range<u32>) -> Vec<Value> {
    ids.map(|id| event(&id.to_string(), "A")).collect()
}

fn versions(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["version"].as_u64().unwrap()).collect()
}

/// The ids of the log, once it has so many events.
async fn logged(bus: &Dev, count: usize) -> Vec<String> {
    let wait = async {
        loop {
            let events = bus.lines("/events").await;
            if events.len() >= count {
                return events.iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::bus::PATIENCE, wait).await.expect("it was not routed")
}

#[tokio::test]
async fn what_is_appended_is_routed_in_order_like_any_other_event() {
    let bus = Dev::start(RULES).await;
    let given = events(0..250);
    for (n, some) in given.chunks(50).enumerate() {
        let path = format!("order%2F1?expected={}", n * 50);
        let (status, answer) = append(&bus, &path, some).await;
        assert_eq!((status, &answer["last"]), (200, &json!((n + 1) * 50)), "{answer}");
    }
    let ids: Vec<_> = (0..250).map(|id| id.to_string()).collect();
    assert_eq!(logged(&bus, 250).await, ids);
    let audit = bus.settled().await;
    assert_eq!((&audit["accepted"], &audit["delivered"]), (&json!(250), &json!(250)));
    let trace = bus.object("/trace/7").await;
    assert_eq!(trace["events"][0]["via"], "stream:order/1");
}

#[tokio::test]
async fn a_stream_is_read_from_a_version_in_both_directions() {
    let bus = Dev::start(RULES).await;
    append(&bus, "order-1?expected=none", &events(1..6)).await;
    for (query, found) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("?from=4", vec![4, 5]),
        ("?from=2&limit=2", vec![2, 3]),
        ("?direction=backwards&limit=2", vec![5, 4]),
        ("?direction=backwards&from=2", vec![2, 1]),
        ("?limit=0", vec![]),
    ] {
        let lines = bus.lines(&format!("/streams/order-1{query}")).await;
        assert_eq!(versions(&lines), found, "{query}");
    }
    let line = &bus.lines("/streams/order-1").await[2];
    assert_eq!(line["event"], event("3", "A"));
    assert!(line["appended_at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    assert!(bus.lines("/streams/order-2").await.is_empty());
    for query in ["?direction=up", "?from=-1", "?since=1"] {
        assert_eq!(bus.get(&format!("/streams/order-1{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn a_stream_that_is_not_as_expected_is_answered_with_both_versions() {
    let bus = Dev::start(RULES).await;
    let first = append(&bus, "order-1?expected=none", &events(1..3)).await;
    assert_eq!(first, (200, json!({ "first": 1, "last": 2 })));
    assert_eq!(append(&bus, "order-1?expected=none", &events(1..3)).await, first, "again");
    for expected in ["none", "1", "3"] {
        let path = format!("order-1?expected={expected}");
        let (status, answer) = append(&bus, &path, &events(3..4)).await;
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (409, &json!("VersionConflict")));
        assert_eq!((&error["expected"], &error["actual"]), (&json!(expected), &json!(2)));
    }
    let mut other = event("2", "A");
    other["data"] = json!({ "total": 1 });
    let (status, answer) = append(&bus, "order-1", &[other]).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("EventKnown")));
    assert_eq!(versions(&bus.lines("/streams/order-1").await), [1, 2]);
    assert_eq!(append(&bus, "order-1?expected=2", &events(3..4)).await.0, 200);
}

#[tokio::test]
async fn an_append_with_anything_wrong_in_it_appends_nothing() {
    let bus = Dev::start(RULES).await;
    let with_none = [event("1", "A"), json!({ "specversion": "1.0", "id": "2" })];
    let (status, answer) = append(&bus, "order-1", &with_none).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert_eq!(status, 400, "{answer}");
    assert!(message.starts_with("event 2: "), "{message}");
    for (path, given, status) in [
        ("order-1", events(0..100), 413),
        ("order-1", vec![], 400),
        ("order-1", vec![event("1", "A"), event("1", "B")], 400),
        ("order-1?expected=some", events(1..2), 400),
        ("order-1?expects=none", events(1..2), 400),
        ("order%0A1", events(1..2), 400),
    ] {
        let (answered, answer) = append(&bus, path, &given).await;
        assert_eq!(answered, status, "{path}: {answer}");
    }
    assert!(bus.lines("/streams/order-1").await.is_empty());
    assert_eq!(append(&bus, "order-1", &events(0..99)).await.0, 200);
}

/// A bus that ends at any step leaves events that are in no page, in an open one, or in a sealed one
/// that the mark does not say of: the next start routes each of them once.
#[tokio::test]
async fn what_an_earlier_process_left_is_routed_once() {
    let folder = folder(RULES);
    let stream: StreamName = "order-1".parse().unwrap();
    let parse = |event: Value| {
        Event::from_document(event.to_string().as_bytes(), &Limits::default()).unwrap()
    };
    let given: Vec<_> = events(1..5).into_iter().map(parse).collect();
    {
        let store = Store::open(folder.path().join("data")).unwrap();
        let now = Timestamp::now();
        store.append(&stream, Expected::None, &given, now).await.unwrap();
        let plan = |n: usize| {
            let files = eventyard_files::rules_files(&folder.path().join("rules")).unwrap();
            let rules = eventyard_rules::load(&files, &Default::default()).unwrap();
            let (event, plan) = (given[n].clone(), rules.plan(&given[n]));
            Accept { event, plan, via: stream.via().into(), order: Some(stream.order()) }
        };
        let until = now + std::time::Duration::from_secs(3600);
        for (n, marked, sealed) in [(0, true, true), (1, false, true), (2, false, false)] {
            let accepted = store.accept(vec![plan(n)], Lease { now, until }).await.unwrap();
            if sealed {
                store.seal(&accepted.page.unwrap().claim, &[], now).await.unwrap();
            }
            if marked {
                assert!(store.advance_listed(&stream, 0, 1).await.unwrap());
            }
        }
    }
    let options = options(&folder);
    let bus = Dev::run(folder, options).await.unwrap();
    assert_eq!(logged(&bus, 4).await, ["1", "2", "3", "4"]);
    let folder = bus.stop().await;
    let store = Store::open(folder.path().join("data")).unwrap();
    assert_eq!(store.listed(&stream).await, Ok(4));
}
