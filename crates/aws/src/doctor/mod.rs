//! What is wrong with a deployed bus, before traffic finds it: reads, and changes nothing.
//!
//! In: a stack and the rules that it is to run. Out: findings, one for each thing that was looked at: the
//! table, every function and what feeds it, every target and secret of the rules, the roles.
//!
//! | module | what it looks at |
//! |---|---|
//! | `table` | keys, index, stream, time to live |
//! | `functions` | that they are there; recursion, reserved concurrency |
//! | `mappings` | what feeds them: batch item failures, concurrency |
//! | `queues` | visibility, dead letters |
//! | `senders` | whether topics and EventBridge rules may send to the ingest queue |
//! | `targets`, `hosts`, `secrets` | what the rules name |
//! | `roles` | what functions may do, beside what the rules need |
//!
//! What AWS does not let be seen is [`Standing::Unknown`]: no finding, and no all-clear.

mod finding;
mod functions;
mod hosts;
mod mappings;
mod queues;
mod roles;
mod secrets;
mod senders;
mod table;
mod targets;
mod trouble;

use aws_config::Region;
use eventyard_infra::{Account, Arn, Function, HotRules};
use eventyard_rules::RuleSet;
use futures::{StreamExt as _, stream};

use crate::Stack;
use functions::Deployed;

pub use finding::{Finding, Standing};

/// AWS, or what stands for it, did not answer at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stack cannot be looked at: {reason}")]
pub struct Unreachable {
    /// What kept the first call from an answer.
    pub reason: String,
}

/// Looks at everything.
///
/// # Errors
/// [`Unreachable`].
pub async fn examine(stack: &Stack, rules: &RuleSet) -> Result<Vec<Finding>, Unreachable> {
    let (mut findings, table) = table::check(stack).await?;
    let (found, deployed) = functions::check(stack).await;
    findings.extend(found);
    let feeds = feeds(stack, rules, &deployed, table.stream.as_deref());
    findings.extend(mappings::check(stack, &deployed, &feeds).await);
    findings.extend(queues::check(stack, &deployed, &feeds).await);
    findings.extend(mappings::own_queues(rules, &deployed));
    findings.extend(targets::check(stack, rules, account(stack, &deployed).as_ref()).await);
    findings.extend(hosts::check(rules).await);
    findings.extend(secrets::check(stack, rules, &deployed).await);
    let of = infra_stack(stack, &deployed, &table);
    findings.extend(senders::check(stack, rules, &of).await);
    findings.extend(roles::check(stack, rules, &deployed, &of).await);
    Ok(findings)
}

/// What is to feed a function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Feed {
    to: Function,
    source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// A queue, by name.
    Queue(String),
    /// The table's stream, by ARN.
    Stream(String),
}

/// What is to feed the functions: the stack's queues, those that the rules take from, the table's stream.
fn feeds(stack: &Stack, rules: &RuleSet, deployed: &[Deployed], stream: Option<&str>) -> Vec<Feed> {
    let queue = |to, name: &str| Feed { to, source: Source::Queue(name.to_owned()) };
    let ingest =
        ["ingest", "ingest.fifo"].map(|what| queue(Function::IngestSqs, &stack.named(what)));
    let inputs = rules.bus.inputs.iter().filter_map(|input| match input {
        eventyard_rules::Input::Sqs { queue: named } => {
            Some(queue(Function::IngestSqs, named.name()))
        }
        _ => None,
    });
    let deliver = deployed.iter().find(|one| one.function == Function::Deliver);
    let urls = deliver.and_then(|one| one.environment.as_ref()).map(|told| &told.work_queues);
    let urls = urls.map(|queues| queues.own.values().chain([&queues.shared]).collect::<Vec<_>>());
    let work = urls.into_iter().flatten().map(|url| queue(Function::Deliver, queue_name(url)));
    let stream = stream
        .map(|arn| Feed { to: Function::IngestStream, source: Source::Stream(arn.to_owned()) });
    ingest.into_iter().chain(inputs).chain(work).chain(stream).collect()
}

/// The name of a queue: the last part of its URL or ARN.
fn queue_name(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

/// Where the stack is, as the ARN of a function says.
fn account(stack: &Stack, deployed: &[Deployed]) -> Option<Account> {
    let region = stack.clients.config().region().map(Region::as_ref).unwrap_or_default();
    let account = deployed.iter().find_map(|one| one.arn.split(':').nth(4).map(str::to_owned))?;
    Some(Account { region: region.to_owned(), account })
}

fn infra_stack(
    stack: &Stack,
    deployed: &[Deployed],
    table: &table::Seen,
) -> eventyard_infra::Stack {
    let told = deployed.iter().find_map(|one| one.environment.as_ref());
    let hot_rules = told.and_then(|told| HotRules::parse(told.rules_s3.as_deref()?));
    let kms_key = table.key.clone().filter(|key| Arn::parse(key).is_some());
    eventyard_infra::Stack {
        account: account(stack, deployed),
        kms_key,
        hot_rules,
        table_stream: table.stream.clone(),
        ..eventyard_infra::Stack::new(&stack.name)
    }
}

/// Looks that are under way at the same time.
const LOOKS_AT_ONCE: usize = 8;

/// What all looks find, in their order.
async fn each<F: Future<Output = Vec<Finding>>>(
    looks: impl IntoIterator<Item = F>,
) -> Vec<Finding> {
    let looks: Vec<F> = looks.into_iter().collect();
    let found: Vec<_> = stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await;
    found.into_iter().flatten().collect()
}
