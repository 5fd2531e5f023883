//! The other side: what queues, topics and keys must allow, beside what the functions' roles may.
//!
//! Queues take from topics and EventBridge rules only where their policy names these. What belongs to
//! another account takes from the bus only where its policy says so. A customer-managed key names every
//! service that encrypts for the bus; the key that AWS manages for SQS cannot.

use crate::arn::sub;
use crate::duties::text;
use crate::stack::Stack;
use crate::statement::document;
use crate::{Arn, grants};
use eventyard_rules::{Input, Resource, RuleSet};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The policies of queues, topics and keys: `{"queues": [{"resource", "policy"}], "topics", "keys"}`.
#[must_use]
pub fn resource_policies(rules: &RuleSet, stack: &Stack) -> Value {
    let ingest = text(stack.names.queue("ingest"), stack);
    let mut queues = vec![policy(&ingest, ingest_queue(rules, stack, &ingest))];
    queues.extend(foreign(rules, stack, "sqs"));
    let key = stack.kms_key.as_deref().map(|arn| policy(arn, key(rules, stack)));
    json!({
        "queues": queues.into_iter().flatten().collect::<Vec<_>>(),
        "topics": foreign(rules, stack, "sns").into_iter().flatten().collect::<Vec<_>>(),
        "keys": key.into_iter().flatten().collect::<Vec<_>>(),
    })
}

/// The statements of the ingest queue's policy: who may send to it.
pub(crate) fn ingest_queue(rules: &RuleSet, stack: &Stack, queue: &str) -> Vec<Value> {
    let senders =
        [("Sns", SNS, topics(rules, stack)), ("EventBridge", EVENTS, bus_rules(rules, stack))];
    let statement = |(sid, service, sources): (&str, &str, Vec<String>)| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": "sqs:SendMessage",
            "Resource": sub(queue),
            "Condition": { "ArnEquals": { "aws:SourceArn": texts(&sources) } },
        })
    };
    senders.into_iter().map(statement).collect()
}

const SNS: &str = "sns.amazonaws.com";
const EVENTS: &str = "events.amazonaws.com";

/// The topics that the ingest queue is subscribed to: the stack's own, and those of the rules.
fn topics(rules: &RuleSet, stack: &Stack) -> Vec<String> {
    let inputs = rules.bus.inputs.iter().filter_map(|input| match input {
        Input::Sns { topic } => Some(Arn::of("sns", "", topic)),
        _ => None,
    });
    let own = Arn::own("sns", stack.names.named("ingest"));
    [own].into_iter().chain(inputs).map(|arn| text(arn, stack)).collect()
}

/// The EventBridge rules that send to the ingest queue: one on the stack's own bus, one on each bus of the
/// rules.
fn bus_rules(rules: &RuleSet, stack: &Stack) -> Vec<String> {
    let inputs = rules.bus.inputs.iter().filter_map(|input| match input {
        Input::EventBridge { bus } => Some(bus_rule(bus, stack)),
        _ => None,
    });
    let own = stack.names.named("ingest");
    let own = Arn::own("events", format!("rule/{own}/{own}"));
    [own].into_iter().chain(inputs).map(|arn| text(arn, stack)).collect()
}

/// The rule on a bus that sends what comes to it to the stack. A rule of the default bus has no bus in its
/// ARN.
pub(crate) fn bus_rule(bus: &Resource, stack: &Stack) -> Arn {
    let rule = stack.names.bus_rule(bus.name());
    match bus.name() {
        "default" => Arn::own("events", format!("rule/{rule}")),
        name => Arn::own("events", format!("rule/{name}/{rule}")),
    }
}

/// Targets of one service that belong to another account, as far as the rules say: their owner lets the
/// account of the bus in, and its roles hold what they may do there.
fn foreign(rules: &RuleSet, stack: &Stack, service: &str) -> Vec<Option<Value>> {
    let mut actions: BTreeMap<Arn, BTreeSet<&str>> = BTreeMap::new();
    for grant in rules.targets.values().flat_map(grants::sending) {
        let is_foreign = grant.resource.foreign_account(stack.account.as_ref()).is_some();
        if is_foreign && grant.resource.service() == service {
            actions.entry(grant.resource).or_default().insert(grant.action);
        }
    }
    let of_one = |(resource, actions): (Arn, BTreeSet<&str>)| {
        let resource = text(resource, stack);
        let statement = json!({
            "Sid": "Eventyard",
            "Effect": "Allow",
            "Principal": { "AWS": sub(&root(stack)) },
            "Action": actions,
            "Resource": sub(&resource),
        });
        policy(&resource, vec![statement])
    };
    actions.into_iter().map(of_one).collect()
}

/// The account of the bus as a principal: whom of it, its own roles say.
fn root(stack: &Stack) -> String {
    let arn = Arn::own("iam", "root");
    let arn = stack.account.as_ref().map_or(arn.clone(), |place| arn.at(place));
    arn.without_region().to_string()
}

/// The statements of a key's policy. In it, the resource `*` is the key itself.
fn key(rules: &RuleSet, stack: &Stack) -> Vec<Value> {
    let account = stack.account.as_ref().map_or("${AWS::AccountId}", |place| &place.account);
    let region = stack.account.as_ref().map_or("${AWS::Region}", |place| &place.region);
    let allow = |sid: &str, principal: Value, condition: Value| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": condition,
        })
    };
    let via =
        ["dynamodb", "sns", "sqs"].map(|service| sub(&format!("{service}.{region}.amazonaws.com")));
    let of_account =
        json!({ "StringEquals": { "kms:CallerAccount": sub(account), "kms:ViaService": via } });
    let source =
        |sources: Vec<String>| json!({ "ArnEquals": { "aws:SourceArn": texts(&sources) } });
    vec![
        allow("Functions", json!({ "AWS": sub(&root(stack)) }), of_account),
        allow("Sns", json!({ "Service": SNS }), source(topics(rules, stack))),
        allow("EventBridge", json!({ "Service": EVENTS }), source(bus_rules(rules, stack))),
    ]
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| sub(text)).collect()
}

/// The policy of one resource; none without statements.
fn policy(resource: &str, statements: Vec<Value>) -> Option<Value> {
    let policy = || json!({ "resource": sub(resource), "policy": document(statements.clone()) });
    (!statements.is_empty()).then(policy)
}
