//! Dollars for a million events, from what is measured here and what AWS publishes.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::aws::Aws;
use crate::function::Function;
use crate::load::{self, BATCH};
use crate::warm::ratio;

/// Published prices of us-east-1, in dollars for a million, on demand. Those of DynamoDB are since November
/// 2024; look them up before you rely on them.
mod price {
    /// DynamoDB, write request units.
    pub const WRITE: f64 = 0.625;
    /// DynamoDB, read request units.
    pub const READ: f64 = 0.125;
    /// SQS requests of up to 64 KB.
    pub const SQS: f64 = 0.40;
    /// Lambda requests.
    pub const INVOCATION: f64 = 0.20;
    /// Lambda, a million GB-seconds, x86.
    pub const GB_SECONDS: f64 = 16.6667;
    /// EventBridge, custom events of up to 64 KB.
    pub const EVENTBRIDGE: f64 = 1.00;
    /// EventBridge Pipes, requests after filtering.
    pub const PIPES: f64 = 0.40;
}

/// The memory of a function, in GB.
const MEMORY_GB: f64 = 0.5;
/// What a call of an AWS service takes in its region, in ms, which this machine cannot measure: the batch
/// of calls one after another is page, events, send, seal.
const ROUNDS_MS: f64 = 4.0 * 6.0;
/// Batches that are measured.
const BATCHES: usize = 100;

/// Runs batches against DynamoDB Local, and prints the bill of a million events.
pub async fn run(functions: &Path) -> Result<()> {
    let local = tokio::task::spawn_blocking(eventyard_localstack::up).await??;
    let dynamodb = local.dynamodb_endpoint.context("DynamoDB Local runs only without Docker")?;
    let aws = Aws::start(Some(dynamodb)).await?;
    create_table(&aws).await?;
    let rules = load::rules(functions)?;
    let mut function = Function::start(&functions.join("ingest-sqs"), &rules, &aws, &[]).await?;
    function.invoke(load::sqs_batch(0)).await?;
    aws.take();
    let before = function.cpu()?;
    for batch in 1..=BATCHES {
        function.invoke(load::sqs_batch(batch)).await?;
    }
    let cpu_ms =
        (function.cpu()? - before).as_secs_f64() * 1e3 / f64::from(u32::try_from(BATCHES)?);
    function.end().await?;
    bill(&aws.take(), cpu_ms)
}

/// The table of the stack, as far as it is charged for.
async fn create_table(aws: &Aws) -> Result<()> {
    let string = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let table = json!({
        "TableName": "measured", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [string("pk"), string("sk"), string("wpk"), string("wsk")],
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "work", "KeySchema": [key("wpk", "HASH"), key("wsk", "RANGE")],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
    });
    let name = json!({ "TableName": "measured" });
    for (operation, body) in [("DeleteTable", name), ("CreateTable", table)] {
        let call =
            reqwest::Client::builder().no_proxy().build()?.post(format!("http://{}", aws.address));
        let scope = "AWS4-HMAC-SHA256 Credential=test/20261124/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let target = format!("DynamoDB_20120810.{operation}");
        let call = call.header("x-amz-target", target).header("authorization", scope);
        call.header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string())
            .send()
            .await?;
    }
    Ok(())
}

fn bill(counts: &crate::aws::Counts, cpu_ms: f64) -> Result<()> {
    let events = f64::from(u32::try_from(BATCHES * BATCH)?);
    let batches = f64::from(u32::try_from(BATCHES)?);
    let (writes, reads) = (counts.write_units / events, counts.read_units / events);
    let sends = counts.calls.get("SendMessageBatch").copied().unwrap_or_default();
    // The event source mapping receives and deletes each batch.
    let requests = (ratio(sends, u64::try_from(BATCHES)?) + 2.0) / 10.0;
    let seconds = (cpu_ms + ROUNDS_MS) / 1e3;
    let lines = [
        ("DynamoDB write units", writes, writes * price::WRITE),
        ("DynamoDB read units", reads, reads * price::READ),
        ("SQS requests (receive, delete, send)", requests, requests * price::SQS),
        ("Lambda invocations", 0.1, 0.1 * price::INVOCATION),
        (
            "Lambda GB-seconds",
            seconds * MEMORY_GB / 10.0,
            seconds * MEMORY_GB / 10.0 * price::GB_SECONDS,
        ),
    ];
    println!(
        "SQS → bus → SQS, batches of {BATCH}, events of 1 KB; {batches} batches measured, {cpu_ms:.2} ms of processor time each"
    );
    println!("{:<38} {:>10} {:>22}", "", "per event", "dollars per million");
    for (what, per_event, dollars) in lines {
        println!("{what:<38} {per_event:>10.4} {dollars:>22.3}");
    }
    let total: f64 = lines.iter().map(|(.., dollars)| dollars).sum();
    println!("{:<38} {:>10} {total:>22.3}", "the bus", "");
    let pipes = price::EVENTBRIDGE + price::PIPES;
    println!("{:<38} {:>10} {:>22.3}", "EventBridge, one event in", "", price::EVENTBRIDGE);
    println!("{:<38} {:>10} {pipes:>22.3}", "EventBridge from SQS through a pipe", "");
    println!("Taken, not measured: {ROUNDS_MS} ms of waiting for AWS in each batch.");
    Ok(())
}
