//! The table: keys, index, stream, time to live.

use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{IndexStatus, StreamViewType, TableDescription, TimeToLiveStatus};

use super::Unreachable;
use super::finding::Finding;
use super::trouble::Trouble;
use crate::Stack;
use crate::failure::summary;
use crate::store::schema::INDEX;

/// What others go by.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The ARN of the stream.
    pub(super) stream: Option<String>,
    /// The customer's key.
    pub(super) key: Option<String>,
}

const TEMPLATE: &str = "deploy the stack's template; infra/table.yaml makes the table alone";

pub(super) async fn check(stack: &Stack) -> Result<(Vec<Finding>, Seen), Unreachable> {
    let client = stack.clients.dynamodb();
    let described = match client.describe_table().table_name(&stack.name).send().await {
        Ok(described) => described.table,
        Err(error) => match error.as_service_error() {
            Some(DescribeTableError::ResourceNotFoundException(_)) => None,
            Some(_) => {
                let about =
                    Finding::of_trouble("table", &stack.name, Trouble::of(&error), TEMPLATE);
                return Ok((vec![about], Seen::default()));
            }
            None => return Err(Unreachable { reason: summary(&error) }),
        },
    };
    let Some(table) = described else {
        let reason = "there is no table of the stack's name";
        let help = format!("{TEMPLATE}; AWS_REGION and AWS_PROFILE say where it is looked for");
        let missing = Finding::problem("table", &stack.name, reason, help);
        return Ok((vec![missing], Seen::default()));
    };
    let mut findings = vec![Finding::ok("table", &stack.name), keys(stack, &table)];
    findings.extend([index(stack, &table), stream(stack, &table), time_to_live(stack).await]);
    let key = table.sse_description().and_then(|sse| sse.kms_master_key_arn.clone());
    Ok((findings, Seen { stream: table.latest_stream_arn, key }))
}

fn keys(stack: &Stack, table: &TableDescription) -> Finding {
    let names: Vec<_> = table.key_schema().iter().map(|key| key.attribute_name()).collect();
    let reason = format!("the keys are {names:?}, not `pk` and `sk`");
    Finding::that("keys", &stack.name, names == ["pk", "sk"], reason, TEMPLATE)
}

fn index(stack: &Stack, table: &TableDescription) -> Finding {
    let about = format!("{}/index/{INDEX}", stack.name);
    let mut indexes = table.global_secondary_indexes().iter();
    match indexes.find(|index| index.index_name() == Some(INDEX)) {
        None => {
            let reason = "without it nothing that waits is found, and nothing that is parked";
            Finding::problem("index", about, reason, TEMPLATE)
        }
        Some(index) => {
            let is_ready = index.index_status() == Some(&IndexStatus::Active);
            let reason = "the index is not active yet";
            Finding::that("index", about, is_ready, reason, "wait until it is")
        }
    }
}

fn stream(stack: &Stack, table: &TableDescription) -> Finding {
    let seen = table.stream_specification().filter(|stream| stream.stream_enabled());
    let view = seen.and_then(|stream| stream.stream_view_type());
    let has_image =
        matches!(view, Some(StreamViewType::NewImage | StreamViewType::NewAndOldImages));
    let reason = "the stream with new images is off: what is appended to streams is not routed";
    Finding::that("stream", &stack.name, has_image, reason, TEMPLATE)
}

async fn time_to_live(stack: &Stack) -> Finding {
    let client = stack.clients.dynamodb();
    let answer = match client.describe_time_to_live().table_name(&stack.name).send().await {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::of_trouble("time-to-live", &stack.name, Trouble::of(&error), TEMPLATE);
        }
    };
    let seen = answer.time_to_live_description();
    let status = seen.and_then(|seen| seen.time_to_live_status());
    let is_on = matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        && seen.and_then(|seen| seen.attribute_name()) == Some("ttl");
    let reason = "items do not expire by `ttl`: the table grows for ever";
    Finding::that("time-to-live", &stack.name, is_on, reason, TEMPLATE)
}
