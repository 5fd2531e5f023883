//! What the functions may do, where their code lies, and the secrets that are in their environment.

use super::{ExportError, Sections};
use crate::stack::{Stack, TABLE_STREAM};
use crate::statement::{Statement, document};
use crate::{Function, duties, names};
use eventyard_rules::{RuleSet, SecretRef, TargetKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Characters of all inline policies of a role, without white space ("IAM and AWS STS quotas").
const ROLE_CHARS_MAX: usize = 10_240;

/// Gives each function its statements, and the one that signs the secrets of its environment.
pub(super) fn allow(template: &mut Sections, rules: &RuleSet) -> Result<(), ExportError> {
    for function in Function::ALL {
        let policies = policies(function, rules)?;
        template.properties(function.id())?.insert("Policies".into(), policies);
    }
    for name in variables(rules) {
        let id = names::logical_id("", &name.to_ascii_lowercase().replace('_', "-"));
        let about = format!("The signing key that the rules call env:{name}");
        template
            .parameter(&id, json!({ "Type": "String", "NoEcho": true, "Description": about }))?;
        let deliver = template.properties(Function::Deliver.id())?;
        let environment =
            deliver.entry("Environment").or_insert_with(|| json!({ "Variables": {} }));
        if let Some(variables) = environment.get_mut("Variables").and_then(Value::as_object_mut) {
            variables.insert(name, json!({ "Ref": id }));
        }
    }
    Ok(())
}

/// Environment variables that the rules name as secrets.
fn variables(rules: &RuleSet) -> std::collections::BTreeSet<String> {
    let secrets = rules.targets.values().filter_map(|target| match &target.kind {
        TargetKind::Http(http) => Some(http.secrets.iter()),
        _ => None,
    });
    let name = |secret: &SecretRef| match secret {
        SecretRef::Env(name) => Some(name.clone()),
        _ => None,
    };
    secrets.flatten().filter_map(name).collect()
}

/// The policies of one function's role.
fn policies(function: Function, rules: &RuleSet) -> Result<Value, ExportError> {
    let statements = duties::statements(function, rules, &Stack::template());
    let policies = json!([document(statements.iter().map(statement).collect())]);
    let chars = filled_in(&policies.to_string()).len();
    if chars > ROLE_CHARS_MAX {
        return Err(ExportError::Statements { function: function.id(), chars });
    }
    Ok(policies)
}

/// About what the text becomes when it is deployed.
fn filled_in(text: &str) -> String {
    let like = [
        ("{\"Fn::Sub\":", ""),
        ("${AWS::Partition}", "aws"),
        ("${AWS::Region}", "ap-southeast-2"),
        ("${AWS::AccountId}", "111122223333"),
    ];
    like.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn statement(statement: &Statement) -> Value {
    let mut json = statement.to_json();
    if statement.resources.contains(TABLE_STREAM)
        && let Some(resource) = json.get_mut("Resource")
    {
        let own = json!({ "Fn::GetAtt": ["Table", "StreamArn"] });
        *resource = json!({ "Fn::If": ["OwnTable", own, { "Ref": "TableStreamArn" }] });
    }
    match statement.when {
        Some(condition) => json!({ "Fn::If": [condition, json, { "Ref": "AWS::NoValue" }] }),
        None => json,
    }
}

/// Takes functions from where they were built instead of building them.
pub(super) fn code(
    template: &mut Sections,
    code: &BTreeMap<Function, String>,
) -> Result<(), ExportError> {
    for (function, place) in code {
        template.is_built(function.id())?;
        template.properties(function.id())?.insert("CodeUri".into(), json!(place));
    }
    Ok(())
}
