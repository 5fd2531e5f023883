//! What each function of the bus does, and so must be allowed: the table, the work queues, and of the rules
//! what is its part. Least privilege is decided here.
//!
//! | function | beside the table and waking the work queues |
//! |---|---|
//! | ingest functions, `Replay`, sweeper | send to the targets, except HTTP |
//! | `IngestSqs` | take messages of the ingest queues and of the rules' `sqs` inputs |
//! | `IngestSns`, `IngestEventBridge` | send what failed to the ingest queue |
//! | `IngestStream` | read the table's stream, send what failed to its dead letters |
//! | `Replay`, sweeper | invoke `Replay`, which goes on with a replay |
//! | `Deliver` | take messages of the work queues, send to every target, read the secrets |

use crate::grants::{self, Grant, RECEIVE};
use crate::stack::Stack;
use crate::statement::{Statement, merged};
use crate::{Arn, Function};
use eventyard_rules::{Input, RuleSet, Target, TargetKind};
use serde_json::json;

/// What the store asks of the table.
const STORE: [&str; 6] = [
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

const STREAM: [&str; 4] = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
];

/// The statements that `function` needs on `stack` with `rules`.
pub(crate) fn statements(function: Function, rules: &RuleSet, stack: &Stack) -> Vec<Statement> {
    let mut statements = store(stack);
    let own = own_queues(rules, stack);
    let work = [queue(stack, "work")].into_iter().chain(own.iter().cloned());
    statements.push(Statement::new("Send", ["sqs:SendMessage"], work.clone()));
    let ingest = queue(stack, "ingest");
    match function {
        Function::IngestSqs => {
            statements.push(Statement::new("Take", RECEIVE, inputs(rules, stack)))
        }
        Function::IngestSns | Function::IngestEventBridge => {
            statements.push(Statement::new("Send", ["sqs:SendMessage"], [ingest]));
        }
        Function::IngestStream => {
            let dead = queue(stack, "stream-dlq");
            statements.push(Statement::new("Send", ["sqs:SendMessage"], [dead]));
            statements.push(Statement::new("Stream", STREAM, [stack.table_stream()]));
        }
        Function::Deliver => {
            statements.push(Statement::new("Take", RECEIVE, work));
            statements.extend(granted(rules.targets.values().flat_map(grants::secrets), stack));
        }
        Function::Replay | Function::Sweep => {
            let replay = text(stack.names.replay(), stack);
            statements.push(Statement::new("Again", ["lambda:InvokeFunction"], [replay]));
        }
        Function::IngestHttp => {}
    }
    statements.extend(granted(rules.targets.values().flat_map(grants::sending), stack));
    statements.extend(hot_rules(rules, stack));
    statements.extend(key(rules, stack));
    merged(statements)
}

/// The statements that all functions together need.
pub(crate) fn all_statements(rules: &RuleSet, stack: &Stack) -> Vec<Statement> {
    merged(Function::ALL.into_iter().flat_map(|function| statements(function, rules, stack)))
}

/// Whether deliveries to a target go through a work queue of its own.
pub(crate) fn has_own_queue(target: &Target) -> bool {
    matches!(target.kind, TargetKind::Http(_))
}

fn store(stack: &Stack) -> Vec<Statement> {
    let text = |arn: Arn| text(arn, stack);
    vec![
        Statement::new("Store", STORE, [text(stack.names.table())]),
        Statement::new("Due", ["dynamodb:Query"], [text(stack.names.index())]),
    ]
}

fn queue(stack: &Stack, what: &str) -> String {
    text(stack.names.queue(what), stack)
}

fn own_queues(rules: &RuleSet, stack: &Stack) -> Vec<String> {
    let own = rules.targets.values().filter(|target| has_own_queue(target));
    let arn = |target: &Target| Arn::own("sqs", stack.names.own_queue(target.name.as_str()));
    own.map(|target| text(arn(target), stack)).collect()
}

fn inputs(rules: &RuleSet, stack: &Stack) -> Vec<String> {
    let named = rules.bus.inputs.iter().filter_map(|input| match input {
        Input::Sqs { queue } => Some(text(Arn::of("sqs", "", queue), stack)),
        _ => None,
    });
    [queue(stack, "ingest"), queue(stack, "ingest.fifo")].into_iter().chain(named).collect()
}

/// One statement for each action.
fn granted(grants: impl Iterator<Item = Grant>, stack: &Stack) -> Vec<Statement> {
    let statement = |grant: Grant| {
        Statement::new(sid(grant.action), [grant.action], [text(grant.resource, stack)])
    };
    grants.map(statement).collect()
}

/// `sns:Publish` as a name: `SnsPublish`. Sending is the same to queues of the stack and of the rules.
fn sid(action: &str) -> String {
    if action == "sqs:SendMessage" {
        return "Send".to_owned();
    }
    let upper = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    action.split(':').map(upper).collect()
}

/// Hot rules: the object; of a prefix, the files that are packed and no other, for no statement of ours
/// holds a `*`. Rules in a new file are a deployment.
fn hot_rules(rules: &RuleSet, stack: &Stack) -> Vec<Statement> {
    let Some(hot) = &stack.hot_rules else { return Vec::new() };
    let arn = |resource: String| text(Arn::global("s3", resource), stack);
    let mut objects = Vec::new();
    if hot.may_be_object() {
        objects.push(arn(format!("{}/{}", hot.bucket, hot.key)));
    }
    if hot.may_be_prefix() {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let files = rules.texts.iter().map(|text| name(&text.name));
        objects.extend(files.map(|file| arn(format!("{}/{}{file}", hot.bucket, hot.key))));
    }
    let when = hot.bucket.starts_with("${").then_some("HasHotRules");
    let listing = Statement::new("HotRulesList", ["s3:ListBucket"], [arn(hot.bucket.clone())]);
    vec![
        Statement { when, ..Statement::new("HotRules", ["s3:GetObject"], objects) },
        Statement { when, condition: Some(hot.listing()), ..listing },
    ]
}

/// A customer-managed key, through the services that keep something encrypted with it.
fn key(rules: &RuleSet, stack: &Stack) -> Option<Statement> {
    let key = stack.kms_key.clone()?;
    let when = key.starts_with("${").then_some("HasKey");
    let region = stack.account.as_ref().map_or("${AWS::Region}", |place| &place.region);
    let via =
        services(rules).into_iter().map(|service| format!("{service}.{region}.amazonaws.com"));
    let via: Vec<_> = via.map(|name| crate::arn::sub(&name)).collect();
    let condition = Some(json!({ "StringEquals": { "kms:ViaService": via } }));
    let statement = Statement::new("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [key]);
    Some(Statement { when, condition, ..statement })
}

/// The services whose data may be encrypted with the key.
fn services(rules: &RuleSet) -> std::collections::BTreeSet<String> {
    let encrypts = |service: &str| {
        ["kinesis", "secretsmanager", "sns", "ssm", "sqs"]
            .contains(&service)
            .then(|| service.to_owned())
    };
    let grants = crate::Grants::of(rules);
    let of_rules = grants.iter().filter_map(|grant| encrypts(grant.resource.service()));
    ["dynamodb", "sqs", "s3"].map(str::to_owned).into_iter().chain(of_rules).collect()
}

/// An ARN as it stands in a policy of the stack.
pub(crate) fn text(arn: Arn, stack: &Stack) -> String {
    match &stack.account {
        Some(place) => arn.at(place).to_string(),
        None => arn.to_string(),
    }
}
