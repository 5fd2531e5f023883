//! What a policy or a template lacks, or has too much, for a rule set.

use crate::policy::{Defaults, Given, Policy, PolicyError, chosen, filled, is_like, one_or_more};
use crate::stack::Stack;
use crate::statement::Statement;
use crate::{Arn, Function, duties};
use eventyard_rules::RuleSet;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One difference between what is needed and what is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Whether it is needed and not given, or given and not needed.
    pub difference: Kind,
    /// The function whose role it is about; none when one policy serves all.
    pub function: Option<&'static str>,
    /// The action, or a pattern of actions.
    pub action: String,
    /// The resource, or a pattern of resources.
    pub resource: String,
}

/// Which way two policies differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Needed and not given.
    Missing,
    /// Given and not needed.
    Surplus,
}

/// Compares what `rules` need with what `given` grants, a policy document or a template of the bus.
///
/// Of a template each function is compared with its own part, one that is not there too; its names are those of its parameters'
/// defaults. Of a policy the whole is compared, with the part of `function` where one is named. Conditions
/// of statements are taken as met, also those of a template. Patterns with `*` grant, and are surplus.
///
/// # Errors
/// [`PolicyError`].
pub fn check(
    rules: &RuleSet,
    stack: &Stack,
    function: Option<Function>,
    given: &Value,
) -> Result<Vec<Difference>, PolicyError> {
    if given.get("Resources").is_some() {
        return check_template(rules, stack, function, given);
    }
    let needed = match function {
        Some(function) => duties::statements(function, rules, stack),
        None => duties::all_statements(rules, stack),
    };
    Ok(compare(function, &pairs(&needed, &Defaults::new()), &Policy::read(given)?, stack))
}

fn check_template(
    rules: &RuleSet,
    stack: &Stack,
    only: Option<Function>,
    template: &Value,
) -> Result<Vec<Difference>, PolicyError> {
    let stack = Stack { account: stack.account.clone(), ..Stack::template() };
    let defaults = defaults(template);
    let resource = |function: Function| template.pointer(&format!("/Resources/{}", function.id()));
    if !Function::ALL.into_iter().any(|function| resource(function).is_some()) {
        return Err(PolicyError::Neither);
    }
    let mut found = Vec::new();
    for function in Function::ALL.into_iter().filter(|one| only.is_none_or(|only| *one == only)) {
        let policy = resource(function).map(|resource| policies_of(resource, &defaults));
        let policy = policy.transpose()?.unwrap_or_default();
        let needed = pairs(&duties::statements(function, rules, &stack), &defaults);
        found.extend(compare(Some(function), &needed, &policy, &stack));
    }
    Ok(found)
}

/// The statements that a function of a template has written out; managed policies are not looked into.
fn policies_of(resource: &Value, defaults: &Defaults) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    let policies = resource.pointer("/Properties/Policies").map(one_or_more).unwrap_or_default();
    for document in policies.into_iter().map(chosen) {
        if let Some(statements) = document.get("Statement") {
            policy.add(statements, defaults)?;
        }
    }
    Ok(policy)
}

/// Defaults of parameters that say something.
fn defaults(template: &Value) -> Defaults {
    let parameters = template.get("Parameters").and_then(Value::as_object);
    let default = |(name, parameter): (&String, &Value)| {
        let text = parameter.get("Default")?.as_str().filter(|text| !text.is_empty())?;
        Some((name.clone(), text.to_owned()))
    };
    parameters.into_iter().flatten().filter_map(default).collect::<BTreeMap<_, _>>()
}

/// Every action on every resource of the statements.
fn pairs(statements: &[Statement], defaults: &Defaults) -> BTreeSet<(String, String)> {
    let pairs = statements.iter().flat_map(|statement| {
        let resources = statement.resources.iter().map(|resource| filled(resource, defaults));
        let each = |resource: String| {
            statement.actions.iter().map(move |a| ((*a).to_owned(), resource.clone()))
        };
        resources.flat_map(each).collect::<Vec<_>>()
    });
    pairs.collect()
}

fn compare(
    function: Option<Function>,
    needed: &BTreeSet<(String, String)>,
    policy: &Policy,
    stack: &Stack,
) -> Vec<Difference> {
    let policy = placed(policy, stack);
    let difference = |difference: Kind, (action, resource): (String, String)| Difference {
        difference,
        function: function.map(Function::id),
        action,
        resource,
    };
    let missing = needed.iter().filter(|(action, resource)| !policy.allows(action, resource));
    let missing = missing.map(|pair| difference(Kind::Missing, pair.clone()));
    let given = policy.statements().iter().filter(|given| given.allows).flat_map(given_pairs);
    let is_surplus = |(action, resource): &(String, String)| {
        !needed.iter().any(|(a, r)| a.eq_ignore_ascii_case(action) && is_like(r, resource))
    };
    let surplus: BTreeSet<_> = given.filter(is_surplus).collect();
    missing.chain(surplus.into_iter().map(|pair| difference(Kind::Surplus, pair))).collect()
}

fn given_pairs(given: &Given) -> Vec<(String, String)> {
    let each = |action: &String| {
        given
            .resources
            .iter()
            .map(|resource| (action.clone(), resource.clone()))
            .collect::<Vec<_>>()
    };
    given.actions.iter().flat_map(each).collect()
}

/// The same policy with its names in full, where the stack's account is known.
fn placed(policy: &Policy, stack: &Stack) -> Policy {
    let Some(place) = &stack.account else { return policy.clone() };
    let full =
        |text: &str| Arn::parse(text).map_or(text.to_owned(), |arn| arn.at(place).to_string());
    policy.map_resources(full)
}
