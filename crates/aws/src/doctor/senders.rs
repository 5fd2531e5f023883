//! Whether the topics and EventBridge rules that are to send to the ingest queue may: SQS drops what its
//! policy does not allow, and no sender is told.

use aws_sdk_sqs::types::QueueAttributeName;
use eventyard_rules::RuleSet;
use serde_json::Value;

use super::finding::Finding;
use super::queues;
use crate::Stack;

const TEMPLATE: &str = "`eventyard iam --resource-policies` prints the policy; the template that \
                        `eventyard export sam` prints holds it";

pub(super) async fn check(
    stack: &Stack,
    rules: &RuleSet,
    of: &eventyard_infra::Stack,
) -> Vec<Finding> {
    // Without an account the names of senders are not known.
    if of.account.is_none() {
        return Vec::new();
    }
    let queue = stack.named("ingest");
    let Ok(seen) = queues::attributes(&stack.clients.sqs(), &queue).await else {
        return Vec::new();
    };
    let given = seen.get(&QueueAttributeName::Policy);
    let given: Value = given.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let policies = eventyard_infra::resource_policies(rules, of);
    let needed = policies.pointer("/queues/0/policy").cloned().unwrap_or_default();
    let senders = statements(&needed).into_iter().flat_map(sources);
    senders.map(|sender| of_sender(&queue, &given, &sender)).collect()
}

fn of_sender(queue: &str, given: &Value, sender: &str) -> Finding {
    let about = format!("{sender} -> {queue}");
    let allows = |statement: &Value| {
        let effect = statement.get("Effect").and_then(Value::as_str);
        effect == Some("Allow") && sources(statement).iter().any(|text| is_like(text, sender))
    };
    let reason = "the queue's policy does not let it in: what it sends is dropped";
    let is_allowed = statements(given).into_iter().any(allows);
    Finding::that("sender", about, is_allowed, reason, TEMPLATE)
}

fn statements(policy: &Value) -> Vec<&Value> {
    match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

/// The senders that a statement's condition names.
fn sources(statement: &Value) -> Vec<String> {
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let named = conditions.into_iter().flatten().filter_map(|(_, keys)| {
        let mut keys = keys.as_object()?.iter();
        keys.find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn")).map(|(_, value)| value)
    });
    let texts = named.flat_map(|value| match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    });
    texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Whether a pattern stands for a name; a `*` for the rest of it.
fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, _)) => name.starts_with(before),
        None => pattern == name,
    }
}
