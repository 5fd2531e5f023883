//! A stack as the template makes it, as far as the doctor looks: table, queues, roles, functions, mappings;
//! and what its rules name.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use eventyard_aws::Clients;
use eventyard_aws::store::schema;
use reqwest::Method;
use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, REGION};
use crate::command::run;

pub const FUNCTIONS: [&str; 8] = [
    "ingest-sqs",
    "ingest-sns",
    "ingest-eventbridge",
    "ingest-http",
    "ingest-stream",
    "deliver",
    "replay",
    "sweep",
];

/// The function that goes when a stack is broken.
pub const GONE: &str = "ingest-eventbridge";

/// A stack.
pub struct Yard {
    pub aws: Aws,
    /// What its names begin with.
    pub name: String,
    /// The ARN of the table's stream.
    pub stream: String,
    /// The folder of its rules.
    pub rules: PathBuf,
}

/// A name that no other test has.
pub fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = jiff::Timestamp::now().as_millisecond() % 1_000_000_000;
    format!("cli-{now}-{}-{n}", std::process::id() % 10_000)
}

/// An empty folder of a test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The table of a stack; its stream.
pub async fn table(aws: &Aws, name: &str) -> String {
    let clients = Clients::of_stand_in(&aws.endpoint, REGION).await;
    let made = schema::create_table(&clients.dynamodb(), name).send().await.unwrap();
    let table = made.table_description.unwrap();
    let expire = json!({
        "TableName": name,
        "TimeToLiveSpecification": { "AttributeName": "ttl", "Enabled": true },
    });
    aws.call("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", expire).await;
    table.latest_stream_arn.unwrap()
}

impl Yard {
    /// Makes everything, in good health.
    pub async fn deploy() -> Self {
        let (aws, name) = (Aws::up().await, fresh());
        let stream = table(&aws, &name).await;
        let yard = Self { aws, rules: rules(&name), name, stream };
        yard.make_queues().await;
        yard.make_targets().await;
        for function in FUNCTIONS {
            yard.make_function(function).await;
        }
        for queue in ["ingest", "ingest.fifo"] {
            yard.map("ingest-sqs", &yard.queue_arn(queue), true).await;
        }
        yard.map("deliver", &yard.queue_arn("work"), true).await;
        yard.map("ingest-stream", &yard.stream, false).await;
        yard.admit_senders().await;
        yard
    }

    pub fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.name)
    }

    pub fn queue_arn(&self, what: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.named(what))
    }

    pub fn topic_arn(&self) -> String {
        format!("arn:aws:sns:{REGION}:{ACCOUNT}:{}", self.named("topic"))
    }

    pub fn folder(&self) -> &Path {
        &self.rules
    }

    async fn make_queues(&self) {
        for (queue, letters, fifo) in [
            ("ingest", "ingest-dlq", false),
            ("ingest.fifo", "ingest-dlq.fifo", true),
            ("work", "work-dlq", false),
        ] {
            let kind = if fifo { json!({ "FifoQueue": "true" }) } else { json!({}) };
            let make = |name: &str, attributes: &Value| json!({ "QueueName": self.named(name), "Attributes": attributes });
            self.aws.sqs("CreateQueue", make(letters, &kind)).await;
            let mut attributes = kind;
            let letters = self.queue_arn(letters);
            let redrive = json!({ "deadLetterTargetArn": letters, "maxReceiveCount": 5 });
            attributes["VisibilityTimeout"] = json!("360");
            attributes["RedrivePolicy"] = json!(redrive.to_string());
            self.aws.sqs("CreateQueue", make(queue, &attributes)).await;
        }
    }

    async fn make_targets(&self) {
        let queue = json!({ "QueueName": self.named("payments") });
        self.aws.sqs("CreateQueue", queue).await;
        let topic = self.named("topic");
        self.aws.sns(&[("Action", "CreateTopic"), ("Name", &topic)]).await;
        let bus = json!({ "Name": self.named("bus") });
        self.aws.call("events", "AWSEvents.CreateEventBus", bus).await;
    }

    async fn make_function(&self, function: &str) {
        let name = self.named(function);
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "Service": "lambda.amazonaws.com" },
        }] });
        let trust = trust.to_string();
        let role = [("RoleName", &*name), ("AssumeRolePolicyDocument", &*trust)];
        self.aws.iam(&[&[("Action", "CreateRole")], &role[..]].concat()).await;
        self.allow(function, &self.iam(&["--function", function])).await;
        let work = self.aws.queue_url(&self.named("work")).await;
        make_function(&self.aws, &name, &self.name, &work).await;
        self.recursion(function, "Allow").await;
    }

    pub async fn recursion(&self, function: &str, what: &str) {
        let path = format!("/2024-08-31/functions/{}/recursion-config", self.named(function));
        self.aws.lambda(Method::PUT, &path, json!({ "RecursiveLoop": what })).await;
    }

    /// Writes the policy of a function's role.
    pub async fn allow(&self, function: &str, policy: &str) {
        let name = self.named(function);
        let put = [("Action", "PutRolePolicy"), ("RoleName", &name), ("PolicyName", "eventyard")];
        self.aws.iam(&[&put[..], &[("PolicyDocument", policy)]].concat()).await;
    }

    /// What `eventyard iam` prints for this stack.
    pub fn iam(&self, more: &[&str]) -> String {
        let rules = self.folder().to_str().unwrap();
        let of = ["iam", "--rules", rules, "--prefix", &self.name, "--account", ACCOUNT];
        let place = ["--region", REGION, "--table-stream", &self.stream];
        let run = run(&self.aws, &[&of[..], &place, more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    }

    async fn map(&self, function: &str, source: &str, is_queue: bool) {
        let mut body = json!({
            "FunctionName": self.named(function), "EventSourceArn": source, "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        });
        match is_queue {
            true => body["ScalingConfig"] = json!({ "MaximumConcurrency": 10 }),
            false => body["StartingPosition"] = json!("TRIM_HORIZON"),
        }
        self.aws.lambda(Method::POST, "/2015-03-31/event-source-mappings", body).await;
    }

    /// The ids of the mappings of a function, with the ARNs of what feeds it.
    pub async fn mappings(&self, function: &str) -> Vec<(String, String)> {
        let path =
            format!("/2015-03-31/event-source-mappings?FunctionName={}", self.named(function));
        let found = self.aws.lambda(Method::GET, &path, Value::Null).await;
        let text = |mapping: &Value, name: &str| mapping[name].as_str().unwrap().to_owned();
        let mappings = found["EventSourceMappings"].as_array().unwrap().iter();
        mappings.map(|one| (text(one, "UUID"), text(one, "EventSourceArn"))).collect()
    }

    async fn admit_senders(&self) {
        let printed: Value = serde_json::from_str(&self.iam(&["--resource-policies"])).unwrap();
        self.admit(&printed["queues"][0]["policy"].to_string()).await;
    }

    /// Writes the policy of the ingest queue.
    pub async fn admit(&self, policy: &str) {
        self.set_queue("ingest", "Policy", policy).await;
    }

    /// Writes an attribute of a queue.
    pub async fn set_queue(&self, what: &str, attribute: &str, value: &str) {
        let url = self.aws.queue_url(&self.named(what)).await;
        let body = json!({ "QueueUrl": url, "Attributes": { attribute: value } });
        self.aws.sqs("SetQueueAttributes", body).await;
    }

    /// Removes what works on: functions with their mappings; of a broken stack.
    pub async fn remove(self) {
        for function in ["ingest-sqs", "ingest-stream", "deliver"] {
            for (uuid, _) in self.mappings(function).await {
                let path = format!("/2015-03-31/event-source-mappings/{uuid}");
                self.aws.lambda(Method::DELETE, &path, Value::Null).await;
            }
        }
        let there = FUNCTIONS.into_iter().filter(|function| *function != GONE);
        for function in there {
            self.remove_function(function).await;
        }
    }

    pub async fn remove_function(&self, function: &str) {
        let path = format!("/2015-03-31/functions/{}", self.named(function));
        self.aws.lambda(Method::DELETE, &path, Value::Null).await;
    }
}

/// A function that knows its table and work queue, and could not run.
pub async fn make_function(aws: &Aws, name: &str, table: &str, work: &str) {
    let body = json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 60,
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        "Code": { "ZipFile": EMPTY_ZIP },
        "Environment": { "Variables": {
            "EVENTYARD_TABLE": table, "EVENTYARD_WORK_QUEUE": work,
        } },
    });
    aws.lambda(Method::POST, "/2015-03-31/functions", body).await;
}

/// A ZIP file without files (PKWARE APPNOTE 4.3.16), in base64.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

fn rules(name: &str) -> PathBuf {
    let folder = folder(name);
    let text = format!(
        "version: 1\n\
         targets:\n\
         \x20 payments: {{ sqs: {{ queue: {name}-payments }} }}\n\
         \x20 told: {{ sns: {{ topic: {name}-topic }} }}\n\
         \x20 others: {{ eventbridge: {{ bus: {name}-bus }} }}\n\
         rules:\n\
         \x20 - {{ name: take-payment, when: $.data.total, to: [payments, told] }}\n\
         \x20 - {{ name: pass-on, when: $.source == 'shop', to: others }}\n"
    );
    std::fs::write(folder.join("rules.yaml"), text).unwrap();
    folder
}
