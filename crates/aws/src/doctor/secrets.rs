//! The signing keys of HTTP targets: that each reference leads somewhere. No key is read where that can be
//! told without.

use aws_config::Region;
use eventyard_infra::{Arn, Function};
use eventyard_rules::{RuleSet, SecretRef, Target, TargetKind};

use super::each;
use super::finding::Finding;
use super::functions::Deployed;
use super::trouble::Trouble;
use crate::Stack;

pub(super) async fn check(stack: &Stack, rules: &RuleSet, deployed: &[Deployed]) -> Vec<Finding> {
    let references = rules.targets.values().flat_map(|target| match &target.kind {
        TargetKind::Http(http) => http.secrets.iter().map(|secret| (target, secret)).collect(),
        _ => Vec::new(),
    });
    each(references.map(|(target, secret)| of_secret(stack, deployed, target, secret))).await
}

async fn of_secret(
    stack: &Stack,
    deployed: &[Deployed],
    target: &Target,
    secret: &SecretRef,
) -> Vec<Finding> {
    let about = format!("{secret}, of {}", target.name);
    let looked = match secret {
        SecretRef::Arn(arn) => secrets_manager(stack, arn).await,
        SecretRef::Ssm(path) => parameter_store(stack, path).await,
        SecretRef::Env(name) => variable(deployed, name),
        _ => return Vec::new(),
    };
    vec![match looked {
        Ok(()) => Finding::ok("secret", about),
        Err(trouble) => {
            let help = "make the secret; deliveries to the target wait until it is there";
            Finding::of_trouble("secret", about, trouble, help)
        }
    }]
}

async fn secrets_manager(stack: &Stack, arn: &str) -> Result<(), Trouble> {
    let region = Arn::parse(arn).and_then(|_| arn.split(':').nth(3).map(str::to_owned));
    let config = stack.clients.config().to_builder();
    let region = region.map(Region::new).or_else(|| stack.clients.config().region().cloned());
    let config = config.region(region).build();
    let call = aws_sdk_secretsmanager::Client::new(&config).describe_secret().secret_id(arn);
    match call.send().await {
        Err(error) => Err(Trouble::of(&error)),
        Ok(found) if found.deleted_date().is_some() => {
            Err(Trouble::Missing("it is marked for deletion".to_owned()))
        }
        Ok(_) => Ok(()),
    }
}

/// The value is asked for as it lies, encrypted, and not looked at.
async fn parameter_store(stack: &Stack, path: &str) -> Result<(), Trouble> {
    let client = aws_sdk_ssm::Client::new(stack.clients.config());
    let call = client.get_parameter().name(path).with_decryption(false);
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}

fn variable(deployed: &[Deployed], name: &str) -> Result<(), Trouble> {
    match deployed.iter().find(|one| one.function == Function::Deliver) {
        None => Err(Trouble::Untold("the function that delivers is not there".to_owned())),
        Some(deliver) if deliver.variables.iter().any(|variable| variable == name) => Ok(()),
        Some(deliver) => {
            let reason = format!("the environment of `{}` does not have it", deliver.name);
            Err(Trouble::Missing(reason))
        }
    }
}
