//! A work queue of its own for each HTTP target, so that one that hangs holds up no other.

use super::{ExportError, Sections, parts};
use crate::Function;
use crate::duties::has_own_queue;
use crate::names::{Names, logical_id};
use crate::stack::Stack;
use eventyard_rules::{RuleSet, Target};
use serde_json::{Map, Value, json};

/// Bytes of environment that Lambda gives a function.
const ENVIRONMENT_BYTES_MAX: usize = 4096;

/// Bytes of it that the other variables take at most, names and values.
const ENVIRONMENT_BYTES_ELSE: usize = 1400;

/// Bytes of a queue's URL before its name, in a region with a long name.
const URL_BYTES: usize = 57;

/// Adds the queues, and tells the functions which belongs to which target.
pub(super) fn add(template: &mut Sections, rules: &RuleSet) -> Result<(), ExportError> {
    let targets: Vec<&Target> =
        rules.targets.values().filter(|target| has_own_queue(target)).collect();
    let names = Stack::template().names;
    check_room(template, &targets)?;
    let mut urls = Map::new();
    for target in targets {
        let name = target.name.as_str();
        add_queue(template, name, &names)?;
        urls.insert(name.to_owned(), json!(format!("${{{}}}", logical_id("HttpQueue", name))));
    }
    if !urls.is_empty() {
        let urls = json!({ "Fn::Sub": Value::Object(urls).to_string() });
        template.environment()?.insert("EVENTYARD_WORK_QUEUES".into(), urls);
    }
    Ok(())
}

fn check_room(template: &Sections, targets: &[&Target]) -> Result<(), ExportError> {
    let names = Names::new(template.default_of("Prefix"));
    let room = |target: &&Target| {
        let name = target.name.as_str();
        name.len() + names.own_queue(name).len() + URL_BYTES + r#""":"","#.len()
    };
    let bytes = ENVIRONMENT_BYTES_ELSE + targets.iter().map(room).sum::<usize>();
    if bytes > ENVIRONMENT_BYTES_MAX {
        return Err(ExportError::Environment { targets: targets.len(), bytes });
    }
    Ok(())
}

fn add_queue(template: &mut Sections, target: &str, names: &Names) -> Result<(), ExportError> {
    let id = |kind: &str| logical_id(kind, target);
    let (queue, dead) = (id("HttpQueue"), id("HttpDeadLetters"));
    let name = names.own_queue(target);
    let besides = json!({
        "VisibilityTimeout": { "Ref": "DeliverVisibility" },
        "RedrivePolicy": parts::redrive(&dead, "WorkReceiveCount"),
    });
    let arn = json!({ "Fn::GetAtt": [queue, "Arn"] });
    let mapping = parts::mapping(Function::Deliver, arn, "HttpConcurrency");
    template.resource(&queue, parts::queue(&name, besides))?;
    template.resource(&dead, parts::dead_letters(&format!("{name}-dlq")))?;
    template.resource(&id("HttpMapping"), mapping)?;
    template.resource(&id("HttpDeadLettersAlarm"), alarm(target, &dead))
}

fn alarm(target: &str, dead_letters: &str) -> Value {
    json!({
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": { "Fn::Sub": format!("${{Prefix}} {target} dead letters") },
            "AlarmDescription": "Wake-ups were given up by their queue",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{ "Name": "QueueName", "Value": { "Fn::GetAtt": [dead_letters, "QueueName"] } }],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{ "Ref": "AlarmTopic" }],
        },
    })
}
