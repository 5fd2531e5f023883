//! Order, per group, from a FIFO queue to a FIFO queue.

use std::collections::BTreeMap;

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::yard::{assert_received_once, event};
use serde_json::json;

#[tokio::test]
async fn events_of_a_group_arrive_in_the_order_in_which_they_were_sent() {
    let yard = Yard::here().await;
    let queue = yard.ingest_fifo();
    for n in 0..10 {
        for group in ["amber", "blue", "coral"] {
            let mut event = event("in-order", &format!("{group}-{n}"), json!({ "n": n }));
            event["subject"] = group.into();
            queue.send_in(group, event.to_string()).await.unwrap();
        }
    }

    let verdict = yard.settled("in-order", 30).await;
    let taken = yard.received("in-order.fifo", &verdict.delivered_to("in-order")).await;
    assert_received_once(&taken, &verdict, "in-order");
    let mut groups: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for message in &taken {
        let group = message.group.clone().unwrap();
        groups.entry(group).or_default().push(message.json()["data"]["n"].as_i64().unwrap());
    }
    let whole: Vec<i64> = (0..10).collect();
    assert_eq!(groups.len(), 3);
    assert!(groups.values().all(|numbers| *numbers == whole), "{groups:?}");
}
