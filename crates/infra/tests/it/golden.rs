//! What `eventyard iam` says of the deployed rules.

use eventyard_infra::{Account, Stack, identity, resource_policies};

use crate::support::{deployed, rules};

#[test]
fn identity_of_the_deployed_rules() {
    insta::assert_json_snapshot!(identity(&deployed(), &Stack::new("eventyard"), None));
}

#[test]
fn resource_policies_of_the_deployed_rules() {
    insta::assert_json_snapshot!(resource_policies(&deployed(), &Stack::new("eventyard")));
}

#[test]
fn resource_policies_of_topics_another_account_and_a_key() {
    let rules = rules(
        &[
            "theirs: { sqs: { queue: \"https://sqs.eu-west-1.amazonaws.com/999988887777/theirs\" } }",
            "told: { sns: { topic: \"arn:aws:sns:eu-west-1:999988887777:told\" } }",
            "ours: { sns: { topic: \"arn:aws:sns:eu-west-1:111122223333:ours\" } }",
        ],
        &["{ sns: { topic: orders } }", "{ eventbridge: { bus: shop } }"],
    );
    let stack = Stack {
        account: Some(Account { region: "eu-west-1".into(), account: "111122223333".into() }),
        kms_key: Some("arn:aws:kms:eu-west-1:111122223333:key/1".into()),
        ..Stack::new("eventyard")
    };
    insta::assert_json_snapshot!(resource_policies(&rules, &stack));
}
