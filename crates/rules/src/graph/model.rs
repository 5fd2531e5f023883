//! What both pictures show, in columns and in order.

use std::collections::BTreeMap;

use crate::loops::feeds;
use crate::{Input, RuleSet, Target, TargetName};

/// A box: its heading and the line under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) title: String,
    pub(super) detail: String,
}

/// The columns from left to right, and the lines between them as indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Graph {
    pub(super) bus: String,
    /// Inputs, then the sources that map raw JSON; all lead to the bus.
    pub(super) ways_in: Vec<Node>,
    pub(super) rules: Vec<Node>,
    pub(super) targets: Vec<Node>,
    /// From a rule to a target, in the order of the rules.
    pub(super) sends: Vec<Send>,
    /// From a target back to an input: the event comes round again.
    pub(super) returns: Vec<(usize, usize)>,
}

/// One rule sends to one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Send {
    pub(super) rule: usize,
    pub(super) target: usize,
    pub(super) transformed: bool,
}

impl Graph {
    pub(super) fn of(rules: &RuleSet) -> Self {
        let index: BTreeMap<&TargetName, usize> = rules.targets.keys().zip(0..).collect();
        let mut sends = Vec::new();
        for (number, rule) in rules.rules.iter().enumerate() {
            let known = rule.to.iter().filter_map(|name| index.get(name));
            let transformed = rule.transform.is_some();
            sends.extend(known.map(|target| Send { rule: number, target: *target, transformed }));
        }
        Self {
            bus: rules.bus.name.clone(),
            ways_in: ways_in(rules),
            rules: rules.rules.iter().map(|rule| node(rule.name.as_str(), "rule")).collect(),
            targets: rules.targets.values().map(target_node).collect(),
            sends,
            returns: returns(rules),
        }
    }
}

fn node(title: &str, detail: &str) -> Node {
    Node { title: title.to_owned(), detail: detail.to_owned() }
}

fn ways_in(rules: &RuleSet) -> Vec<Node> {
    let inputs = rules.bus.inputs.iter().map(input_node);
    let sources =
        rules.sources.iter().map(|source| node(source.name.as_str(), "source of raw JSON"));
    inputs.chain(sources).collect()
}

fn input_node(input: &Input) -> Node {
    match input {
        Input::Sqs { queue } => node(queue.name(), "sqs input"),
        Input::Sns { topic } => node(topic.name(), "sns input"),
        Input::EventBridge { bus } => node(bus.name(), "eventbridge input"),
        Input::Http => node("http", "http input"),
    }
}

fn target_node(target: &Target) -> Node {
    // An HTTP target shows its host only: paths and parameters may say more than a picture should.
    let place = match &target.kind {
        crate::TargetKind::Http(http) => http.url.origin().host_str().unwrap_or_default(),
        kind => kind.resource_name().unwrap_or_default(),
    };
    node(target.name.as_str(), &format!("{} {place}", target.kind.kind_name()))
}

fn returns(rules: &RuleSet) -> Vec<(usize, usize)> {
    let mut returns = Vec::new();
    for (target_index, target) in rules.targets.values().enumerate() {
        let inputs = rules.bus.inputs.iter().enumerate();
        let fed = inputs.filter(|(_, input)| feeds(target, input));
        returns.extend(fed.map(|(input_index, _)| (target_index, input_index)));
    }
    returns
}
