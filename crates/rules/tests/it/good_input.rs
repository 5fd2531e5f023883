//! What a user may write, and what comes of it.
use crate::support::{accepted, load_text, refused, with_rule, with_target};
use eventyard_rules::{
    Envelope, Input, LoadOptions, Retry, RulesLimits, SecretRef, SourceText, TargetKind, load,
};
use std::time::Duration;

const EXAMPLE: &str = include_str!("example.yaml");

#[test]
fn the_example_of_the_language_loads() {
    let rules = accepted(EXAMPLE);
    let names: Vec<&str> = rules.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["take-payment", "bad-vibration", "big-orders-from-eventbridge"]);
    assert_eq!(rules.bus.name, "main");
    assert_eq!(rules.bus.retention, Duration::from_secs(90 * 86_400));
    assert!(matches!(
        rules.bus.inputs.as_slice(),
        [Input::Sqs { .. }, Input::Sns { .. }, Input::EventBridge { .. }, Input::Http]
    ));
    assert_eq!(rules.sources[0].name, "factory-sensors");
    assert_eq!(rules.targets.len(), 7);
    let big = &rules.rules[2];
    assert_eq!(big.retry, Retry::default());
    assert_eq!(big.max_rate.unwrap().to_string(), "100/s");
    assert!(big.filter.pattern.is_some() && big.filter.when.is_none());
    let vibration = rules.rule("bad-vibration").unwrap();
    assert_eq!(vibration.to, ["alerts", "partner"]);
    assert!(vibration.transform.is_some());
    assert_eq!(vibration.place.to_string(), "rules.yaml:29:11");
}

#[test]
fn json_loads_as_the_yaml_of_the_same_meaning() {
    let json = r#"{
	"version": 1,
	"targets": {"payments": {"sqs": {"queue": "payments"}}},
	"rules": [{"name":"orders","when":"$.a == 1","to":["payments"],"max-rate":"5\/m"}]
}"#;
    let rules = accepted(json);
    let yaml = accepted(&with_rule("when: $.a == 1\nto: payments\nmax-rate: 5/m"));
    assert_eq!(rules.rules[0].name, yaml.rules[0].name);
    assert_eq!(rules.rules[0].to, yaml.rules[0].to);
    assert_eq!(rules.rules[0].max_rate, yaml.rules[0].max_rate);
    assert_ne!(rules.version, yaml.version);
}

#[test]
fn every_kind_of_target_has_its_plain_name() {
    for (target, kind, name) in [
        ("{ sqs: { queue: payments } }", "sqs", "payments"),
        (
            "{ sqs: { queue: \"https://sqs.eu-west-1.amazonaws.com/111122223333/payments\" } }",
            "sqs",
            "payments",
        ),
        ("{ sqs: { queue: \"http://127.0.0.1:4566/000000000000/payments\" } }", "sqs", "payments"),
        (
            "{ sqs: { queue: \"arn:aws:sqs:eu-west-1:111122223333:w.fifo\", group: $.subject } }",
            "sqs",
            "w.fifo",
        ),
        ("{ sns: { topic: \"arn:aws:sns:eu-west-1:111122223333:alerts\" } }", "sns", "alerts"),
        (
            "{ eventbridge: { bus: \"arn:aws:events:eu-west-1:111122223333:event-bus/audit\" }, envelope: cloudevents }",
            "eventbridge",
            "audit",
        ),
        (
            "{ step-functions: { state-machine: \"arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil\" } }",
            "step-functions",
            "fulfil",
        ),
        (
            "{ lambda: { function: \"arn:aws:lambda:eu-west-1:111122223333:function:score:live\" } }",
            "lambda",
            "score",
        ),
        ("{ lambda: { function: \"score:live\" } }", "lambda", "score"),
        ("{ kinesis: { stream: clicks, key: $.subject } }", "kinesis", "clicks"),
    ] {
        let rules = accepted(&with_target(target));
        let target = rules.target("t").unwrap();
        assert_eq!((target.kind.kind_name(), target.kind.resource_name()), (kind, Some(name)));
        assert_eq!(target.envelope == Envelope::CloudEvents, kind == "eventbridge");
    }
}

#[test]
fn targets_that_aws_would_refuse_are_refused() {
    for (target, code) in [
        ("{}", "E0008"),
        ("{ sqs: {} }", "E0008"),
        ("{ sqs: { queue: q }, sns: { topic: t } }", "E0009"),
        ("{ sqs: { queue: 12 } }", "E0009"),
        ("{ sqs: { queue: \"\" } }", "E0203"),
        ("{ sqs: { queue: a.b } }", "E0203"),
        ("{ sqs: { queue: \"https://sqs.eu-west-1.amazonaws.com/payments\" } }", "E0203"),
        ("{ sns: { topic: \"https://sns.eu-west-1.amazonaws.com/111122223333/t\" } }", "E0203"),
        ("{ sns: { topic: t.fifo } }", "E0204"),
        ("{ sqs: { queue: w.fifo } }", "E0204"),
        ("{ sqs: { queue: w, group: $.subject } }", "E0204"),
        (
            "{ lambda: { function: \"arn:aws:lambda:eu-west-1:111122223333:layer:score\" } }",
            "E0201",
        ),
        ("{ sqs: { queue: q }, envelope: cloudevents }", "E0205"),
        ("{ eventbridge: { bus: b }, envelope: raw }", "E0010"),
        ("{ sns: { topic: t }, on-park: continue }", "E0205"),
        ("{ kinesis: { stream: s } }", "E0008"),
        ("{ kinesis: { stream: s, key: \"$.a[\" } }", "E0101"),
    ] {
        let errors = refused(&with_target(target));
        let codes: Vec<&str> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [code], "{target}\n{errors}");
    }
}

#[test]
fn what_would_be_a_wildcard_of_iam_is_refused() {
    for (target, code) in [
        ("{ lambda: { function: \"score:*\" } }", "E0203"),
        ("{ step-functions: { state-machine: \"ship:?\" } }", "E0203"),
        ("{ sqs: { queue: \"arn:aws:sqs:eu-west-1:111122223333:*\" } }", "E0203"),
        ("{ sqs: { queue: \"arn:aws-*:sqs:eu-west-1:111122223333:q\" } }", "E0201"),
        ("{ http: { url: \"https://p.example\", secret: \"ssm:/prod/*\" } }", "E0304"),
        (
            "{ http: { url: \"https://p.example\", secret: \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:*\" } }",
            "E0304",
        ),
    ] {
        let errors = refused(&with_target(target));
        let codes: Vec<&str> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [code], "{target}\n{errors}");
    }
}

#[test]
fn http_targets_take_several_secrets_and_paths() {
    let text = with_target(
        "{ http: { url: \"https://p.example/o/<$.subject>?t=<$.type>\", secret: [env:NEW, \"ssm:/old\"] } }",
    );
    let rules = accepted(&text);
    let TargetKind::Http(http) = &rules.target("t").unwrap().kind else { panic!() };
    assert_eq!(http.secrets, [SecretRef::Env("NEW".into()), SecretRef::Ssm("/old".into())]);
    assert!(!http.insecure);
    refused(&text.replace("[env:NEW, \"ssm:/old\"]", "[]"));
}

#[test]
fn this_machine_is_a_target_only_when_insecure_targets_are_allowed() {
    let file =
        [SourceText::new("r.yaml", with_target("{ http: { url: \"http://127.0.0.1:9/x\" } }"))];
    let insecure = LoadOptions { allow_insecure_targets: true, ..LoadOptions::default() };
    let rules = load(&file, &insecure).unwrap();
    assert!(matches!(&rules.target("t").unwrap().kind, TargetKind::Http(http) if http.insecure));
    load(&file, &LoadOptions::default()).unwrap_err();
    let metadata = with_target("{ http: { url: \"http://169.254.169.254/x\" } }");
    load(&[SourceText::new("r.yaml", metadata)], &insecure).unwrap_err();
    let plain = with_target("{ http: { url: \"http://partner.example/x\" } }");
    load(&[SourceText::new("r.yaml", plain)], &insecure).unwrap_err();
}

#[test]
fn an_overlay_replaces_targets_by_name() {
    let files = [SourceText::new("r.yaml", with_target("{ sqs: { queue: q } }"))];
    let with = |text: &str| {
        let overlay = SourceText::new("dev.yaml", text);
        load(&files, &LoadOptions { overlay: Some(&overlay), ..LoadOptions::default() })
    };
    let rules = with("version: 1\ntargets: { t: { sns: { topic: dev } } }\n").unwrap();
    assert_eq!(rules.target("t").unwrap().kind.resource_name(), Some("dev"));
    assert_eq!(rules.target("t").unwrap().place.file.as_ref(), "dev.yaml");
    assert_ne!(rules.version, load(&files, &LoadOptions::default()).unwrap().version);
    let unknown = with("version: 1\ntargets: { tt: { sns: { topic: dev } } }\n").unwrap_err();
    assert!(unknown.to_string().contains("did you mean `t`?"), "{unknown}");
    let more = with("version: 1\nrules: []\n").unwrap_err();
    assert_eq!(more.iter().next().unwrap().code, "E0003");
}

#[test]
fn the_version_depends_on_names_and_texts_and_not_on_the_order_given() {
    let a = SourceText::new("a.yaml", with_target("{ sqs: { queue: q } }"));
    let b = SourceText::new("b.yaml", "version: 1\n");
    let options = LoadOptions::default();
    let version = |files: &[SourceText]| load(files, &options).unwrap().version;
    let both = version(&[a.clone(), b.clone()]);
    assert_eq!(both, version(&[b.clone(), a.clone()]));
    assert_eq!(both.as_str().len(), 32);
    let renamed = SourceText::new("c.yaml", b.text.clone());
    assert_ne!(both, version(&[a.clone(), renamed]));
    assert_ne!(both, version(std::slice::from_ref(&a)));
}

#[test]
fn rules_are_in_file_name_order_then_position() {
    let file = |name: &str, rules: &str| {
        let rules: String =
            rules.chars().map(|rule| format!("  - {{ name: {rule}, when: $, to: t }}\n")).collect();
        SourceText::new(name, format!("version: 1\nrules:\n{rules}"))
    };
    let targets =
        SourceText::new("z.json", r#"{"version":1,"targets":{"t":{"sqs":{"queue":"q"}}}}"#);
    let rules =
        load(&[targets, file("b.yaml", "ca"), file("a.yaml", "db")], &LoadOptions::default())
            .unwrap();
    let names: String = rules.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, "dbca");
}

#[test]
fn all_errors_of_all_files_are_reported_in_order() {
    let a = "version: 1\nrules:\n  - name: a b\n    when: $.x ==\n    to: [nowhere, 5]\n    retry: { attempts: 0, max-age: 1w }\n    colour: red\n";
    let b = "version: 1\ntargets:\n  pay: { sqs: { queue: a b } }\nrules:\n  - { name: ok, when: $, to: pya }\n";
    let files = [SourceText::new("b.yaml", b), SourceText::new("a.yaml", a)];
    let errors = load(&files, &LoadOptions::default()).unwrap_err();
    let found: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {} {}", error.place, error.code, error.path))
        .collect();
    insta::assert_snapshot!("all_errors", found.join("\n"));
}

#[test]
fn limits_are_named_errors() {
    let text = with_rule("when: $\nto: payments");
    let files = [SourceText::new("r.yaml", text.clone())];
    let with =
        |limits: RulesLimits| load(&files, &LoadOptions { limits, ..LoadOptions::default() });
    with(RulesLimits { file_bytes: text.len(), rules: 1, ..RulesLimits::default() }).unwrap();
    for limits in [
        RulesLimits { file_bytes: text.len() - 1, ..RulesLimits::default() },
        RulesLimits { rules: 0, ..RulesLimits::default() },
    ] {
        let errors = with(limits).unwrap_err();
        assert_eq!(errors.iter().next().unwrap().code, "E0012", "{errors}");
    }
}

#[test]
fn numbers_that_only_yaml_knows_are_errors_and_words_are_text() {
    let with = |value: &str| {
        with_rule(&format!("pattern: {{ detail: {{ n: [{value}] }} }}\nto: payments"))
    };
    for value in ["NO", "yes", "1_000", "12:30", "1", "1e3", "true", "null"] {
        accepted(&with(value));
    }
    for value in ["0x1F", "012", "+1", ".5", ".inf"] {
        let errors = refused(&with(value));
        assert_eq!(errors.iter().next().unwrap().code, "E0009", "{value}");
    }
}

#[test]
fn a_pattern_may_be_pasted_as_json_text() {
    let good = with_rule(
        "pattern: |\n  {\"source\": [\"shop\"],\n   \"detail\": {\"n\": [1]}}\nto: payments",
    );
    accepted(&good);
    let errors = refused(&good.replace("[1]}}", "[1]}"));
    assert_eq!(errors.iter().next().unwrap().code, "E0113", "{errors}");
    assert!(load_text(&good).is_ok());
}
