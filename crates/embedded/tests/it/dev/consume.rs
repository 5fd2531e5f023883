//! Functions behind embedded queues, handed batches as Lambda's event source mapping would.

use serde_json::{Value, json};

use super::bus::Dev;
use super::receiver::{Does, Receiver};

const RULES: &str = "
version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - name: pay
    when: $
    to: payments
";

async fn consumed(does: &[Does]) -> (Dev, Receiver) {
    let runtime = Receiver::start(does, Does::Say(r#"{"batchItemFailures":[]}"#)).await;
    let url = runtime.url.clone();
    let bus = Dev::start_with(RULES, |options| {
        options.consume = vec![("payments".parse().unwrap(), url)];
        options.settings.consume_again = std::time::Duration::from_millis(5);
    })
    .await;
    (bus, runtime)
}

/// Waits until the queue is empty, nothing in flight.
async fn emptied(bus: &Dev) {
    super::bus::eventually(async || {
        let request = json!({ "QueueUrl": bus.queue("payments"), "AttributeNames": ["All"] });
        let (_, answer) = bus.aws("AmazonSQS.GetQueueAttributes", request).await;
        let of = |name: &str| answer["Attributes"][name].as_str() == Some("0");
        of("ApproximateNumberOfMessages") && of("ApproximateNumberOfMessagesNotVisible")
    })
    .await;
}

#[tokio::test]
async fn a_message_is_handed_over_in_the_shape_of_sqs_and_then_is_gone() {
    let (mut bus, runtime) = consumed(&[]).await;
    bus.event("1", "A").await;
    bus.delivered("payments").await;
    emptied(&bus).await;
    let got = runtime.got();
    assert_eq!(got[0].path, "/2015-03-31/functions/payments/invocations");
    let batch: Value = serde_json::from_str(&got[0].body).unwrap();
    let record = &batch["Records"][0];
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    let trace = bus.object("/trace/1").await;
    let delivery = &record["messageAttributes"]["eventyard-delivery"]["stringValue"];
    assert_eq!(delivery, &trace["events"][0]["deliveries"][0]["id"]);
    let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["id"], "1");
}

#[tokio::test]
async fn a_function_that_fails_and_an_answer_about_other_messages_bring_the_whole_batch_again() {
    let stranger = r#"{"batchItemFailures":[{"itemIdentifier":"nobody"}]}"#;
    let (bus, runtime) = consumed(&[Does::Answer(500), Does::Say(stranger)]).await;
    bus.event("1", "A").await;
    super::bus::eventually(async || runtime.got().len() >= 3).await;
    emptied(&bus).await;
    let count = |n: usize| {
        let batch: Value = serde_json::from_str(&runtime.got()[n].body).unwrap();
        batch["Records"][0]["attributes"]["ApproximateReceiveCount"].clone()
    };
    assert_eq!([count(0), count(1), count(2)], ["1", "2", "3"]);
}

#[tokio::test]
async fn a_place_that_is_no_url_is_refused_at_the_start() {
    let folder = super::bus::folder(RULES);
    let mut options = super::bus::options(&folder);
    options.consume = vec![("payments".parse().unwrap(), "localhost:9000".to_owned())];
    let error = Dev::run(folder, options).await.err().unwrap();
    assert!(error.to_string().contains("queue `payments`"), "{error}");
}
