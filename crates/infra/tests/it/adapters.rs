//! What the adapters call is what the functions are granted: a new call without its grant fails here, and
//! not at the first delivery.

use std::collections::BTreeSet;
use std::path::Path;

use eventyard_infra::{HotRules, Stack, identity};

use crate::support::{root, rules};

/// Methods of the AWS SDK's clients, and the actions that they need.
const CALLS: &[(&str, &[&str])] = &[
    ("batch_get_item", &["dynamodb:BatchGetItem"]),
    ("batch_write_item", &["dynamodb:BatchWriteItem"]),
    ("condition_check", &["dynamodb:ConditionCheckItem"]),
    ("delete_item", &["dynamodb:DeleteItem"]),
    ("get_item", &["dynamodb:GetItem"]),
    ("put_item", &["dynamodb:PutItem"]),
    ("query", &["dynamodb:Query"]),
    ("scan", &["dynamodb:Scan"]),
    ("transact_write_items", &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    ("update_item", &["dynamodb:UpdateItem"]),
    ("get_queue_url", &["sqs:GetQueueUrl"]),
    ("send_message", &["sqs:SendMessage"]),
    ("send_message_batch", &["sqs:SendMessage"]),
    ("publish", &["sns:Publish"]),
    ("publish_batch", &["sns:Publish"]),
    ("put_events", &["events:PutEvents"]),
    ("put_record", &["kinesis:PutRecord"]),
    ("put_records", &["kinesis:PutRecords"]),
    ("invoke", &["lambda:InvokeFunction"]),
    ("start_execution", &["states:StartExecution"]),
    ("get_secret_value", &["secretsmanager:GetSecretValue"]),
    ("get_parameter", &["ssm:GetParameter"]),
    ("get_parameters", &["ssm:GetParameters"]),
    ("get_object", &["s3:GetObject"]),
    ("list_objects_v2", &["s3:ListBucket"]),
];

/// What Lambda itself calls for its mappings, under the functions' roles.
const MAPPINGS: &[&str] = &[
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

/// Sources below a folder, joined.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn what_is_called_is_granted_and_nothing_else() {
    let mut text = String::new();
    sources(&root().join("crates/aws/src"), &mut text);
    let called = CALLS.iter().filter(|(name, _)| text.contains(&format!(".{name}()")));
    let called: BTreeSet<_> = called.flat_map(|(_, actions)| actions.iter().copied()).collect();
    let rules = rules(
        &[
            "q: { sqs: { queue: q } }",
            "t: { sns: { topic: t } }",
            "b: { eventbridge: { bus: b } }",
            "m: { step-functions: { state-machine: m } }",
            "f: { lambda: { function: f } }",
            "k: { kinesis: { stream: k, key: $.id } }",
            "h: { http: { url: \"https://h.example\", secret: [\"ssm:/h\", \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:h\"] } }",
        ],
        &[],
    );
    let hot_rules = HotRules::parse("s3://bucket/rules.yaml");
    let policy = identity(&rules, &Stack { hot_rules, ..Stack::new("eventyard") }, None);
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    let granted: BTreeSet<_> = actions.filter_map(|action| action.as_str()).collect();
    let ours: BTreeSet<_> = granted.iter().copied().filter(|one| !MAPPINGS.contains(one)).collect();
    assert_eq!(called, ours);
}
