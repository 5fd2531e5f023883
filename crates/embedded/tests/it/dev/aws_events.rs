//! EventBridge's `PutEvents`, as any AWS SDK sends it.

use serde_json::{Value, json};

use super::bus::Dev;

const RULES: &str = "
version: 1
targets:
  big: { sqs: { queue: big } }
rules:
  - name: big
    pattern: { source: [shop], account: [\"000000000000\"], detail: { total: [ { numeric: [\">\", 10] } ] } }
    to: big
";

async fn put(bus: &Dev, entries: Value) -> (u16, Value) {
    bus.aws("AWSEvents.PutEvents", json!({ "Entries": entries })).await
}

fn entry(detail: &str) -> Value {
    json!({ "Source": "shop", "DetailType": "OrderPlaced", "Detail": detail })
}

#[tokio::test]
async fn entries_are_accepted_or_refused_one_by_one_in_awss_words() {
    let mut bus = Dev::start(RULES).await;
    let no_source = json!({ "DetailType": "OrderPlaced", "Detail": "{}" });
    let (status, answer) =
        put(&bus, json!([entry("{\"total\":11}"), no_source, entry("{"), entry("{\"total\":9}")]))
            .await;
    assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(2)));
    let entries = answer["Entries"].as_array().unwrap();
    assert_eq!(
        entries[1],
        json!({
            "ErrorCode": "InvalidArgument",
            "ErrorMessage": "Parameter Source is not valid. Reason: Source is a required argument.",
        })
    );
    assert_eq!(
        entries[2],
        json!({ "ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed." })
    );
    bus.delivered("big").await;
    let stored: Vec<_> = bus.lines("/events").await.iter().map(|e| e["id"].clone()).collect();
    assert_eq!(stored, [entries[0]["EventId"].clone(), entries[3]["EventId"].clone()]);
    assert_eq!(bus.receive("big").await.len(), 1);
}

#[tokio::test]
async fn a_call_over_a_limit_of_aws_is_refused_as_a_whole() {
    let bus = Dev::start(RULES).await;
    let ten = json!(vec![entry("{}"); 10]);
    let eleven = json!(vec![entry("{}"); 11]);
    let detail = json!({ "a": "x".repeat(200_000) }).to_string();
    let six_large = json!(vec![entry(&detail); 6]);
    let five_large = json!(vec![entry(&detail); 5]);
    for (entries, text) in [
        (eleven, "less than or equal to 10"),
        (json!([]), "greater than or equal to 1"),
        (six_large, "Total size of the entries in the request is over the limit."),
    ] {
        let (status, answer) = put(&bus, entries).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));
        assert!(answer["message"].as_str().unwrap().contains(text), "{answer}");
    }
    assert_eq!(put(&bus, ten).await.0, 200);
    assert_eq!(put(&bus, five_large).await.0, 200);
    assert_eq!(bus.lines("/events").await.len(), 15);
}

#[tokio::test]
async fn other_operations_are_refused_by_name() {
    let bus = Dev::start(RULES).await;
    let (status, answer) = bus.aws("AWSEvents.ListRules", json!({})).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("UnknownOperationException")));
    let (status, answer) = bus.aws("AWSEvents.PutEvents", json!("no object")).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));
}
