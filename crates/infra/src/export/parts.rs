//! Resources that several parts of a template are made of.

use crate::Function;
use crate::arn::sub;
use serde_json::{Map, Value, json};

/// A queue of this name, encrypted as all are, with these properties besides.
pub(super) fn queue(name: &str, besides: Value) -> Value {
    let none = json!({ "Ref": "AWS::NoValue" });
    let mut properties = Map::new();
    properties.insert("QueueName".into(), sub(name));
    if name.ends_with(".fifo") {
        properties.insert("FifoQueue".into(), json!(true));
    }
    properties.insert("KmsMasterKeyId".into(), key());
    properties.insert("SqsManagedSseEnabled".into(), json!({ "Fn::If": ["HasKey", none, true] }));
    if let Value::Object(besides) = besides {
        properties.extend(besides);
    }
    json!({ "Type": "AWS::SQS::Queue", "Properties": properties })
}

/// The stack's key, where it has one.
pub(super) fn key() -> Value {
    json!({ "Fn::If": ["HasKey", { "Ref": "KmsKeyArn" }, { "Ref": "AWS::NoValue" }] })
}

/// A queue for the dead letters of another, which keeps them for 14 days.
pub(super) fn dead_letters(name: &str) -> Value {
    queue(name, json!({ "MessageRetentionPeriod": RETENTION_MAX_S }))
}

/// The longest that SQS keeps a message.
pub(super) const RETENTION_MAX_S: u32 = 1_209_600;

/// What sends to dead letters what was received too often; the parameter `count` says how often.
pub(super) fn redrive(dead_letters: &str, count: &str) -> Value {
    json!({
        "deadLetterTargetArn": { "Fn::GetAtt": [dead_letters, "Arn"] },
        "maxReceiveCount": { "Ref": count },
    })
}

/// What brings the messages of a queue to a function; the parameter `concurrency` says how many at once.
pub(super) fn mapping(function: Function, queue: Value, concurrency: &str) -> Value {
    json!({
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": { "Ref": function.id() },
            "EventSourceArn": queue,
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": { "MaximumConcurrency": { "Ref": concurrency } },
        },
    })
}

/// What lets a topic or an EventBridge rule invoke a function, under a condition of the template.
pub(super) fn permission(
    condition: &str,
    function: Function,
    principal: &str,
    source: &Value,
) -> Value {
    json!({
        "Type": "AWS::Lambda::Permission",
        "Condition": condition,
        "Properties": {
            "FunctionName": { "Ref": function.id() },
            "Action": "lambda:InvokeFunction",
            "Principal": principal,
            "SourceArn": source,
        },
    })
}
