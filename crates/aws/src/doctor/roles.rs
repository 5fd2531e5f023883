//! The functions' roles, beside what the rules need: what `eventyard iam` prints, as IAM has it.
//!
//! Policies in the role and policies attached to it count alike; permissions boundaries and policies of the
//! organisation are not looked at. What every function of Lambda may do, write its log, is no surplus.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use eventyard_infra::{Difference, Kind, check as compare};
use eventyard_rules::RuleSet;
use serde_json::{Value, json};

use super::each;
use super::finding::Finding;
use super::functions::Deployed;
use super::trouble::Trouble;
use crate::Stack;

const TEMPLATE: &str = "deploy the template that `eventyard export sam` prints with these rules";
/// Resources that one finding tells of.
const RESOURCES_MAX: usize = 6;

pub(super) async fn check(
    stack: &Stack,
    rules: &RuleSet,
    deployed: &[Deployed],
    of: &eventyard_infra::Stack,
) -> Vec<Finding> {
    let client = Client::new(stack.clients.config());
    each(deployed.iter().map(|one| of_function(client.clone(), rules, one, of))).await
}

async fn of_function(
    client: Client,
    rules: &RuleSet,
    one: &Deployed,
    of: &eventyard_infra::Stack,
) -> Vec<Finding> {
    let role = one.role.as_deref().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    let policy = match statements(&client, role).await {
        Ok(statements) => json!({ "Statement": statements }),
        Err(trouble) => {
            return vec![Finding::of_trouble("role", &one.name, trouble, TEMPLATE)];
        }
    };
    match compare(rules, of, Some(one.function), &policy) {
        Err(error) => vec![Finding::unknown("role", &one.name, format!("cannot tell: {error}"))],
        Ok(found) => differences(one, of, &found),
    }
}

fn differences(one: &Deployed, of: &eventyard_infra::Stack, found: &[Difference]) -> Vec<Finding> {
    let of_kind = |kind| found.iter().filter(move |found| found.difference == kind);
    let missing: Vec<_> = of_kind(Kind::Missing).collect();
    let surplus: Vec<_> = of_kind(Kind::Surplus).filter(|found| !is_expected(found, of)).collect();
    let finding = |what: &str, pairs: &[&Difference]| {
        let reason = format!("its role may{what}: {}", told(pairs));
        let part = one.function.binary();
        let help = format!("{TEMPLATE}; `eventyard iam --function {part}` prints its part");
        Finding::problem("role", &one.name, reason, help)
    };
    match (missing.as_slice(), surplus.as_slice()) {
        ([], []) => vec![Finding::ok("role", &one.name)],
        (missing, []) => vec![finding(" not", missing)],
        ([], surplus) => vec![finding(", and need not", surplus)],
        (missing, surplus) => vec![finding(" not", missing), finding(", and need not", surplus)],
    }
}

/// The actions by resource, as many as can be read.
fn told(pairs: &[&Difference]) -> String {
    let mut by_resource: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in pairs {
        by_resource.entry(&pair.resource).or_default().push(&pair.action);
    }
    let more = by_resource.len().saturating_sub(RESOURCES_MAX);
    let told =
        |(resource, actions): (&&str, &Vec<&str>)| format!("{} on {resource}", actions.join(", "));
    let mut texts: Vec<_> = by_resource.iter().take(RESOURCES_MAX).map(told).collect();
    texts.extend((more > 0).then(|| format!("and {more} more resources")));
    texts.join("; ")
}

/// Whether a surplus is as it should be: what Lambda itself asks of every role; and the readings of the key
/// of hot rules, which the template cannot tell to be an object or a prefix.
fn is_expected(one: &Difference, of: &eventyard_infra::Stack) -> bool {
    let hot = of.hot_rules.as_ref().map(|hot| format!(":s3:::{}/{}", hot.bucket, hot.key));
    let is_hot = hot.is_some_and(|hot| one.resource.contains(&hot));
    is_hot || one.action.starts_with("logs:") || one.action.starts_with("xray:")
}

/// The statements of all policies of a role.
async fn statements(client: &Client, role: &str) -> Result<Vec<Value>, Trouble> {
    let mut statements = Vec::new();
    for document in inline(client, role).await?.iter().chain(&attached(client, role).await?) {
        match document.get("Statement") {
            Some(Value::Array(some)) => statements.extend(some.iter().cloned()),
            Some(one) => statements.push(one.clone()),
            None => {}
        }
    }
    Ok(statements)
}

/// The policies that are written into a role.
async fn inline(client: &Client, role: &str) -> Result<Vec<Value>, Trouble> {
    let (mut documents, mut marker) = (Vec::new(), None);
    loop {
        let call = client.list_role_policies().role_name(role).set_marker(marker);
        let page = call.send().await.map_err(|error| Trouble::of(&error))?;
        for name in &page.policy_names {
            let call = client.get_role_policy().role_name(role).policy_name(name);
            let policy = call.send().await.map_err(|error| Trouble::of(&error))?;
            documents.push(decoded(policy.policy_document())?);
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(documents);
        }
    }
}

/// The policies that are attached to a role, in the version that counts.
async fn attached(client: &Client, role: &str) -> Result<Vec<Value>, Trouble> {
    let (mut documents, mut marker) = (Vec::new(), None);
    loop {
        let call = client.list_attached_role_policies().role_name(role).set_marker(marker);
        let page = call.send().await.map_err(|error| Trouble::of(&error))?;
        for arn in page.attached_policies().iter().filter_map(|policy| policy.policy_arn()) {
            documents.push(managed(client, arn).await?);
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(documents);
        }
    }
}

async fn managed(client: &Client, arn: &str) -> Result<Value, Trouble> {
    let call = client.get_policy().policy_arn(arn).send().await;
    let policy = call.map_err(|error| Trouble::of(&error))?.policy;
    let version = policy.and_then(|policy| policy.default_version_id).unwrap_or_default();
    let call = client.get_policy_version().policy_arn(arn).version_id(version).send().await;
    let version = call.map_err(|error| Trouble::of(&error))?.policy_version;
    let document = version.and_then(|version| version.document).unwrap_or_default();
    decoded(&document)
}

/// IAM answers documents as a URL holds them (RFC 3986).
fn decoded(text: &str) -> Result<Value, Trouble> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.bytes());
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let pair = rest.next().and_then(digit).zip(rest.next().and_then(digit));
                bytes.extend(pair.map(|(high, low)| high * 16 + low));
            }
            byte => bytes.push(byte),
        }
    }
    serde_json::from_slice(&bytes)
        .map_err(|_| Trouble::Untold("cannot tell: a policy cannot be read".to_owned()))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::decoded;
    use serde_json::json;

    #[test]
    fn documents_are_read_as_iam_writes_them() {
        let text = "%7B%22Statement%22%3A%20%5B%22a%2Bb%22%5D%7D";
        assert_eq!(decoded(text), Ok(json!({ "Statement": ["a+b"] })));
        assert_eq!(decoded(r#"{"Statement":[]}"#), Ok(json!({ "Statement": [] })));
        assert!(decoded("%7").is_err());
    }
}
