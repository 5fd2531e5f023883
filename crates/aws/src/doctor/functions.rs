//! The functions: that they are there, go by this stack, and are not stopped by Lambda.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::RecursiveLoop;
use eventyard_infra::Function;
use futures::future::join_all;

use super::finding::Finding;
use super::trouble::Trouble;
use crate::stack::{Stack, StackEnvironment, environment_of};

/// A function that is there.
#[derive(Debug, Clone)]
pub(super) struct Deployed {
    pub(super) function: Function,
    pub(super) name: String,
    pub(super) arn: String,
    /// Seconds.
    pub(super) timeout_s: i32,
    /// The ARN of its role.
    pub(super) role: Option<String>,
    /// The names of its variables.
    pub(super) variables: Vec<String>,
    /// What it says of the stack.
    pub(super) environment: Option<StackEnvironment>,
}

const TEMPLATE: &str = "deploy the template that `eventyard export sam` prints";

pub(super) async fn check(stack: &Stack) -> (Vec<Finding>, Vec<Deployed>) {
    let client = Client::new(stack.clients.config());
    let looks = Function::ALL.map(|function| look(stack, &client, function));
    let (mut findings, mut deployed) = (Vec::new(), Vec::new());
    for (found, one) in join_all(looks).await {
        findings.extend(found);
        deployed.extend(one);
    }
    (findings, deployed)
}

async fn look(
    stack: &Stack,
    client: &Client,
    function: Function,
) -> (Vec<Finding>, Option<Deployed>) {
    let name = stack.named(function.binary());
    match client.get_function_configuration().function_name(&name).send().await {
        Err(error) => {
            let missing = Finding::of_trouble("function", name, Trouble::of(&error), TEMPLATE);
            (vec![missing], None)
        }
        Ok(found) => {
            let mut findings = vec![Finding::ok("function", &name)];
            findings.extend(environment(stack, &name, &found));
            findings.push(recursion(client, &name).await);
            if is_consumer(function) {
                findings.push(reserved(client, &name).await);
            }
            (findings, Some(deployed(function, name, &found)))
        }
    }
}

fn deployed(function: Function, name: String, found: &GetFunctionConfigurationOutput) -> Deployed {
    let variables = found.environment().and_then(|environment| environment.variables());
    Deployed {
        function,
        arn: found.function_arn().unwrap_or_default().to_owned(),
        timeout_s: found.timeout().unwrap_or(3),
        role: found.role().map(str::to_owned),
        variables: variables.into_iter().flat_map(|all| all.keys().cloned()).collect(),
        environment: environment_of(&name, found).ok(),
        name,
    }
}

/// Whether the function takes batches of a queue or stream.
fn is_consumer(function: Function) -> bool {
    matches!(function, Function::IngestSqs | Function::IngestStream | Function::Deliver)
}

fn environment(
    stack: &Stack,
    name: &str,
    found: &GetFunctionConfigurationOutput,
) -> Option<Finding> {
    let told = match environment_of(name, found) {
        Ok(told) => told.table,
        Err(error) => {
            return Some(Finding::problem("environment", name, error.to_string(), TEMPLATE));
        }
    };
    if told.as_deref() == Some(&*stack.name) {
        return None;
    }
    let told = told.unwrap_or_else(|| "no table".to_owned());
    let reason = format!("it writes to `{told}`, not to the stack's table `{}`", stack.name);
    Some(Finding::problem("environment", name, reason, TEMPLATE))
}

/// Lambda ends what calls itself through SQS, SNS or S3 after 16 rounds, and drops the event
/// ([Use Lambda recursive loop detection](https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html)).
async fn recursion(client: &Client, name: &str) -> Finding {
    let answer = client.get_function_recursion_config().function_name(name).send().await;
    match answer {
        Err(error) => Finding::of_trouble("recursion", name, Trouble::of(&error), TEMPLATE),
        Ok(answer) => {
            let is_allowed = answer.recursive_loop() == Some(&RecursiveLoop::Allow);
            let reason = "Lambda would end it after 16 rounds of its own queue, as what waits for \
                          long makes, and drop the event";
            let help = format!(
                "`RecursiveLoop: Allow` in the template, or `aws lambda put-function-recursion-config \
                 --function-name {name} --recursive-loop Allow`; the hop limit of the bus ends loops"
            );
            Finding::that("recursion", name, is_allowed, reason, help)
        }
    }
}

/// Pollers go on taking messages that a function at its reserved limit refuses, until the queue gives good
/// messages up.
async fn reserved(client: &Client, name: &str) -> Finding {
    let answer = client.get_function_concurrency().function_name(name).send().await;
    match answer {
        Err(error) => Finding::of_trouble("concurrency", name, Trouble::of(&error), TEMPLATE),
        Ok(answer) => {
            let reserved = answer.reserved_concurrent_executions();
            let reason = format!(
                "{} reserved executions: messages that are refused by it count as received, and good \
                 ones become dead letters",
                reserved.unwrap_or_default()
            );
            let help = format!(
                "limit the mapping by MaximumConcurrency instead, and `aws lambda \
                 delete-function-concurrency --function-name {name}`"
            );
            Finding::that("concurrency", name, reserved.is_none(), reason, help)
        }
    }
}
