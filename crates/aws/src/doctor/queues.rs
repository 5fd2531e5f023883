//! The queues that feed functions: how long a message is hidden, and where it goes when it is given up.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use serde::Deserialize;

use super::finding::Finding;
use super::functions::Deployed;
use super::trouble::Trouble;
use super::{Feed, Source, each, queue_name};
use crate::Stack;

const TEMPLATE: &str = "deploy the template that `eventyard export sam` prints";
/// What a queue's visibility is at least, in timeouts of its function
/// ([Creating and configuring an SQS event source mapping](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)).
const TIMEOUTS_MIN: i32 = 6;
/// How often a message is received at least before it is given up (the same page).
const RECEIVES_MIN: u32 = 5;

/// The attributes of a queue that is there.
pub(super) type Attributes = HashMap<QueueAttributeName, String>;

pub(super) async fn check(stack: &Stack, deployed: &[Deployed], feeds: &[Feed]) -> Vec<Finding> {
    let client = stack.clients.sqs();
    let queues = feeds.iter().filter_map(|feed| match &feed.source {
        Source::Queue(queue) => Some((feed, queue)),
        Source::Stream(_) => None,
    });
    each(queues.map(|(feed, queue)| {
        let function = deployed.iter().find(|one| one.function == feed.to);
        of_queue(client.clone(), queue, function)
    }))
    .await
}

async fn of_queue(client: Client, queue: &str, function: Option<&Deployed>) -> Vec<Finding> {
    let seen = match attributes(&client, queue).await {
        Ok(seen) => seen,
        Err(trouble) => return vec![Finding::of_trouble("queue", queue, trouble, TEMPLATE)],
    };
    let mut findings = vec![Finding::ok("queue", queue)];
    findings.extend(function.map(|function| visibility(queue, &seen, function)));
    findings.extend(dead_letters(&client, queue, &seen).await);
    findings
}

/// The attributes of a queue in the stack's account, by name.
pub(super) async fn attributes(client: &Client, queue: &str) -> Result<Attributes, Trouble> {
    let call = client.get_queue_url().queue_name(queue).send().await;
    let url = call.map_err(|error| Trouble::of(&error))?.queue_url.unwrap_or_default();
    attributes_at(client, &url).await
}

/// The attributes of the queue at a URL.
pub(super) async fn attributes_at(client: &Client, url: &str) -> Result<Attributes, Trouble> {
    let call = client.get_queue_attributes().queue_url(url);
    let call = call.attribute_names(QueueAttributeName::All);
    let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
    Ok(answer.attributes.unwrap_or_default())
}

fn visibility(queue: &str, seen: &Attributes, function: &Deployed) -> Finding {
    let visibility = seen.get(&QueueAttributeName::VisibilityTimeout);
    let visibility: i32 = visibility.and_then(|text| text.parse().ok()).unwrap_or_default();
    let least = function.timeout_s.saturating_mul(TIMEOUTS_MIN);
    let reason = format!(
        "a message is hidden for {visibility} s, less than {TIMEOUTS_MIN} times the {} s that `{}` may \
         take: it comes again while it is being worked on",
        function.timeout_s, function.name
    );
    let help =
        format!("set its visibility timeout to {least} s or more, or the function's timeout lower");
    Finding::that("visibility", queue, visibility >= least, reason, help)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
    /// A number, or the text of one.
    max_receive_count: serde_json::Value,
}

impl RedrivePolicy {
    fn receives(&self) -> u32 {
        let count = &self.max_receive_count;
        let number = count.as_u64().and_then(|count| u32::try_from(count).ok());
        number.or_else(|| count.as_str()?.parse().ok()).unwrap_or_default()
    }
}

async fn dead_letters(client: &Client, queue: &str, seen: &Attributes) -> Vec<Finding> {
    let policy = seen.get(&QueueAttributeName::RedrivePolicy);
    let policy = policy.and_then(|text| serde_json::from_str::<RedrivePolicy>(text).ok());
    let Some(policy) = policy else {
        let reason = "it has no queue of dead letters: what fails again and again does so until its \
                      retention is over, and is lost";
        return vec![Finding::problem("dead-letters", queue, reason, TEMPLATE)];
    };
    let letters = queue_name(&policy.dead_letter_target_arn);
    let is_there = match attributes(client, letters).await {
        Ok(_) => Finding::ok("dead-letters", queue),
        Err(trouble) => Finding::of_trouble("dead-letters", letters, trouble, TEMPLATE),
    };
    let reason = format!(
        "a message is given up after {} receives: a short outage, and good messages are dead letters",
        policy.receives()
    );
    let help = format!("set maxReceiveCount to {RECEIVES_MIN} or more");
    let is_enough = policy.receives() >= RECEIVES_MIN;
    vec![is_there, Finding::that("receive-count", queue, is_enough, reason, help)]
}
