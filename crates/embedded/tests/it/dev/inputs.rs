//! Embedded queues as inputs of the bus.

use serde_json::{Value, json};

use super::bus::{Dev, event};

const RULES: &str = "
version: 1
bus:
  name: main
  inputs: [ { sqs: { queue: events } }, { eventbridge: { bus: default } } ]
targets:
  out: { sqs: { queue: out } }
  again: { eventbridge: { bus: default } }
rules:
  - name: out
    when: $.type == 'A'
    to: out
  - name: again
    when: $.type == 'Round'
    to: again
    allow-loop: { max-hops: 5 }
";

async fn send(bus: &Dev, message: Value) -> Value {
    let mut request = message;
    request["QueueUrl"] = json!(bus.queue("events"));
    let (status, answer) = bus.aws("AmazonSQS.SendMessage", request).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn a_message_of_an_input_becomes_an_event_and_carries_its_hops_on() {
    let mut bus = Dev::start(RULES).await;
    let hops = json!({ "eventyard-hops": { "DataType": "String", "StringValue": "3" } });
    let body = event("1", "A").to_string();
    send(&bus, json!({ "MessageBody": body, "MessageAttributes": hops })).await;
    bus.delivered("out").await;
    let delivered = &bus.receive("out").await[0];
    assert_eq!(delivered["MessageAttributes"]["eventyard-hops"]["StringValue"], "4");
    assert_eq!(bus.object("/trace/1").await["events"][0]["via"], "sqs:events");
    // It was deleted once its event was stored.
    let depth = json!({ "QueueUrl": bus.queue("events"), "AttributeNames": ["All"] });
    let (_, depth) = bus.aws("AmazonSQS.GetQueueAttributes", depth).await;
    assert_eq!(depth["Attributes"]["ApproximateNumberOfMessages"], "0");
}

#[tokio::test]
async fn a_message_that_is_no_event_and_a_conflict_are_parked_with_their_bytes() {
    let mut bus = Dev::start(RULES).await;
    bus.event("1", "A").await;
    let sent = send(&bus, json!({ "MessageBody": "no JSON" })).await;
    let conflict = event("1", "Other").to_string();
    send(&bus, json!({ "MessageBody": conflict })).await;
    for code in ["E0502", "Conflict"] {
        let refused = bus.stage(|what| match what {
            eventyard_bus::What::Refused { cause, via } => Some((cause.code.clone(), via.clone())),
            _ => None,
        });
        assert_eq!(refused.await, (code.to_owned(), "sqs:events".to_owned()));
    }
    let parked = bus.lines("/parked?undecodable=true").await;
    assert_eq!(parked.len(), 2);
    let first = parked.iter().find(|line| line["message_id"] == sent["MessageId"]).unwrap();
    assert_eq!(first["cause"]["code"], "E0502");
    assert_eq!(bus.lines("/events").await.len(), 1);
}

#[tokio::test]
async fn a_loop_stops_at_its_hop_limit() {
    let mut bus = Dev::start(RULES).await;
    bus.event("1", "Round").await;
    assert_eq!(bus.parked("again").await, ("LoopDetected".to_owned(), 0));
    let audit = bus.settled().await;
    assert_eq!((&audit["delivered"], &audit["parked"]), (&json!(5), &json!(1)));
    assert_eq!(bus.lines("/events").await.len(), 6);
}

#[tokio::test]
async fn an_input_that_new_rules_name_is_consumed_from_then_on() {
    let mut bus = Dev::start(RULES).await;
    let more = RULES.replace("inputs: [", "inputs: [ { sqs: { queue: later } },");
    std::fs::write(bus.rules_file(), more).unwrap();
    bus.stage(|what| matches!(what, eventyard_bus::What::RulesLoaded { .. }).then_some(())).await;
    let request = json!({
        "QueueUrl": bus.queue("later"),
        "MessageBody": event("1", "A").to_string(),
    });
    assert_eq!(bus.aws("AmazonSQS.SendMessage", request).await.0, 200);
    bus.delivered("out").await;
}
