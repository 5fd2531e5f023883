//! Events of the log, delivered again by the function that replays.

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::yard::event;
use serde_json::json;

#[tokio::test]
async fn events_are_replayed_in_order_marked_and_under_other_ids() {
    let yard = Yard::here().await;
    for n in 0..12 {
        let event = event("replayed", &format!("r-{n}"), json!({ "n": n }));
        yard.ingest().send(event.to_string()).await.unwrap();
    }
    let verdict = yard.settled("replayed", 12).await;
    let first = yard.received("replayed", &verdict.delivered_to("replayed")).await;

    let ask = json!({ "name": "july", "source": "replayed", "when": "$.data.n >= 2" });
    let found = yard.invoke("replay", &json!({ "dry-run": ask })).await.unwrap();
    assert_eq!(
        (&found["dry-run"]["events"], &found["dry-run"]["planned"]),
        (&json!(10), &json!(10))
    );
    let started = yard.invoke("replay", &json!({ "start": ask })).await.unwrap();
    assert_eq!(started["record"]["state"], "running", "{started}");
    let used = yard.invoke("replay", &json!({ "start": ask })).await.unwrap();
    assert!(used["refused"].as_str().unwrap().contains("`july`"), "{used}");

    let queue = yard.queue("replayed").await;
    let mut again = Vec::new();
    eventually("all are replayed", async || {
        again.extend(queue.drain().await.map_err(|error| format!("{error:#}"))?);
        if again.len() >= 10 { Ok(()) } else { Err(format!("{} so far", again.len())) }
    })
    .await;
    assert!(again.iter().all(|message| message.json()["replay"] == "july"));
    let ids: std::collections::BTreeSet<_> =
        again.iter().map(|message| message.delivery()).collect();
    assert_eq!(ids.len(), 10);
    assert!(first.iter().all(|message| !ids.contains(&message.delivery())));
    eventually("the replay is over", async || {
        let shown =
            yard.invoke("replay", &json!({ "run": "july" })).await.map_err(|e| format!("{e:#}"))?;
        if shown["record"]["state"] == "done" { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
    assert!(yard.settled("replayed", 12).await.report.holds(), "a replay is no part of the audit");
}
