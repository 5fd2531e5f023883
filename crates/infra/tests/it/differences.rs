//! What `eventyard iam --check` finds.

use eventyard_infra::export::Options;
use eventyard_infra::{Account, Function, Kind, PolicyError, Stack, check, identity};
use serde_json::{Value, json};

use crate::support::{deployed, exported, file};

fn stack() -> Stack {
    Stack::new("eventyard")
}

/// What differs, as `missing sqs:SendMessage payments`.
#[track_caller]
fn differences(function: Option<Function>, given: &Value) -> Vec<String> {
    let found = check(&deployed(), &stack(), function, given).unwrap();
    let line = |difference: eventyard_infra::Difference| {
        let word = if difference.difference == Kind::Missing { "missing" } else { "surplus" };
        let name = difference.resource.rsplit(':').next().unwrap_or_default().to_owned();
        format!("{word} {} {name}", difference.action)
    };
    found.into_iter().map(line).collect()
}

/// The statement of a policy that allows `action`.
fn statement<'p>(policy: &'p mut Value, action: &str) -> &'p mut Value {
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements.iter_mut().find(|one| one["Action"].to_string().contains(action)).unwrap()
}

#[test]
fn what_is_printed_differs_in_nothing() {
    assert_eq!(differences(None, &identity(&deployed(), &stack(), None)), [""; 0]);
    for function in Function::ALL {
        let printed = identity(&deployed(), &stack(), Some(function));
        assert_eq!(differences(Some(function), &printed), [""; 0], "{function:?}");
    }
}

#[test]
fn what_is_taken_away_is_missing_and_what_is_added_is_surplus() {
    let mut policy = identity(&deployed(), &stack(), None);
    let topic = statement(&mut policy, "sns:Publish");
    topic["Resource"] = json!(["arn:aws:sns:eu-west-1:111122223333:others"]);
    topic["Action"] = json!("SNS:Publish");
    assert_eq!(
        differences(None, &policy),
        ["missing sns:Publish customer-notifications", "surplus SNS:Publish others"]
    );
}

#[test]
fn a_wildcard_grants_and_is_surplus_and_a_deny_takes_away() {
    let mut policy = identity(&deployed(), &stack(), None);
    statement(&mut policy, "sns:Publish")["Resource"] = json!("*");
    assert_eq!(differences(None, &policy), ["surplus sns:Publish *"]);
    let deny = json!({ "Effect": "Deny", "Action": "events:*", "Resource": "*" });
    policy["Statement"].as_array_mut().unwrap().push(deny);
    assert_eq!(
        differences(None, &policy),
        ["missing events:PutEvents event-bus/audit", "surplus sns:Publish *"]
    );
}

#[test]
fn a_template_is_compared_function_by_function() {
    let template = exported(&deployed(), &Options::default());
    assert_eq!(differences(None, &template), [""; 0]);
    let base = eventyard_infra::read_template(&file("infra/template.yaml")).unwrap();
    let found = check(&deployed(), &stack(), None, &base).unwrap();
    assert!(found.iter().all(|one| one.difference == Kind::Missing));
    let functions: std::collections::BTreeSet<_> =
        found.iter().filter_map(|one| one.function).collect();
    assert_eq!(functions.len(), Function::ALL.len());
    let deliver = check(&deployed(), &stack(), Some(Function::Deliver), &base).unwrap();
    assert!(deliver.iter().all(|one| one.function == Some("Deliver")) && !deliver.is_empty());
}

#[test]
fn a_function_that_a_template_lacks_is_missing_all_and_one_policy_needs_no_list() {
    let mut template = exported(&deployed(), &Options::default());
    let sweep = &mut template["Resources"]["Sweep"]["Properties"]["Policies"];
    *sweep = sweep[0].clone();
    assert_eq!(differences(None, &template), [""; 0]);
    template["Resources"].as_object_mut().unwrap().shift_remove("Deliver");
    let found = check(&deployed(), &stack(), None, &template).unwrap();
    assert!(found.len() > 20 && found.iter().all(|one| one.function == Some("Deliver")));
}

#[test]
fn names_in_full_are_compared_where_the_account_is_known() {
    let place = Account { region: "cn-north-1".into(), account: "111122223333".into() };
    let full = Stack { account: Some(place), ..stack() };
    let printed = identity(&deployed(), &full, None);
    assert!(printed.to_string().contains("arn:aws-cn:sqs:cn-north-1:111122223333:payments"));
    assert!(!printed.to_string().contains("${"));
    let stream = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/eventyard/stream/2026-11-24T12:10:27.384";
    let exact = Stack { table_stream: Some(stream.into()), ..full.clone() };
    for given in [printed, identity(&deployed(), &exact, None)] {
        assert_eq!(check(&deployed(), &full, None, &given), Ok(Vec::new()));
    }
    let template = exported(&deployed(), &Options::default());
    assert_eq!(check(&deployed(), &full, None, &template), Ok(Vec::new()));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let refused = |given: Value| check(&deployed(), &stack(), None, &given).unwrap_err();
    assert_eq!(refused(json!({})), PolicyError::Neither);
    assert_eq!(refused(json!({ "Resources": { "Queue": {} } })), PolicyError::Neither);
    let inverted = json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" });
    let error = refused(json!({ "Statement": inverted }));
    assert_eq!(error, PolicyError::Inverted { statement: 1, element: "NotAction" });
}
