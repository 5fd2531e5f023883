//! Pages of strangers in the browser of whoever runs the bus.

use super::bus::{Dev, event};

async fn status(bus: &Dev, headers: &[(&str, &str)]) -> u16 {
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    bus.send("/events", &all, event("1", "A").to_string()).await.status().as_u16()
}

#[tokio::test]
async fn a_rebound_name_and_a_strange_page_get_nothing_done() {
    let bus = Dev::start("version: 1\n").await;
    assert_eq!(status(&bus, &[("host", "evil.example:4400")]).await, 403);
    assert_eq!(status(&bus, &[("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(&bus, &[("origin", "null")]).await, 403);
    assert!(bus.lines("/events").await.is_empty());
    assert_eq!(status(&bus, &[("origin", "http://localhost:3000")]).await, 202);
    assert_eq!(status(&bus, &[("host", "localhost:4400")]).await, 202);
    let stream = bus.client.get(format!("{}/stream", bus.url)).header("host", "evil.example");
    assert_eq!(stream.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn requests_at_the_same_time_are_bounded() {
    let rules = "version: 1\ntargets:\n  out: { sqs: { queue: out } }\n";
    let bus = Dev::start_with(rules, |options| options.settings.requests_max = 1).await;
    // A long poll holds the one place until its connection closes.
    let mut poll = Box::pin(bus.receive("out"));
    let busy = async {
        loop {
            let (status, text) = bus.get("/healthz").await;
            if status == 503 {
                return text;
            }
        }
    };
    let text = tokio::select! {
        text = busy => text,
        _ = &mut poll => panic!("the poll ended"),
    };
    assert!(text.contains("TooManyRequests"), "{text}");
    drop(poll);
    while bus.get("/healthz").await.0 != 200 {}
}

#[tokio::test]
async fn a_listener_that_was_opened_to_others_answers_them() {
    let bus = Dev::start_with("version: 1\n", |options| {
        options.listen = "0.0.0.0:0".parse().unwrap();
    })
    .await;
    assert!(bus.url.starts_with("http://127.0.0.1:"), "{}", bus.url);
    assert_eq!(status(&bus, &[("host", "bus.example:4400")]).await, 202);
}
