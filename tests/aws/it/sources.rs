//! Every source reaches every kind of target.

use std::collections::BTreeSet;
use std::process::Command;

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::aws;
use eventyard_aws_tests::yard::event;
use eventyard_bus::{Expected, Streams as _};
use eventyard_event::{Event, Limits};
use serde_json::{Value, json};

use crate::kinds;

const KINDS: [&str; 8] = [
    "kind-queue",
    "kind-fifo",
    "kind-topic",
    "kind-bus",
    "kind-function",
    "kind-machine",
    "kind-stream",
    "kind-http",
];
const SOURCE: &str = "everywhere";

#[tokio::test]
async fn every_source_reaches_every_kind_of_target() {
    let yard = Yard::here().await;
    kinds::make(&yard).await;

    yard.ingest().send(payload("by-sqs")).await.unwrap();
    yard.ingest_fifo().send_in("any", payload("by-sqs-fifo")).await.unwrap();
    let topic = yard.stack.output("IngestTopicArn").unwrap();
    by_topic(&yard, topic, "by-sns").await;
    by_topic(&yard, &direct_topic(&yard).await, "by-sns-direct").await;
    let put = by_event_bus(&yard, yard.stack.output("IngestBusName").unwrap()).await;
    let put_direct = by_event_bus(&yard, &direct_event_bus(&yard).await).await;
    by_url(&yard, "by-http");
    let invoked = yard.invoke("ingest-sns", &everywhere("by-invoke")).await.unwrap();
    assert_eq!(invoked, Value::Null);
    by_append(&yard, "by-append").await;

    let mut sent = BTreeSet::from([put, put_direct]);
    let named =
        ["by-sqs", "by-sqs-fifo", "by-sns", "by-sns-direct", "by-http", "by-invoke", "by-append"];
    sent.extend(named.map(str::to_owned));
    let verdict = yard.settled(SOURCE, sent.len()).await;
    assert_eq!(verdict.accepted.iter().cloned().collect::<BTreeSet<_>>(), sent);
    assert_eq!(verdict.report.delivered, (sent.len() * KINDS.len()) as u64, "{:?}", verdict.report);
    for kind in KINDS {
        kinds::assert_each_once(&yard, kind, &verdict.delivered_to(kind)).await;
    }
}

fn everywhere(id: &str) -> Value {
    event(SOURCE, id, json!({ "everywhere": true }))
}

fn payload(id: &str) -> String {
    everywhere(id).to_string()
}

async fn by_topic(yard: &Yard, topic: &str, id: &str) {
    let sns = aws_sdk_sns::Client::new(yard.clients.config());
    sns.publish().topic_arn(topic).message(payload(id)).send().await.unwrap();
}

/// A topic that invokes the function at once, as `DirectSns` makes the stack's own do.
async fn direct_topic(yard: &Yard) -> String {
    let sns = aws_sdk_sns::Client::new(yard.clients.config());
    let made = sns.create_topic().name(yard.stack.name("direct")).send().await.unwrap();
    let topic = made.topic_arn.unwrap();
    let function = kinds::arn(yard, "lambda", "function:", "ingest-sns");
    permit(yard, "ingest-sns", "sns.amazonaws.com", &topic).await;
    let subscribe = sns.subscribe().topic_arn(&topic).protocol("lambda").endpoint(function);
    subscribe.send().await.unwrap();
    topic
}

/// An EventBridge bus with a rule that invokes the function at once, as `DirectEventBridge` makes the stack's own do.
async fn direct_event_bus(yard: &Yard) -> String {
    let (events, name) =
        (aws_sdk_eventbridge::Client::new(yard.clients.config()), yard.stack.name("direct"));
    let made = events.create_event_bus().name(&name).send().await.unwrap();
    permit(yard, "ingest-eventbridge", "events.amazonaws.com", &made.event_bus_arn.unwrap()).await;
    let function = kinds::arn(yard, "lambda", "function:", "ingest-eventbridge");
    kinds::rule(yard, &name, "direct", &function).await;
    name
}

async fn permit(yard: &Yard, function: &str, principal: &str, source: &str) {
    let lambda = aws_sdk_lambda::Client::new(yard.clients.config());
    let permit = lambda.add_permission().function_name(yard.stack.name(function));
    let permit = permit.statement_id("direct").action("lambda:InvokeFunction").principal(principal);
    permit.source_arn(source).send().await.unwrap();
}

/// Puts an event by boto3; EventBridge chooses its id.
async fn by_event_bus(yard: &Yard, bus: &str) -> String {
    let script = "import boto3, json, sys
entry = {'EventBusName': sys.argv[1], 'Source': sys.argv[2], 'DetailType': 'Tested', 'Detail': json.dumps({'everywhere': True})}
print(boto3.client('events').put_events(Entries=[entry])['Entries'][0]['EventId'])";
    let _ = yard;
    aws::boto3(script, &[bus, SOURCE]).unwrap().trim().to_owned()
}

/// Posts an event to the function URL with curl, signed with AWS credentials as AWS wants it.
fn by_url(yard: &Yard, id: &str) {
    let url = yard.stack.output("IngestUrl").unwrap();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--fail-with-body",
        "--aws-sigv4",
        "aws:amz:eu-west-1:lambda",
    ])
    .args(["--user", "test:test", "--resolve", &format!("{host}:127.0.0.1")])
    .args(["--header", "content-type: application/cloudevents+json", "--data-binary", &payload(id)])
    .arg(format!("{url}events"));
    let answer = aws::output(&mut curl).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(answer.to_string().contains("accepted"), "{answer}");
}

/// Appends an event to a stream of the table, as a service does that is built on the store.
async fn by_append(yard: &Yard, id: &str) {
    let event = Event::from_document(payload(id).as_bytes(), &Limits::default()).unwrap();
    let stream = "tested-stream".parse().unwrap();
    let now = jiff::Timestamp::now();
    let appended = yard.store().append(&stream, Expected::None, &[event], now).await.unwrap();
    assert_eq!((appended.first, appended.last), (1, 1));
}
