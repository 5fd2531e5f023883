//! What connects the inputs of the rules to the bus: mappings of queues, subscriptions to topics, rules on
//! EventBridge buses.

use super::parts::{mapping, permission};
use super::{ExportError, Options, Sections, id_of};
use crate::resource_policies::ingest_queue;
use crate::stack::Stack;
use crate::{Arn, Function};
use eventyard_rules::{Input, Resource, RuleSet};
use serde_json::json;

/// Connects the inputs.
pub(super) fn add(
    template: &mut Sections,
    rules: &RuleSet,
    options: &Options,
) -> Result<(), ExportError> {
    for (at, input) in rules.bus.inputs.iter().enumerate() {
        let is_repeated = rules.bus.inputs.iter().take(at).any(|before| before == input);
        match input {
            _ if is_repeated => {}
            Input::Sqs { queue } => add_queue(template, queue, options)?,
            Input::Sns { topic } => add_topic(template, topic, options)?,
            Input::EventBridge { bus } => add_bus(template, bus, options)?,
            Input::Http => {}
        }
    }
    for (parameter, direct) in
        [("DirectSns", options.direct_sns), ("DirectEventBridge", options.direct_eventbridge)]
    {
        if direct {
            template.set_default(parameter, "true")?;
        }
    }
    let stack = Stack::template();
    let queue = stack.names.queue("ingest").to_string();
    let statements = ingest_queue(rules, &stack, &queue);
    let policy = crate::statement::document(statements);
    template.properties("IngestQueuePolicy")?.insert("PolicyDocument".into(), policy);
    Ok(())
}

fn add_queue(
    template: &mut Sections,
    queue: &Resource,
    options: &Options,
) -> Result<(), ExportError> {
    let arn = match is_created(queue, options) {
        true => json!({ "Fn::GetAtt": [id_of("Queue", queue), "Arn"] }),
        false => Arn::of("sqs", "", queue).to_json(),
    };
    let mapping = mapping(Function::IngestSqs, arn, "IngestConcurrency");
    template.resource(&id_of("InputMapping", queue), mapping)
}

fn add_topic(
    template: &mut Sections,
    topic: &Resource,
    options: &Options,
) -> Result<(), ExportError> {
    let arn = match is_created(topic, options) {
        true => json!({ "Ref": id_of("Topic", topic) }),
        false => Arn::of("sns", "", topic).to_json(),
    };
    let subscription = |condition: &str, protocol: &str, endpoint: &str| {
        json!({
            "Type": "AWS::SNS::Subscription",
            "Condition": condition,
            "Properties": {
                "TopicArn": arn,
                "Protocol": protocol,
                "Endpoint": { "Fn::GetAtt": [endpoint, "Arn"] },
            },
        })
    };
    let (queued, direct) = ("SnsQueued", "SnsDirect");
    template
        .resource(&id_of("InputTopicToQueue", topic), subscription(queued, "sqs", "IngestQueue"))?;
    template.resource(
        &id_of("InputTopicToFunction", topic),
        subscription(direct, "lambda", "IngestSns"),
    )?;
    let permission = permission(direct, Function::IngestSns, "sns.amazonaws.com", &arn);
    template.resource(&id_of("InputTopicPermission", topic), permission)
}

fn add_bus(template: &mut Sections, bus: &Resource, options: &Options) -> Result<(), ExportError> {
    let name = match is_created(bus, options) && bus.name() != "default" {
        true => json!({ "Ref": id_of("Bus", bus) }),
        false => json!(bus.as_str()),
    };
    let id = id_of("InputRule", bus);
    let target =
        |function: &str| json!({ "Id": "eventyard", "Arn": { "Fn::GetAtt": [function, "Arn"] } });
    let targets = json!({ "Fn::If": ["EventBridgeDirect", target("IngestEventBridge"), target("IngestQueue")] });
    let rule = json!({
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": { "Fn::Sub": Stack::template().names.bus_rule(bus.name()) },
            "Description": "Every event, to Eventyard",
            "EventBusName": name,
            "EventPattern": { "source": [{ "prefix": "" }] },
            "Targets": [targets],
        },
    });
    template.resource(&id, rule)?;
    let arn = json!({ "Fn::GetAtt": [id, "Arn"] });
    let permission =
        permission("EventBridgeDirect", Function::IngestEventBridge, "events.amazonaws.com", &arn);
    template.resource(&id_of("InputRulePermission", bus), permission)
}

/// Whether a resource is made by the template: those that the rules name plainly.
fn is_created(named: &Resource, options: &Options) -> bool {
    options.create && !named.is_arn() && !named.is_url()
}
