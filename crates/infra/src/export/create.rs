//! Queues, topics, buses and streams that the rules name, made with the stack. Only plain names: what has an
//! ARN or a URL belongs to somebody. Functions and state machines are code, and never made here.

use super::{ExportError, Sections, id_of, parts};
use eventyard_rules::{Input, Resource, RuleSet, TargetKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Adds each of them once.
pub(super) fn add(template: &mut Sections, rules: &RuleSet) -> Result<(), ExportError> {
    let targets = rules.targets.values().filter_map(|target| target_resources(&target.kind));
    let inputs = rules.bus.inputs.iter().filter_map(input_resources);
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for resources in targets.chain(inputs) {
        all.extend(resources);
    }
    all.into_iter().try_for_each(|(id, resource)| template.resource(&id, resource))
}

type Made = Vec<(String, Value)>;

fn target_resources(kind: &TargetKind) -> Option<Made> {
    match kind {
        TargetKind::Sqs { queue, .. } => plain(queue).map(queue_with_dead_letters),
        TargetKind::Sns { topic } => plain(topic).map(topic_alone),
        TargetKind::EventBridge { bus } => plain(bus).and_then(bus_alone),
        TargetKind::Kinesis { stream, .. } => plain(stream).map(stream_alone),
        _ => None,
    }
}

fn input_resources(input: &Input) -> Option<Made> {
    match input {
        Input::Sqs { queue } => plain(queue).map(queue_with_dead_letters),
        Input::Sns { topic } => plain(topic).map(topic_alone),
        Input::EventBridge { bus } => plain(bus).and_then(bus_alone),
        Input::Http => None,
    }
}

fn plain(named: &Resource) -> Option<&Resource> {
    (!named.is_arn() && !named.is_url()).then_some(named)
}

/// Hidden for six times what an ingest function may take, in case the queue is read by the bus.
fn queue_with_dead_letters(named: &Resource) -> Made {
    let dead = id_of("DeadLetters", named);
    let name = named.name();
    let dead_name = match name.strip_suffix(".fifo") {
        Some(stem) => format!("{stem}-dlq.fifo"),
        None => format!("{name}-dlq"),
    };
    let queue = parts::queue(
        name,
        json!({
            "MessageRetentionPeriod": parts::RETENTION_MAX_S,
            "VisibilityTimeout": { "Ref": "IngestVisibility" },
            "RedrivePolicy": parts::redrive(&dead, "IngestReceiveCount"),
        }),
    );
    vec![(id_of("Queue", named), queue), (dead, parts::dead_letters(&dead_name))]
}

fn topic_alone(named: &Resource) -> Made {
    let mut properties = json!({ "TopicName": named.name(), "KmsMasterKeyId": parts::key() });
    if let Some(properties) = properties.as_object_mut().filter(|_| named.is_fifo()) {
        properties.insert("FifoTopic".into(), json!(true));
    }
    vec![(id_of("Topic", named), json!({ "Type": "AWS::SNS::Topic", "Properties": properties }))]
}

/// None for the bus that every account has.
fn bus_alone(named: &Resource) -> Option<Made> {
    let bus = json!({ "Type": "AWS::Events::EventBus", "Properties": { "Name": named.name() } });
    (named.name() != "default").then(|| vec![(id_of("Bus", named), bus)])
}

fn stream_alone(named: &Resource) -> Made {
    let properties =
        json!({ "Name": named.name(), "StreamModeDetails": { "StreamMode": "ON_DEMAND" } });
    vec![(
        id_of("Stream", named),
        json!({ "Type": "AWS::Kinesis::Stream", "Properties": properties }),
    )]
}
