//! No statement holds a wildcard, whatever the rules.

use eventyard_infra::export::Options;
use eventyard_infra::{Account, Function, HotRules, Stack, identity, resource_policies};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{exported, mappings};

/// Names as a user may write them, wildcards included: those the loader refuses.
fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_-]{0,12}[*?]{0,1}"
}

/// A resource of a service: plain name, ARN or URL.
fn resource(service: &'static str, before: &'static str) -> impl Strategy<Value = String> {
    let arn = format!("arn:aws:{service}:eu-west-1:111122223333:{before}");
    prop_oneof![
        name(),
        name().prop_map(move |name| format!("{arn}{name}")),
        Just(format!("arn:aws*:{service}:eu-west-1:111122223333:{before}x")),
    ]
}

fn target() -> impl Strategy<Value = String> {
    let secret = prop_oneof![
        name().prop_map(|name| format!(
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}"
        )),
        name().prop_map(|name| format!("ssm:/{name}")),
        Just("env:KEY".to_owned()),
    ];
    prop_oneof![
        resource("sqs", "").prop_map(|text| format!("sqs: {{ queue: \"{text}\" }}")),
        ("[a-z*-]{1,12}", name()).prop_map(|(region, name)| format!(
            "sqs: {{ queue: \"https://sqs.{region}.amazonaws.com/111122223333/{name}\" }}"
        )),
        name().prop_map(|name| format!("sqs: {{ queue: \"{name}.fifo\", group: $.subject }}")),
        resource("sns", "").prop_map(|text| format!("sns: {{ topic: \"{text}\" }}")),
        resource("events", "event-bus/")
            .prop_map(|text| format!("eventbridge: {{ bus: \"{text}\" }}")),
        resource("states", "stateMachine:")
            .prop_map(|text| format!("step-functions: {{ state-machine: \"{text}\" }}")),
        (resource("lambda", "function:"), prop_oneof![Just(String::new()), name()])
            .prop_map(|(text, alias)| format!("lambda: {{ function: \"{text}:{alias}\" }}")),
        resource("kinesis", "stream/")
            .prop_map(|text| format!("kinesis: {{ stream: \"{text}\", key: $.subject }}")),
        secret.prop_map(|secret| format!(
            "http: {{ url: \"https://p.example\", secret: \"{secret}\" }}"
        )),
    ]
}

fn input() -> impl Strategy<Value = String> {
    prop_oneof![
        resource("sqs", "").prop_map(|text| format!("sqs: {{ queue: \"{text}\" }}")),
        resource("sns", "").prop_map(|text| format!("sns: {{ topic: \"{text}\" }}")),
        resource("events", "event-bus/")
            .prop_map(|text| format!("eventbridge: {{ bus: \"{text}\" }}")),
        Just("http: {}".to_owned()),
    ]
}

/// The targets and inputs that load, each tried alone: what the loader refuses never comes to a policy.
fn rule_set(targets: &[String], inputs: &[String]) -> RuleSet {
    let text = |targets: &[String], inputs: &[String]| {
        let named = targets.iter().enumerate();
        let targets: Vec<String> =
            named.map(|(n, target)| format!("  t{n}: {{ {target} }}\n")).collect();
        let inputs: Vec<String> =
            inputs.iter().map(|input| format!("    - {{ {input} }}\n")).collect();
        let empty = |lines: &[String]| if lines.is_empty() { " {}" } else { "" };
        format!(
            "version: 1\nbus:\n  name: main\n{}{}targets:{}\n{}",
            if inputs.is_empty() { "" } else { "  inputs:\n" },
            inputs.concat(),
            empty(&targets),
            targets.concat()
        )
    };
    let loads = |text: &str| load(&[SourceText::new("r.yaml", text)], &LoadOptions::default());
    let kept = |of: &[String], text: &dyn Fn(&[String]) -> String| {
        of.iter()
            .filter(|one| loads(&text(std::slice::from_ref(*one))).is_ok())
            .cloned()
            .collect::<Vec<_>>()
    };
    let targets = kept(targets, &|one| text(one, &[]));
    let inputs = kept(inputs, &|one| text(&[], one));
    let text = text(&targets, &inputs);
    loads(&text).unwrap_or_else(|errors| panic!("{text}\n{errors}"))
}

/// Every text under `Action` or `Resource` of every statement in a value.
fn named(value: &Value) -> Vec<(bool, String)> {
    let mut all = Vec::new();
    mappings(value, &mut all);
    let statements = all.into_iter().filter(|mapping| mapping.contains_key("Effect"));
    let texts = statements.flat_map(|statement| {
        ["Action", "Resource"]
            .map(|element| (element == "Resource", statement[element].to_string()))
    });
    texts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_statement_holds_a_wildcard(
        targets in proptest::collection::vec(target(), 0..6),
        inputs in proptest::collection::vec(input(), 0..4),
        placed: bool,
        hot: bool,
    ) {
        let rules = rule_set(&targets, &inputs);
        let place = Account { region: "eu-west-1".into(), account: "111122223333".into() };
        let stack = Stack {
            account: placed.then_some(place),
            hot_rules: hot.then(|| HotRules { bucket: "b".into(), key: "rules/".into() }),
            kms_key: Some("arn:aws:kms:eu-west-1:111122223333:key/1".into()),
            ..Stack::new("eventyard")
        };
        let mut all = named(&identity(&rules, &stack, None));
        for function in Function::ALL {
            let statements = identity(&rules, &stack, Some(function))["Statement"].clone();
            let sids = statements.as_array().unwrap().iter().map(|one| one["Sid"].to_string());
            let sids: Vec<String> = sids.collect();
            let different: std::collections::BTreeSet<&String> = sids.iter().collect();
            prop_assert_eq!(different.len(), sids.len(), "IAM takes no statement name twice");
            all.extend(named(&identity(&rules, &stack, Some(function))));
        }
        let mut sides = resource_policies(&rules, &stack);
        let keys = sides["keys"].take();
        all.extend(named(&sides));
        all.extend(named(&exported(&rules, &Options { create: true, ..Options::default() })));
        prop_assert!(all.len() > 20);
        for (_, text) in all {
            prop_assert!(!text.contains('*'), "{}", text);
        }
        for (is_resource, text) in named(&keys) {
            let wanted = if is_resource { "\"*\"" } else { "[\"kms:Decrypt\",\"kms:GenerateDataKey\"]" };
            prop_assert_eq!(text, wanted);
        }
    }
}
