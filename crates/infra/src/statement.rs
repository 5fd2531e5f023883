//! Statements of identity policies.

use crate::arn::sub;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// One statement that allows actions on resources.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    /// Letters and digits.
    pub(crate) sid: String,
    pub(crate) actions: BTreeSet<&'static str>,
    /// ARNs, with parameters where something is not known.
    pub(crate) resources: BTreeSet<String>,
    pub(crate) condition: Option<Value>,
    /// The condition of the template under which the statement is there.
    pub(crate) when: Option<&'static str>,
}

impl Statement {
    pub(crate) fn new(
        sid: impl Into<String>,
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            sid: sid.into(),
            actions: actions.into_iter().collect(),
            resources: resources.into_iter().collect(),
            condition: None,
            when: None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("Sid".into(), json!(self.sid));
        object.insert("Effect".into(), json!("Allow"));
        object.insert("Action".into(), json!(self.actions));
        let resources: Vec<Value> = self.resources.iter().map(|text| sub(text)).collect();
        object.insert("Resource".into(), json!(resources));
        if let Some(condition) = &self.condition {
            object.insert("Condition".into(), condition.clone());
        }
        Value::Object(object)
    }
}

/// One statement for those that differ in their resources only; the first one's name stays.
pub(crate) fn merged(statements: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::new();
    for statement in statements.into_iter().filter(|statement| !statement.resources.is_empty()) {
        let like = |other: &&mut Statement| {
            (&other.actions, &other.condition, other.when)
                == (&statement.actions, &statement.condition, statement.when)
        };
        match merged.iter_mut().find(like) {
            Some(other) => other.resources.extend(statement.resources),
            None => merged.push(statement),
        }
    }
    merged
}

/// A policy document.
pub(crate) fn document(statements: Vec<Value>) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}
