//! AWS's own clients against a running bus: nothing but the endpoint is changed.

use std::path::PathBuf;
use std::process::{Command, Output};

use eventyard_tests::bus::{Bus, Start, eventually};
use eventyard_tests::command;
use serde_json::Value;

const RULES: &str = "version: 1
bus:
  inputs: [ { eventbridge: { bus: default } }, { sqs: { queue: events } } ]
targets:
  payments: { sqs: { queue: payments } }
  ordered: { sqs: { queue: ordered.fifo, group: $.subject } }
rules:
  - name: take-payment
    pattern: { source: [shop], detail-type: [OrderPlaced] }
    to: payments
  - { name: in-order, when: '$.subject', to: ordered }
";

/// The folder of `aws` and of a `python` that has boto3.
fn clients() -> PathBuf {
    match std::env::var_os("EVENTYARD_AWS_CLIENTS") {
        Some(folder) => PathBuf::from(folder),
        None => panic!(
            "EVENTYARD_AWS_CLIENTS is not set: `cargo xtask test` installs the AWS CLI and boto3 and sets it; by hand, it \
is the bin folder of a Python environment with tests/requirements.txt"
        ),
    }
}

struct Yard {
    bus: Bus,
    _folder: tempfile::TempDir,
}

async fn start() -> Yard {
    let folder = tempfile::tempdir().unwrap();
    let (rules, data) = (folder.path().join("rules"), folder.path().join("data"));
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("clients.yaml"), RULES).unwrap();
    let bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    Yard { bus, _folder: folder }
}

impl Yard {
    fn client(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(clients().join(program))
            .args(arguments)
            // boto3 takes the endpoint from the environment; version 1 of the AWS CLI does not for SQS.
            .args((program == "aws").then(|| format!("--endpoint-url={}", self.bus.url())))
            .env("AWS_ENDPOINT_URL", self.bus.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PAGER", "")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn json(&self, program: &str, arguments: &[&str]) -> Value {
        let output = self.client(program, arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_puts_an_event_and_receives_what_the_rule_routed() {
    let yard = start().await;
    let entries = r#"[{"Source":"shop","DetailType":"OrderPlaced","Detail":"{\"total\": 12.50}"},
        {"Source":"shop","DetailType":"OrderPlaced","Detail":"not json"}]"#;
    let put = yard.json("aws", &["events", "put-events", "--entries", entries]);
    assert_eq!(put["FailedEntryCount"], 1, "{put}");
    assert_eq!(put["Entries"][1]["ErrorCode"], "MalformedDetail");
    let id = put["Entries"][0]["EventId"].as_str().unwrap().to_owned();

    let queue = yard.json("aws", &["sqs", "get-queue-url", "--queue-name", "payments"]);
    let queue = queue["QueueUrl"].as_str().unwrap();
    let receive = [
        "sqs",
        "receive-message",
        "--queue-url",
        queue,
        "--wait-time-seconds",
        "5",
        "--attribute-names",
        "All",
    ];
    let received = yard.json("aws", &receive);
    let message = &received["Messages"][0];
    let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["id"], &body["type"]), (&Value::from(id), &Value::from("OrderPlaced")));
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "1");

    let handle = message["ReceiptHandle"].as_str().unwrap();
    yard.json("aws", &["sqs", "delete-message", "--queue-url", queue, "--receipt-handle", handle]);
    let names = ["sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All"];
    let attributes = yard.json("aws", &names);
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessages"], "0");
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_is_told_of_an_eleventh_entry_and_of_a_queue_that_is_not_there() {
    let yard = start().await;
    let entry = r#"{"Source":"shop","DetailType":"OrderPlaced","Detail":"{}"}"#;
    let entries = format!("[{}]", [entry; 11].join(","));
    let refused = yard.client("aws", &["events", "put-events", "--entries", &entries]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("ValidationException"), "{said}");

    let refused = yard.client("aws", &["sqs", "get-queue-url", "--queue-name", "nowhere"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("NonExistentQueue"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boto3_consumer_runs_against_the_embedded_queues() {
    let yard = start().await;
    let script = command::root().join("tests/clients/consumer.py");
    let output = yard.client("python", &[script.to_str().unwrap()]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}\n{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_to_an_input_queue_becomes_an_event() {
    let yard = start().await;
    let queue = yard.json("aws", &["sqs", "get-queue-url", "--queue-name", "events"]);
    let event =
        r#"{"specversion":"1.0","id":"q-1","source":"shop","type":"OrderPlaced","data":{}}"#;
    let url = queue["QueueUrl"].as_str().unwrap();
    yard.json("aws", &["sqs", "send-message", "--queue-url", url, "--message-body", event]);
    let data = yard.bus.data().to_str().unwrap().to_owned();
    let folder = yard._folder.path();
    let trace = eventually("the event is stored", || async {
        let output =
            command::run_in(folder, &["trace", "q-1", "--data", &data, "--output", "json"], b"")?;
        Ok(output.status.success().then_some(output.stdout))
    })
    .await
    .unwrap();
    let trace: Value = serde_json::from_slice(&trace).unwrap();
    assert_eq!(trace["events"][0]["matched"], serde_json::json!(["take-payment"]), "{trace}");
}
