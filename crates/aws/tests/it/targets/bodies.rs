//! What each kind of target is sent.

use super::wire::{ACCOUNT, Aws, all_taken, all_told, event, event_with, rules};
use eventyard_bus::{Route, Targets};
use eventyard_event::{DeliveryId, Event};
use serde_json::{Value, json};

fn delivery(event: &Event) -> String {
    let name = event.event_type();
    DeliveryId::new("main", &event.identity(), name, name, None).to_string()
}

/// Sends one event; the delivery id that it must have.
async fn send(aws: &Aws, event: Event) -> String {
    let id = delivery(&event);
    assert_eq!(all_told(&aws.send(vec![event]).await), ["delivered"]);
    id
}

/// The document that travels: the event, once more on its way.
fn document(to: &str, delivery: Option<&str>) -> Value {
    let mut document = json!({
        "specversion": "1.0", "id": "e1", "source": "/shop", "type": to, "subject": "c1",
        "time": "2026-11-24T10:00:00Z",
        "data": { "total": 12 }, "eventyardhops": 1,
    });
    if let Some(delivery) = delivery {
        document["eventyarddelivery"] = json!(delivery);
    }
    document
}

fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

fn base64(text: &Value) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_queue_gets_the_document_with_delivery_hops_and_cause_beside_it() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("queue", "e1")).await;
    let lookup = &aws.calls("GetQueueUrl").await[0];
    assert_eq!(lookup, &json!({ "QueueName": "orders" }));
    let call = &aws.calls("SendMessageBatch").await[0];
    assert_eq!(call["QueueUrl"], format!("https://queue.example/{ACCOUNT}/orders"));
    let entry = &call["Entries"][0];
    assert_eq!(parsed(&entry["MessageBody"]), document("queue", None));
    let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
    let attributes = json!({
        "eventyard-delivery": text(&id), "eventyard-hops": text("1"), "eventyard-cause": text("e1"),
    });
    assert_eq!(entry["MessageAttributes"], attributes);
    assert_eq!((&entry["MessageGroupId"], &entry["Id"]), (&Value::Null, &json!("0")));
}

#[tokio::test]
async fn a_queue_is_found_by_name_url_or_arn_and_looked_up_once() {
    let aws = Aws::answering(all_taken).await;
    for _ in 0..2 {
        send(&aws, event("by-url", "e1")).await;
    }
    assert_eq!(aws.calls("GetQueueUrl").await, [json!(null); 0]);
    let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders";
    assert_eq!(aws.calls("SendMessageBatch").await[0]["QueueUrl"], url);
    for _ in 0..2 {
        send(&aws, event("by-arn", "e1")).await;
    }
    let lookup = json!({ "QueueName": "orders", "QueueOwnerAWSAccountId": "444455556666" });
    assert_eq!(aws.calls("GetQueueUrl").await, [lookup]);
    let requests = aws.server.received_requests().await.unwrap();
    let signed = requests.last().unwrap().headers["authorization"].to_str().unwrap();
    assert!(signed.contains("/us-east-1/sqs/"), "{signed}");
}

#[tokio::test]
async fn a_fifo_queue_gets_the_group_and_the_delivery_id_against_duplicates() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("lane", "e1")).await;
    let entry = &aws.calls("SendMessageBatch").await[0]["Entries"][0];
    assert_eq!(entry["MessageGroupId"], "c1");
    assert_eq!(entry["MessageDeduplicationId"], id);
}

#[tokio::test]
async fn a_topic_named_without_arn_is_in_the_account_and_region_of_the_bus() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("topic", "e1")).await;
    let requests = aws.server.received_requests().await.unwrap();
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(&requests[0].body).into_owned().collect();
    let value = |name: &str| {
        form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap()
    };
    assert_eq!(value("TopicArn"), format!("arn:aws:sns:eu-west-1:{ACCOUNT}:orders"));
    let entry = "PublishBatchRequestEntries.member.1";
    let message = value(&format!("{entry}.Message"));
    assert_eq!(serde_json::from_str::<Value>(message).unwrap(), document("topic", None));
    let values: Vec<&str> = form
        .iter()
        .filter(|(key, _)| key.ends_with(".Value.StringValue"))
        .map(|(_, value)| value.as_str())
        .collect();
    for expected in [id.as_str(), "1", "e1"] {
        assert!(values.contains(&expected), "{expected}: {values:?}");
    }
}

#[tokio::test]
async fn an_event_bus_gets_the_data_as_detail_or_the_whole_document() {
    let aws = Aws::answering(all_taken).await;
    send(&aws, event("bus", "e1")).await;
    let whole = send(&aws, event("whole", "e1")).await;
    let list = send(&aws, event_with("bus", "e2", "c1", "[1]")).await;
    let calls = aws.calls("PutEvents").await;
    let entry = &calls[0]["Entries"][0];
    assert_eq!(parsed(&entry["Detail"]), json!({ "total": 12 }));
    assert_eq!((&entry["Source"], &entry["DetailType"]), (&json!("/shop"), &json!("bus")));
    assert_eq!((&entry["EventBusName"], &entry["Time"]), (&json!("orders"), &json!(1_795_514_400)));
    let detail = parsed(&calls[1]["Entries"][0]["Detail"]);
    assert_eq!(detail, document("whole", Some(&whole)));
    // A detail is an object; data that is none goes in its document.
    let detail = parsed(&calls[2]["Entries"][0]["Detail"]);
    assert_eq!((&detail["data"], &detail["eventyarddelivery"]), (&json!([1]), &json!(list)));
}

#[tokio::test]
async fn a_state_machine_starts_under_the_delivery_id() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("machine", "e1")).await;
    let call = &aws.calls("StartExecution").await[0];
    let arn = format!("arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:check");
    assert_eq!((&call["name"], &call["stateMachineArn"]), (&json!(id), &json!(arn)));
    assert_eq!(parsed(&call["input"]), document("machine", None));
}

#[tokio::test]
async fn a_function_is_invoked_at_its_alias_without_waiting_for_it() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("function", "e1")).await;
    let requests = aws.server.received_requests().await.unwrap();
    assert_eq!(requests[0].url.path(), "/2015-03-31/functions/score%3Alive/invocations");
    assert_eq!(requests[0].headers["x-amz-invocation-type"], "Event");
    let body: Value = requests[0].body_json().unwrap();
    assert_eq!(body, document("function", Some(&id)));
}

#[tokio::test]
async fn a_stream_gets_a_record_under_the_key_of_its_group() {
    let aws = Aws::answering(all_taken).await;
    let id = send(&aws, event("stream", "e1")).await;
    let call = &aws.calls("PutRecords").await[0];
    assert_eq!(call["StreamName"], "orders");
    assert_eq!(call["Records"][0]["PartitionKey"], "c1");
    assert_eq!(base64(&call["Records"][0]["Data"]), document("stream", Some(&id)));
}

#[tokio::test]
async fn an_edit_of_a_redrive_goes_in_the_place_of_the_body() {
    let aws = Aws::answering(all_taken).await;
    let sent = aws.send_edited(vec![event("queue", "e1")], Some(r#"{"total":13}"#)).await;
    assert_eq!(all_told(&sent), ["delivered"]);
    let entry = &aws.calls("SendMessageBatch").await[0]["Entries"][0];
    assert_eq!(entry["MessageBody"], r#"{"total":13}"#);
}

#[tokio::test]
async fn only_http_targets_have_a_worker_of_their_own() {
    let aws = Aws::answering(all_taken).await;
    let rules = rules(
        "version: 1\ntargets:\n  q: { sqs: { queue: q } }\n  h: { http: { url: \"https://a.example/\" } }\n\
         rules:\n  - { name: r, when: $.type == 'x', to: [q, h] }\n",
    );
    let route = |name: &str| aws.targets.route(&rules.targets[name]);
    assert_eq!((route("q"), route("h")), (Route::Inline, Route::Queued));
}
