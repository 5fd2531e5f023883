//! A small evaluator of identity policies: what statements allow. Conditions are taken as met; `Deny` goes
//! before `Allow`, whatever the order.
//!
//! Source: "Policy evaluation logic" and "IAM JSON policy elements", IAM User Guide.

use serde_json::Value;
use std::collections::BTreeMap;

/// Why a document cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// `NotAction` or `NotResource`.
    #[error(
        "statement {statement} says `{element}`, which cannot be compared: write `Action` and `Resource`"
    )]
    Inverted {
        /// From 1.
        statement: usize,
        /// The element.
        element: &'static str,
    },
    /// Neither a policy nor a template with functions of the bus.
    #[error(
        "neither a policy (`Statement`) nor a template with functions of the bus (`Resources`)"
    )]
    Neither,
}

/// The statements of a policy document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    statements: Vec<Given>,
}

/// One statement: every action on every resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) allows: bool,
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<String>,
}

/// What parameters of a template are, where they have a default.
pub(crate) type Defaults = BTreeMap<String, String>;

impl Policy {
    /// Reads a document such as `{"Statement": [...]}`.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn read(document: &Value) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        policy.add(document.get("Statement").ok_or(PolicyError::Neither)?, &Defaults::new())?;
        Ok(policy)
    }

    /// Adds one statement or a list of them, parameters filled in.
    pub(crate) fn add(
        &mut self,
        statements: &Value,
        defaults: &Defaults,
    ) -> Result<(), PolicyError> {
        for statement in one_or_more(statements) {
            let statement = chosen(statement);
            if !statement.is_object() {
                continue;
            }
            let number = self.statements.len() + 1;
            let inverted = ["NotAction", "NotResource"];
            if let Some(element) = inverted.into_iter().find(|name| statement.get(name).is_some()) {
                return Err(PolicyError::Inverted { statement: number, element });
            }
            let texts = |name: &str| {
                let values = statement.get(name).map(one_or_more).unwrap_or_default();
                values.into_iter().map(|value| text_of(value, defaults)).collect()
            };
            self.statements.push(Given {
                allows: statement.get("Effect").and_then(Value::as_str) != Some("Deny"),
                actions: texts("Action"),
                resources: texts("Resource"),
            });
        }
        Ok(())
    }

    /// Whether the action may be done to the resource. A `?` in the resource stands for a character
    /// that is not known.
    #[must_use]
    pub fn allows(&self, action: &str, resource: &str) -> bool {
        let some = |allows: bool| {
            self.statements
                .iter()
                .any(|given| given.allows == allows && given.holds(action, resource))
        };
        some(true) && !some(false)
    }

    /// The same with each resource written as `name` writes it.
    pub(crate) fn map_resources(&self, name: impl Fn(&str) -> String) -> Self {
        let renamed = |given: &Given| Given {
            resources: given.resources.iter().map(|resource| name(resource)).collect(),
            ..given.clone()
        };
        Self { statements: self.statements.iter().map(renamed).collect() }
    }

    pub(crate) fn statements(&self) -> &[Given] {
        &self.statements
    }
}

impl Given {
    fn holds(&self, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| is_like(&pattern.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|pattern| {
                is_like(pattern, resource) || (resource.contains('?') && is_like(resource, pattern))
            })
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for any characters and `?` for one.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // Where to go on when the text after the last `*` does not fit: that `*` takes one more character.
    let (mut p, mut t, mut back) = (0, 0, None);
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == c => (p, t) = (p + 1, t + 1),
            _ => match back {
                None => return false,
                Some((star, taken)) => {
                    back = Some((star, taken + 1));
                    (p, t) = (star + 1, taken + 1);
                }
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

/// The items of a list, or the value itself.
pub(crate) fn one_or_more(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        value => vec![value],
    }
}

/// Of `Fn::If` what holds when the condition does: what may be granted.
pub(crate) fn chosen(value: &Value) -> &Value {
    value.get("Fn::If").and_then(|branches| branches.get(1)).map_or(value, chosen)
}

/// The text that stands for a value of a template: `Ref` and `Fn::GetAtt` as they stand in `Fn::Sub`.
pub(crate) fn text_of(value: &Value, defaults: &Defaults) -> String {
    let value = chosen(value);
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    if let Some(text) = value.as_str().or_else(|| text("Fn::Sub")) {
        return filled(text, defaults);
    }
    if let Some(name) = text("Ref") {
        return filled(&format!("${{{name}}}"), defaults);
    }
    match value.get("Fn::GetAtt").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(resource), Value::String(attribute)]) => {
            format!("${{{resource}.{attribute}}}")
        }
        _ => value.to_string(),
    }
}

/// Fills in parameters that have a default.
pub(crate) fn filled(text: &str, defaults: &Defaults) -> String {
    defaults
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_are_those_of_iam() {
        for (pattern, text) in [("*", ""), ("a*c", "abbc"), ("a*b*c", "aXbYbc"), ("a??", "abc")] {
            assert!(is_like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a*c", "abcd"), ("a?", "a"), ("abc", "ABC")] {
            assert!(!is_like(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn deny_goes_before_allow_and_actions_have_no_case() {
        let allow = json!({ "Effect": "Allow", "Action": "SQS:Send*", "Resource": ["q", "r"] });
        let deny = json!({ "Effect": "Deny", "Action": ["sqs:*"], "Resource": "r" });
        let policy = Policy::read(&json!({ "Statement": [allow, deny] })).unwrap();
        assert!(policy.allows("sqs:SendMessage", "q"));
        assert!(!policy.allows("sqs:SendMessage", "r"));
        assert!(!policy.allows("sqs:ReceiveMessage", "q"));
    }
}
