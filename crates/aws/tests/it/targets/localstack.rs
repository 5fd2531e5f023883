//! Each kind of target at a running LocalStack: what is sent arrives, and what does not exist says so.

use super::wire::{all_told, clients, event, events, parcels, rules, stored, told};
use aws_sdk_eventbridge::types::Target as RuleTarget;
use aws_sdk_kinesis::types::ShardIteratorType;
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use eventyard_aws::Clients;
use eventyard_aws::targets::{AwsTargets, TargetSettings};
use eventyard_bus::{Sent, Targets};
use eventyard_event::Event;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const ACCOUNT: &str = "000000000000";
const REGION: &str = "eu-west-1";
pub const ROLE: &str = "arn:aws:iam::000000000000:role/any";
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running LocalStack.
pub struct World {
    pub clients: Clients,
    sqs: aws_sdk_sqs::Client,
}

/// A name that no other test has, in this run or another.
pub fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    format!("{what}-{:x}-{process}-{count}", jiff::Timestamp::now().as_second())
}

impl World {
    pub async fn new() -> Self {
        let up = tokio::task::spawn_blocking(eventyard_localstack::up).await.unwrap().unwrap();
        let clients = clients(&up.endpoint).await;
        let sqs = aws_sdk_sqs::Client::new(clients.config());
        Self { clients, sqs }
    }

    /// Sends events to the target that `kind` describes; their type is `x`.
    pub async fn send(&self, kind: &str, events: Vec<Event>) -> Vec<Sent> {
        let rules = rules(&format!(
            "version: 1\ntargets:\n  t: {{ {kind} }}\nrules:\n  - {{ name: r, when: $.type == 'x', to: t }}\n"
        ));
        let stored = stored(&rules, events);
        let mut settings = TargetSettings::default();
        settings.account = Some(ACCOUNT.to_owned());
        settings.budget = PATIENCE;
        let targets = AwsTargets::new(&self.clients, settings, None);
        targets.send(&rules.targets["t"], &parcels(&stored, None)).await
    }

    /// A new queue: its name and its URL.
    pub async fn queue(&self, fifo: bool) -> (String, String) {
        let name = unique("q") + if fifo { ".fifo" } else { "" };
        let mut call = self.sqs.create_queue().queue_name(&name);
        if fifo {
            call = call.attributes(QueueAttributeName::FifoQueue, "true");
        }
        let url = call.send().await.unwrap().queue_url.unwrap();
        (name, url)
    }

    /// Receives until there are `count` messages, in any order.
    pub async fn receive(&self, url: &str, count: usize) -> Vec<Message> {
        let began = Instant::now();
        let mut messages = Vec::new();
        while messages.len() < count && began.elapsed() < PATIENCE {
            let call = self.sqs.receive_message().queue_url(url).max_number_of_messages(10);
            let call = call.wait_time_seconds(1).message_attribute_names("All");
            messages.extend(call.send().await.unwrap().messages.unwrap_or_default());
        }
        assert_eq!(messages.len(), count);
        messages
    }
}

pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

pub fn body(message: &Message) -> Value {
    serde_json::from_str(message.body().unwrap()).unwrap()
}

fn attribute<'m>(message: &'m Message, name: &str) -> &'m str {
    message.message_attributes().unwrap()[name].string_value().unwrap()
}

#[tokio::test]
async fn a_queue_receives_every_event_with_what_travels_beside_it() {
    let world = World::new().await;
    let (name, url) = world.queue(false).await;
    let sent = world.send(&format!("sqs: {{ queue: {name} }}"), events("x", 12)).await;
    assert_eq!(all_told(&sent), ["delivered"; 12]);
    let messages = world.receive(&url, 12).await;
    let mut ids: Vec<String> =
        messages.iter().map(|message| body(message)["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 12);
    assert_eq!(body(&messages[0])["eventyardhops"], 1);
    assert_eq!(attribute(&messages[0], "eventyard-hops"), "1");
    assert_eq!(attribute(&messages[0], "eventyard-cause"), body(&messages[0])["id"]);
}

#[tokio::test]
async fn a_fifo_queue_takes_a_delivery_once_and_keeps_its_order() {
    let world = World::new().await;
    let (name, url) = world.queue(true).await;
    let kind = format!("sqs: {{ queue: {name}, group: $.subject }}");
    for _ in 0..2 {
        assert_eq!(all_told(&world.send(&kind, events("x", 3)).await), ["delivered"; 3]);
    }
    let messages = world.receive(&url, 3).await;
    let ids: Vec<Value> = messages.iter().map(|message| body(message)["id"].clone()).collect();
    assert_eq!(ids, [json!("e0"), json!("e1"), json!("e2")]);
    let more = world.sqs.receive_message().queue_url(&url).send().await.unwrap();
    assert!(more.messages().is_empty());
}

#[tokio::test]
async fn a_topic_passes_on_document_and_attributes() {
    let world = World::new().await;
    let (queue, url) = world.queue(false).await;
    let sns = aws_sdk_sns::Client::new(world.clients.config());
    let name = unique("topic");
    let arn = sns.create_topic().name(&name).send().await.unwrap().topic_arn.unwrap();
    let call = sns.subscribe().topic_arn(&arn).protocol("sqs").endpoint(queue_arn(&queue));
    call.attributes("RawMessageDelivery", "true").send().await.unwrap();
    let sent = world.send(&format!("sns: {{ topic: {name} }}"), events("x", 3)).await;
    assert_eq!(all_told(&sent), ["delivered"; 3]);
    let messages = world.receive(&url, 3).await;
    assert_eq!(attribute(&messages[0], "eventyard-delivery").len(), 32);
}

#[tokio::test]
async fn an_event_bus_routes_what_it_is_sent() {
    let world = World::new().await;
    let (queue, url) = world.queue(false).await;
    let events = aws_sdk_eventbridge::Client::new(world.clients.config());
    let bus = unique("bus");
    events.create_event_bus().name(&bus).send().await.unwrap();
    let pattern = r#"{"source":["/shop"],"detail":{"total":[12]}}"#;
    let rule = events.put_rule().name("all").event_bus_name(&bus).event_pattern(pattern);
    rule.send().await.unwrap();
    let target = RuleTarget::builder().id("q").arn(queue_arn(&queue)).build().unwrap();
    let targets = events.put_targets().rule("all").event_bus_name(&bus).targets(target);
    targets.send().await.unwrap();
    let sent = world.send(&format!("eventbridge: {{ bus: {bus} }}"), vec![event("x", "e1")]).await;
    assert_eq!(all_told(&sent), ["delivered"]);
    let event = body(&world.receive(&url, 1).await[0]);
    assert_eq!((&event["detail-type"], &event["detail"]), (&json!("x"), &json!({ "total": 12 })));
    assert_eq!(event["time"], "2026-11-24T10:00:00Z");
}

#[tokio::test]
#[ignore = "LocalStack fetches its Kinesis from the network when it is first asked for it"]
async fn a_stream_has_the_records_of_one_key_in_order() {
    let world = World::new().await;
    let kinesis = aws_sdk_kinesis::Client::new(world.clients.config());
    let name = unique("stream");
    kinesis.create_stream().stream_name(&name).shard_count(1).send().await.unwrap();
    let began = Instant::now();
    let shard = loop {
        let shards = kinesis.list_shards().stream_name(&name).send().await;
        if let Some(shard) = shards.ok().and_then(|found| found.shards?.into_iter().next()) {
            break shard.shard_id;
        }
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let kind = format!("kinesis: {{ stream: {name}, key: $.subject }}");
    let mut sent = world.send(&kind, events("x", 3)).await;
    while sent.iter().any(|sent| told(sent).starts_with("denied")) && began.elapsed() < PATIENCE {
        sent = world.send(&kind, events("x", 3)).await;
    }
    assert_eq!(all_told(&sent), ["delivered"; 3]);
    let iterator = kinesis.get_shard_iterator().stream_name(&name).shard_id(shard);
    let iterator = iterator.shard_iterator_type(ShardIteratorType::TrimHorizon);
    let iterator = iterator.send().await.unwrap().shard_iterator.unwrap();
    let records = kinesis.get_records().shard_iterator(iterator).send().await.unwrap().records;
    let ids: Vec<Value> = records
        .iter()
        .map(|record| {
            serde_json::from_slice::<Value>(record.data().as_ref()).unwrap()["id"].clone()
        })
        .collect();
    assert_eq!(ids, [json!("e0"), json!("e1"), json!("e2")]);
    assert_eq!(records[0].partition_key.as_deref(), Some("c1"));
}

#[tokio::test]
async fn a_state_machine_runs_once_for_a_delivery() {
    let world = World::new().await;
    let sfn = aws_sdk_sfn::Client::new(world.clients.config());
    let name = unique("machine");
    let definition = r#"{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}"#;
    let call = sfn.create_state_machine().name(&name).definition(definition).role_arn(ROLE);
    let arn = call.send().await.unwrap().state_machine_arn;
    let kind = format!("step-functions: {{ state-machine: {name} }}");
    for _ in 0..2 {
        assert_eq!(all_told(&world.send(&kind, vec![event("x", "e1")]).await), ["delivered"]);
    }
    let executions = sfn.list_executions().state_machine_arn(arn).send().await.unwrap().executions;
    assert_eq!(executions.len(), 1);
    let execution = sfn.describe_execution().execution_arn(executions[0].execution_arn());
    let input: Value =
        serde_json::from_str(&execution.send().await.unwrap().input.unwrap()).unwrap();
    assert_eq!(input["id"], "e1");
}

#[tokio::test]
async fn targets_that_do_not_exist_are_denied() {
    let world = World::new().await;
    for kind in [
        "sqs: { queue: no-such-queue }",
        "sqs: { queue: \"http://localhost:4566/000000000000/no-such-queue\" }",
        "sns: { topic: no-such-topic }",
        "step-functions: { state-machine: no-such-machine }",
        "lambda: { function: no-such-function }",
    ] {
        let sent = world.send(kind, vec![event("x", "e1")]).await;
        assert!(told(&sent[0]).starts_with("denied"), "{kind}: {sent:?}");
    }
}
