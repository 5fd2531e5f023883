//! What feeds the functions: the event source mappings of queues and of the table's stream.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionResponseType};
use eventyard_infra::Function;
use eventyard_rules::{RuleSet, TargetKind};

use super::finding::Finding;
use super::functions::Deployed;
use super::trouble::Trouble;
use super::{Feed, Source, each, queue_name};
use crate::Stack;

const TEMPLATE: &str = "deploy the template that `eventyard export sam` prints";

pub(super) async fn check(stack: &Stack, deployed: &[Deployed], feeds: &[Feed]) -> Vec<Finding> {
    let client = Client::new(stack.clients.config());
    each(deployed.iter().map(|one| {
        let feeds: Vec<_> = feeds.iter().filter(|feed| feed.to == one.function).collect();
        of_function(client.clone(), one, feeds)
    }))
    .await
}

async fn of_function(client: Client, one: &Deployed, feeds: Vec<&Feed>) -> Vec<Finding> {
    if feeds.is_empty() {
        return Vec::new();
    }
    match mappings(&client, &one.name).await {
        Err(trouble) => vec![Finding::of_trouble("mapping", &one.name, trouble, TEMPLATE)],
        Ok(mappings) => feeds.iter().flat_map(|feed| of_feed(one, feed, &mappings)).collect(),
    }
}

async fn mappings(
    client: &Client,
    function: &str,
) -> Result<Vec<EventSourceMappingConfiguration>, Trouble> {
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let call = client.list_event_source_mappings().function_name(function).set_marker(marker);
        let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
        found.extend(answer.event_source_mappings.unwrap_or_default());
        marker = answer.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(found);
        }
    }
}

fn of_feed(
    one: &Deployed,
    feed: &Feed,
    mappings: &[EventSourceMappingConfiguration],
) -> Vec<Finding> {
    let about = match &feed.source {
        Source::Queue(queue) => format!("{queue} -> {}", one.name),
        Source::Stream(_) => format!("the table's stream -> {}", one.name),
    };
    let Some(mapping) = mappings.iter().find(|mapping| is_of(feed, mapping)) else {
        let reason = "there is no event source mapping: what comes there is never taken";
        return vec![Finding::problem("mapping", about, reason, TEMPLATE)];
    };
    let mut findings = vec![enabled(mapping, &about), batch_item_failures(mapping, &about)];
    if matches!(feed.source, Source::Queue(_)) {
        findings.push(concurrency(mapping, &about));
    }
    findings
}

fn is_of(feed: &Feed, mapping: &EventSourceMappingConfiguration) -> bool {
    let arn = mapping.event_source_arn().unwrap_or_default();
    match &feed.source {
        Source::Queue(queue) => arn.contains(":sqs:") && queue_name(arn) == queue,
        Source::Stream(stream) => arn == stream,
    }
}

fn enabled(mapping: &EventSourceMappingConfiguration, about: &str) -> Finding {
    let state = mapping.state().unwrap_or_default();
    let is_on = !matches!(state, "Disabled" | "Disabling" | "Deleting");
    let reason = format!("the mapping is {}: messages wait", state.to_lowercase());
    let uuid = mapping.uuid().unwrap_or_default();
    let help = format!("`aws lambda update-event-source-mapping --uuid {uuid} --enabled`");
    Finding::that("mapping", about, is_on, reason, help)
}

/// Without the switch the answer of the function is not read: one failure and all messages come again, or
/// none does
/// ([Reporting batch item failures](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)).
fn batch_item_failures(mapping: &EventSourceMappingConfiguration, about: &str) -> Finding {
    let wanted = FunctionResponseType::ReportBatchItemFailures;
    let reason =
        "`ReportBatchItemFailures` is off: messages that failed count as done and are deleted";
    let uuid = mapping.uuid().unwrap_or_default();
    let help = format!(
        "`FunctionResponseTypes: [ReportBatchItemFailures]` in the template, or `aws lambda \
         update-event-source-mapping --uuid {uuid} --function-response-types ReportBatchItemFailures`"
    );
    let is_on = mapping.function_response_types().contains(&wanted);
    Finding::that("batch-item-failures", about, is_on, reason, help)
}

fn concurrency(mapping: &EventSourceMappingConfiguration, about: &str) -> Finding {
    let most = mapping.scaling_config().and_then(|scaling| scaling.maximum_concurrency());
    let reason = "MaximumConcurrency is not set: one burst may use up what the account may run at the \
                  same time, and throttled messages become dead letters";
    let help = "`ScalingConfig: { MaximumConcurrency: … }` in the template, 2 to 1000";
    Finding::that("maximum-concurrency", about, most.is_some(), reason, help)
}

/// Whether every HTTP target of the rules has the queue of its own that it was to be deployed with.
pub(super) fn own_queues(rules: &RuleSet, deployed: &[Deployed]) -> Vec<Finding> {
    let deliver = deployed.iter().find(|one| one.function == Function::Deliver);
    let Some(told) = deliver.and_then(|one| one.environment.as_ref()) else { return Vec::new() };
    let http = rules.targets.values().filter(|target| matches!(target.kind, TargetKind::Http(_)));
    let of_target = |target: &eventyard_rules::Target| {
        let reason = "it has no work queue of its own: a slow receiver holds up other targets";
        let has_one = told.work_queues.own.contains_key(&target.name);
        Finding::that("work-queue", target.name.as_str(), has_one, reason, TEMPLATE)
    };
    http.map(of_target).collect()
}
