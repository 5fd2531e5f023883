//! What receives: one of every kind of target, with a queue behind those that have no memory of their own.

use std::collections::BTreeSet;

use aws_sdk_kinesis::types::ShardIteratorType;
use eventyard_aws_tests::Yard;
use eventyard_aws_tests::aws::{self, ACCOUNT, REGION};
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::queue::{Queue, Taken};
use eventyard_aws_tests::receiver::Receiver;
use eventyard_aws_tests::stack::WEBHOOK_SECRET;
use eventyard_aws_tests::yard::counts;
use standardwebhooks::Webhook;

/// A function that sends what it is given to the queue that its environment names.
const FORWARD: &str = include_str!("forward.py");

/// An ARN of the stack: `service`, and what stands before and behind the prefix.
pub fn arn(yard: &Yard, service: &str, before: &str, name: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{before}{}", yard.stack.name(name))
}

/// Makes what the stack does not: queues behind topic, bus and function, the function and the state machine.
pub async fn make(yard: &Yard) {
    behind(yard, "kind-topic").await;
    let sns = aws_sdk_sns::Client::new(yard.clients.config());
    let subscribe = sns.subscribe().topic_arn(arn(yard, "sns", "", "kind")).protocol("sqs");
    subscribe.endpoint(arn(yard, "sqs", "", "kind-topic")).send().await.unwrap();

    behind(yard, "kind-bus").await;
    rule(yard, &yard.stack.name("kind"), "kind-bus", &arn(yard, "sqs", "", "kind-bus")).await;

    let queue = behind(yard, "kind-function").await;
    function(yard, &queue);

    let states = aws_sdk_sfn::Client::new(yard.clients.config());
    let pass = r#"{"StartAt":"Take","States":{"Take":{"Type":"Pass","End":true}}}"#;
    let create = states.create_state_machine().name(yard.stack.name("kind")).definition(pass);
    create.role_arn(format!("arn:aws:iam::{ACCOUNT}:role/any")).send().await.unwrap();
}

async fn behind(yard: &Yard, name: &str) -> Queue {
    let client = yard.clients.sqs();
    client.create_queue().queue_name(yard.stack.name(name)).send().await.unwrap();
    yard.queue(name).await
}

/// A rule of an EventBridge bus that gives every event to one target.
pub async fn rule(yard: &Yard, bus: &str, name: &str, target: &str) {
    let events = aws_sdk_eventbridge::Client::new(yard.clients.config());
    let all = r#"{"source":[{"prefix":""}]}"#;
    let put = events.put_rule().event_bus_name(bus).name(yard.stack.name(name)).event_pattern(all);
    put.send().await.unwrap();
    let target = aws_sdk_eventbridge::types::Target::builder().id("only").arn(target).build();
    let put = events.put_targets().event_bus_name(bus).rule(yard.stack.name(name));
    put.targets(target.unwrap()).send().await.unwrap();
}

/// The function, made by the AWS CLI.
fn function(yard: &Yard, queue: &Queue) {
    let folder = yard.stack.folder.join("forward");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bootstrap"), FORWARD).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.join("bootstrap"), mode).unwrap();
    let python = aws::clients_folder().unwrap().join("python");
    let mut zip = aws::program(&python, &folder).unwrap();
    aws::output(zip.args(["-m", "zipfile", "-c", "function.zip", "bootstrap"])).unwrap();
    let (name, environment) =
        (yard.stack.name("kind"), format!("Variables={{QUEUE_URL={}}}", queue.url));
    let create = [
        "lambda",
        "create-function",
        "--function-name",
        &name,
        "--runtime",
        "provided.al2023",
        "--handler",
        "bootstrap",
        "--role",
        "arn:aws:iam::000000000000:role/any",
        "--zip-file",
        "fileb://function.zip",
        "--environment",
        &environment,
    ];
    aws::cli(&folder, &create).unwrap();
    aws::cli(&folder, &["lambda", "wait", "function-active-v2", "--function-name", &name]).unwrap();
}

/// The delivery ids that a state machine was started under.
pub async fn executions(yard: &Yard) -> BTreeSet<String> {
    let states = aws_sdk_sfn::Client::new(yard.clients.config());
    let machine = arn(yard, "states", "stateMachine:", "kind");
    let answer = states.list_executions().state_machine_arn(machine).send().await.unwrap();
    answer.executions.into_iter().map(|execution| execution.name).collect()
}

/// The records of the stream, as messages.
pub async fn records(yard: &Yard) -> Vec<Taken> {
    let kinesis = aws_sdk_kinesis::Client::new(yard.clients.config());
    let stream = yard.stack.name("kind");
    let shards = kinesis.list_shards().stream_name(&stream).send().await.unwrap();
    let mut records = Vec::new();
    for shard in shards.shards.unwrap_or_default() {
        let iterator = kinesis.get_shard_iterator().stream_name(&stream).shard_id(shard.shard_id);
        let iterator =
            iterator.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await.unwrap();
        let get = kinesis.get_records().set_shard_iterator(iterator.shard_iterator);
        records.extend(get.send().await.unwrap().records);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let message = |record: aws_sdk_kinesis::types::Record| Taken {
        body: text(record.data.as_ref()),
        attributes: std::collections::BTreeMap::new(),
        group: record.partition_key,
    };
    records.into_iter().map(message).collect()
}

/// Waits until a kind of target has exactly these deliveries, each once.
pub async fn assert_each_once(yard: &Yard, kind: &str, wanted: &BTreeSet<String>) {
    let once: Vec<_> = wanted.iter().map(|id| (id.clone(), 1)).collect();
    let seen = match kind {
        "kind-machine" => executions(yard).await.into_iter().map(|id| (id, 1)).collect(),
        "kind-http" => signed_requests(),
        "kind-stream" => {
            let stream = eventually("all records", async || {
                let records = records(yard).await;
                if counts(&records).len() >= wanted.len() { Ok(records) } else { Err(records) }
            });
            // Kinesis of LocalStack is slow to answer at first, and a call that is given up may have been done.
            counts(&stream.await).into_keys().map(|id| (id, 1)).collect()
        }
        queue => {
            let name = match queue {
                "kind-queue" => "kind",
                "kind-fifo" => "kind.fifo",
                behind => behind,
            };
            counts(&yard.received(name, wanted).await).into_iter().collect::<Vec<_>>()
        }
    };
    assert_eq!(seen, once, "what {kind} received, and how often");
}

/// The deliveries of the HTTP target, each with a signature that a receiver's library accepts.
fn signed_requests() -> Vec<(String, usize)> {
    let webhook = Webhook::new(WEBHOOK_SECRET).unwrap();
    let mut counts = std::collections::BTreeMap::new();
    for request in Receiver::shared().unwrap().requests("/kind") {
        let id = request.header("webhook-id").to_owned();
        webhook.verify(&request.body, &request.headers).unwrap_or_else(|e| panic!("{id}: {e}"));
        *counts.entry(id).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}
