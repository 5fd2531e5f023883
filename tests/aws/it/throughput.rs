//! The bus beside LocalStack's own EventBridge, doing the same: an event in, a rule, a message in a queue. Not a test:
//! `cargo xtask aws -- --ignored --nocapture throughput` prints the figures.

use std::time::Duration;

use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use eventyard_aws_tests::Yard;
use eventyard_aws_tests::yard::event;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use tokio::time::{Instant, sleep};

const EVENTS: usize = 2_000;
const BATCH: usize = 10;
/// Batches that are sent at the same time.
const SENDERS: usize = 4;

#[tokio::test]
#[ignore = "a benchmark"]
async fn the_bus_and_the_event_bridge_of_localstack_side_by_side() {
    let yard = Yard::alone().await;
    let (bus, bridge) = (through_the_bus(&yard).await, through_event_bridge(&yard).await);
    let per_second = |took: Duration| EVENTS as f64 / took.as_secs_f64();
    println!("{EVENTS} events of 1 KB to one SQS queue, {SENDERS} senders of batches of {BATCH}");
    println!("the bus: SQS, Lambda, DynamoDB, SQS   {:>8.0} events/s", per_second(bus));
    println!("EventBridge of LocalStack             {:>8.0} events/s", per_second(bridge));
    for (what, megabytes) in memory() {
        println!("memory of {what:<28} {megabytes:>8.0} MB");
    }
}

async fn through_the_bus(yard: &Yard) -> Duration {
    let (ingest, target) = (yard.ingest(), yard.queue("many").await);
    target.drain().await.unwrap();
    let began = Instant::now();
    let batches = stream::iter(0..EVENTS / BATCH).map(|batch| {
        let ingest = &ingest;
        async move {
            let body = |k: usize| event("many", &format!("t-{}", batch * BATCH + k), filling());
            let bodies: Vec<String> = (0..BATCH).map(|k| body(k).to_string()).collect();
            ingest.send_together(&bodies).await
        }
    });
    batches.buffer_unordered(SENDERS).try_collect::<()>().await.unwrap();
    arrived(yard, &target.url).await;
    began.elapsed()
}

async fn through_event_bridge(yard: &Yard) -> Duration {
    let client = aws_sdk_eventbridge::Client::new(yard.clients.config());
    let (bus, rule) = (yard.stack.name("bridge"), yard.stack.name("bridge-rule"));
    let queue = yard.clients.sqs().create_queue().queue_name(yard.stack.name("bridge")).send();
    let url = queue.await.unwrap().queue_url.unwrap();
    client.create_event_bus().name(&bus).send().await.unwrap();
    let pattern = json!({ "source": ["many"] }).to_string();
    let put = client.put_rule().name(&rule).event_bus_name(&bus).event_pattern(pattern);
    put.send().await.unwrap();
    let name = yard.stack.name("bridge");
    let arn = format!("arn:aws:sqs:eu-west-1:000000000000:{name}");
    let target = Target::builder().id("queue").arn(arn).build().unwrap();
    client.put_targets().rule(&rule).event_bus_name(&bus).targets(target).send().await.unwrap();
    let began = Instant::now();
    let batches = stream::iter(0..EVENTS / BATCH).map(|_| {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&bus)
            .source("many")
            .detail_type("Measured")
            .detail(filling().to_string())
            .build();
        client.put_events().set_entries(Some(vec![entry; BATCH])).send()
    });
    let answers: Vec<_> = batches.buffer_unordered(SENDERS).try_collect().await.unwrap();
    assert!(answers.iter().all(|answer| answer.failed_entry_count == 0));
    arrived(yard, &url).await;
    began.elapsed()
}

/// Waits until every event is a message of the queue.
async fn arrived(yard: &Yard, url: &str) {
    let client = yard.clients.sqs();
    let end = Instant::now() + Duration::from_secs(600);
    loop {
        let name = aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
        let ask = client.get_queue_attributes().queue_url(url).attribute_names(name.clone());
        let answer = ask.send().await.unwrap();
        let count = answer.attributes.and_then(|all| all.get(&name)?.parse::<usize>().ok());
        if count.unwrap_or_default() >= EVENTS {
            return;
        }
        assert!(Instant::now() < end, "{count:?} of {EVENTS} events arrived");
        sleep(Duration::from_millis(50)).await;
    }
}

/// About a kilobyte of data.
fn filling() -> serde_json::Value {
    json!({ "n": 1, "note": "0123456789abcdef".repeat(50) })
}

/// The memory of the functions' processes and of LocalStack's.
fn memory() -> Vec<(&'static str, f64)> {
    let of = |part: &'static str| {
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let kilobytes = processes.filter_map(|process| {
            let command = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
            let status = std::fs::read_to_string(process.path().join("status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            let kilobytes = line.split_whitespace().next()?.parse::<u32>().ok()?;
            command.contains(part).then_some(f64::from(kilobytes))
        });
        kilobytes.sum::<f64>() / 1e3
    };
    vec![
        ("the functions' processes", of("bootstrap")),
        ("LocalStack", of("localstack.runtime.main")),
        ("DynamoDB Local", of("DynamoDBLocal.jar")),
    ]
}
