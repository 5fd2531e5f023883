//! The other ways to deploy that docs/deploy.md tells: SAM for the stack, cargo-lambda for one function of it.

use eventyard_aws_tests::aws;
use eventyard_aws_tests::yard::event;
use eventyard_aws_tests::{Deployment, Stack, Yard};
use eventyard_tests::command::root;
use serde_json::json;

const RULES: &str = include_str!("../rules/small.yaml");

#[tokio::test]
async fn sam_deploys_a_bus_and_cargo_lambda_gives_a_function_of_it_other_rules() {
    // Hot rules would go before those that cargo-lambda packs.
    let deployment = Deployment::new(RULES).with("RulesBucket", "");
    let stack: &'static Stack = Box::leak(Box::new(deployment.deploy_with_sam().unwrap()));
    let yard = Yard::on(stack).await;
    assert_routed(&yard, "by-sam", "first", 1).await;

    deploy_function(stack, "ingest-sqs");
    assert_routed(&yard, "by-cargo-lambda", "second", 2).await;
}

async fn assert_routed(yard: &Yard, id: &str, target: &str, events: usize) {
    yard.ingest().send(event("deployed", id, json!({})).to_string()).await.unwrap();
    let verdict = yard.settled("deployed", events).await;
    let taken = yard.received(target, &verdict.delivered_to(target)).await;
    assert_eq!(taken.iter().map(|message| message.id()).collect::<Vec<_>>(), [id]);
}

/// Packs a function with rules that send elsewhere, and deploys it in the place of the stack's own.
fn deploy_function(stack: &Stack, function: &str) {
    let other = stack.rules.replace("to: first", "to: second");
    std::fs::write(stack.folder.join("rules/rules.yaml"), other).unwrap();
    let deployers = aws::deployers_folder().unwrap();
    let mut deploy = aws::program(&deployers.join("cargo-lambda"), &stack.folder).unwrap();
    deploy.args(["lambda", "deploy", "-x", function, "--binary-name", function, "--merge-env"]);
    deploy.args(["--lambda-dir", "functions", "--endpoint-url"]);
    deploy.arg(&aws::localstack().unwrap().endpoint);
    deploy.arg("--manifest-path").arg(root().join("Cargo.toml").canonicalize().unwrap());
    aws::output(deploy.arg(stack.name(function))).unwrap();
    let updated = ["lambda", "wait", "function-updated-v2", "--function-name"];
    aws::cli(&stack.folder, &[&updated[..], &[&stack.name(function)]].concat()).unwrap();
}
