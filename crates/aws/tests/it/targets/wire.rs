//! A stand-in for AWS, and parcels to send to it.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::config::Credentials;
use eventyard_aws::Clients;
use eventyard_aws::targets::{AwsTargets, TargetSettings};
use eventyard_bus::{PageNumber, Parcel, Sent, StoredEvent, Targets};
use eventyard_event::{Event, Limits};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub const ACCOUNT: &str = "111122223333";

/// One target of each kind, and a rule that sends to it what has its name as type.
const RULES: &str = r#"
version: 1
targets:
  queue: { sqs: { queue: orders } }
  by-url: { sqs: { queue: "https://sqs.eu-west-1.amazonaws.com/111122223333/orders" } }
  by-arn: { sqs: { queue: "arn:aws:sqs:us-east-1:444455556666:orders" } }
  lane: { sqs: { queue: orders.fifo, group: $.subject } }
  topic: { sns: { topic: orders } }
  bus: { eventbridge: { bus: orders } }
  whole: { eventbridge: { bus: orders }, envelope: cloudevents }
  machine: { step-functions: { state-machine: check } }
  function: { lambda: { function: "score:live" } }
  stream: { kinesis: { stream: orders, key: $.subject } }
rules:
  - { name: queue, when: $.type == 'queue', to: queue }
  - { name: by-url, when: $.type == 'by-url', to: by-url }
  - { name: by-arn, when: $.type == 'by-arn', to: by-arn }
  - { name: lane, when: $.type == 'lane', to: lane }
  - { name: topic, when: $.type == 'topic', to: topic }
  - { name: bus, when: $.type == 'bus', to: bus }
  - { name: whole, when: $.type == 'whole', to: whole }
  - { name: machine, when: $.type == 'machine', to: machine }
  - { name: function, when: $.type == 'function', to: function }
  - { name: stream, when: $.type == 'stream', to: stream }
"#;

pub fn rules(text: &str) -> RuleSet {
    let files = [SourceText::new("rules.yaml", text)];
    let options = LoadOptions { allow_insecure_targets: true, ..LoadOptions::default() };
    load(&files, &options).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Clients of `endpoint` with made-up credentials, which do not try again by themselves.
pub async fn clients(endpoint: &str) -> Clients {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .load()
        .await;
    Clients::new(config)
}

async fn targets(endpoint: &str, budget: Duration) -> AwsTargets {
    let mut settings = TargetSettings::default();
    settings.account = Some(ACCOUNT.to_owned());
    settings.budget = budget;
    AwsTargets::new(&clients(endpoint).await, settings, None)
}

/// A made-up AWS that gives one answer to everything, and targets there.
pub struct Aws {
    pub server: MockServer,
    pub targets: AwsTargets,
}

impl Aws {
    pub async fn answering(answer: impl Respond + 'static) -> Self {
        Self::within(Duration::from_secs(30), answer).await
    }

    /// With a time budget for each send.
    pub async fn within(budget: Duration, answer: impl Respond + 'static) -> Self {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(answer).mount(&server).await;
        let endpoint = server.uri();
        Self { server, targets: targets(&endpoint, budget).await }
    }

    /// Where nobody answers.
    pub async fn nowhere() -> Self {
        let targets = targets("http://127.0.0.1:1", Duration::from_secs(30)).await;
        Self { server: MockServer::start().await, targets }
    }

    /// Sends events to the target that their type names.
    pub async fn send(&self, events: Vec<Event>) -> Vec<Sent> {
        self.send_edited(events, None).await
    }

    pub async fn send_edited(&self, events: Vec<Event>, edit: Option<&str>) -> Vec<Sent> {
        let rules = rules(RULES);
        let stored = stored(&rules, events);
        let parcels: Vec<Parcel<'_>> = parcels(&stored, edit);
        let target = rules.targets.get(&parcels[0].planned.target).unwrap();
        self.targets.send(target, &parcels).await
    }

    /// The requests of one operation, by the name at the end of `x-amz-target`.
    pub async fn calls(&self, operation: &str) -> Vec<Value> {
        let requests = self.server.received_requests().await.unwrap();
        let of = |request: &&Request| {
            let target = request.headers.get("x-amz-target");
            target.is_some_and(|name| name.to_str().unwrap().ends_with(&format!(".{operation}")))
        };
        requests.iter().filter(of).map(|request| request.body_json().unwrap()).collect()
    }
}

pub fn stored(rules: &RuleSet, events: Vec<Event>) -> Vec<StoredEvent> {
    let stored = |event: Event| StoredEvent {
        plan: rules.plan(&event),
        event,
        accepted_at: now(),
        page: PageNumber(1),
        via: "test".into(),
        replayed: None,
    };
    events.into_iter().map(stored).collect()
}

pub fn parcels<'a>(stored: &'a [StoredEvent], edit: Option<&'a str>) -> Vec<Parcel<'a>> {
    let parcel = |event: &'a StoredEvent| Parcel {
        event,
        planned: &event.plan.deliveries[0],
        attempt: 1,
        edit,
        sent_at: now(),
    };
    stored.iter().map(parcel).collect()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

/// An event for the target `to`.
pub fn event(to: &str, id: &str) -> Event {
    event_with(to, id, "c1", r#"{"total":12}"#)
}

/// An event for the target `to`, of a subject and with data.
pub fn event_with(to: &str, id: &str, subject: &str, data: &str) -> Event {
    let limits = Limits::default();
    let event = Event::builder(id, "/shop", to).subject(subject).time("2026-11-24T10:00:00Z");
    event.data_json(data.as_bytes(), &limits).unwrap().build(&limits).unwrap()
}

pub fn events(to: &str, count: usize) -> Vec<Event> {
    (0..count).map(|n| event(to, &format!("e{n}"))).collect()
}

/// The answer that takes every entry of a batch of SQS or SNS, PutEvents or PutRecords, and whatever
/// else is sent; queues are at [`queue_url`].
pub fn all_taken(request: &Request) -> ResponseTemplate {
    let body = String::from_utf8(request.body.clone()).unwrap();
    if body.contains("Action=PublishBatch") {
        return published(body.matches(".Id=").count(), "");
    }
    let body: Value = request.body_json().unwrap_or_default();
    let count = |name: &str| body[name].as_array().map_or(0, Vec::len);
    let target = request.headers.get("x-amz-target").map(|name| name.to_str().unwrap().to_owned());
    match target.as_deref().and_then(|name| name.split('.').nth(1)) {
        Some("GetQueueUrl") => json(200, &queue_url()),
        Some("SendMessageBatch") => {
            let taken = (0..count("Entries")).map(taken).collect::<Vec<_>>();
            json(200, &serde_json::json!({ "Successful": taken, "Failed": [] }))
        }
        Some("PutEvents") => {
            let taken = vec![serde_json::json!({ "EventId": "1" }); count("Entries")];
            json(200, &serde_json::json!({ "FailedEntryCount": 0, "Entries": taken }))
        }
        Some("PutRecords") => {
            let record = serde_json::json!({ "SequenceNumber": "1", "ShardId": "s" });
            let taken = vec![record; count("Records")];
            json(200, &serde_json::json!({ "FailedRecordCount": 0, "Records": taken }))
        }
        Some("StartExecution") => {
            json(200, &serde_json::json!({ "executionArn": "arn:x", "startDate": 1 }))
        }
        _ => ResponseTemplate::new(202),
    }
}

/// An entry that SQS took.
pub fn taken(id: usize) -> Value {
    serde_json::json!({ "Id": id.to_string(), "MessageId": "m", "MD5OfMessageBody": "x" })
}

/// SQS's answer to GetQueueUrl.
pub fn queue_url() -> Value {
    serde_json::json!({ "QueueUrl": format!("https://queue.example/{ACCOUNT}/orders") })
}

/// SNS's answer that takes the first `taken` entries; `failed` is XML of the others.
pub fn published(taken: usize, failed: &str) -> ResponseTemplate {
    let member = |n: usize| {
        format!(
            "<member><Id>{n}</Id><MessageId>m</MessageId><SequenceNumber>1</SequenceNumber></member>"
        )
    };
    let taken: String = (0..taken).map(member).collect();
    ResponseTemplate::new(200).set_body_raw(
        format!(
            "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
             <PublishBatchResult><Successful>{taken}</Successful><Failed>{failed}</Failed>\
             </PublishBatchResult></PublishBatchResponse>"
        ),
        "text/xml",
    )
}

pub fn json(status: u16, body: &Value) -> ResponseTemplate {
    let answer = ResponseTemplate::new(status);
    answer.set_body_raw(body.to_string(), "application/x-amz-json-1.0")
}

/// An error as the JSON protocols have it.
pub fn error(status: u16, code: &str, message: &str) -> ResponseTemplate {
    json(status, &serde_json::json!({ "__type": code, "message": message }))
}

/// What came of a parcel: `delivered`, or what is to happen with its code.
pub fn told(sent: &Sent) -> String {
    match sent {
        Sent::Delivered => "delivered".to_owned(),
        Sent::Retry { cause, .. } => format!("retry {}", cause.code),
        Sent::Denied { cause } => format!("denied {}", cause.code),
        Sent::Park { cause } => format!("park {}", cause.code),
    }
}

pub fn all_told(sents: &[Sent]) -> Vec<String> {
    sents.iter().map(told).collect()
}
