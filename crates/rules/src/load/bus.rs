//! The `bus` mapping.
use super::reader::Reader;
use super::resource::{EVENTBRIDGE, SNS, SQS};
use super::shape;
use crate::RuleName;
use crate::ruleset::{BusConfig, Input};
use crate::yaml::Node;

impl Reader<'_> {
    pub(super) fn bus(&mut self, node: &Node) -> Option<BusConfig> {
        let fields = self.fields(node, "bus", &[shape::BUS])?;
        let mut bus = BusConfig::default();
        if let Some(node) = fields.get("name") {
            let text = self.text(node, "name")?;
            // A bus's name has the form of a rule's.
            let name: RuleName = self.name(text, &node.span)?;
            bus.name = name.into();
        }
        if let Some(node) = fields.get("retention") {
            bus.retention = self.duration(node, "retention")?;
        }
        if let Some(node) = fields.get("inputs") {
            let inputs = self.list(node, "inputs");
            let inputs: Vec<Option<Input>> = inputs.iter().map(|node| self.input(node)).collect();
            bus.inputs = inputs.into_iter().collect::<Option<_>>()?;
        }
        Some(bus)
    }

    fn input(&mut self, node: &Node) -> Option<Input> {
        let fields = self.fields(node, "inputs", &[shape::INPUTS])?;
        let member = self.one_of(node, fields, "inputs", shape::INPUTS)?;
        let known = shape::INPUTS.iter().find(|field| field.name == member.name)?;
        let shape::Shape::Fields(table) = &known.shape else { return None };
        let fields = self.fields(&member.value, &member.name, &[table])?;
        let mut named = |field: &str, service| self.resource(fields.get(field)?, field, service);
        Some(match member.name.as_str() {
            "sqs" => Input::Sqs { queue: named("queue", &SQS)? },
            "sns" => Input::Sns { topic: named("topic", &SNS)? },
            "eventbridge" => Input::EventBridge { bus: named("bus", &EVENTBRIDGE)? },
            _ => Input::Http,
        })
    }
}
