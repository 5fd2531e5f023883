//! Each function may do what its part needs, and none of another's.

use eventyard_infra::{Function, Grants, Policy, Stack, identity};
use eventyard_rules::RuleSet;

use crate::support::{deployed, rules};

const OWN: &str = "${AWS::Region}:${AWS::AccountId}";

fn policy(rules: &RuleSet, function: Function) -> Policy {
    let stack = Stack { table_stream: Some(stream()), ..Stack::new("eventyard") };
    Policy::read(&identity(rules, &stack, Some(function))).unwrap()
}

fn own(service: &str, resource: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:{OWN}:{resource}")
}

fn stream() -> String {
    "arn:aws:dynamodb:eu-west-1:111122223333:table/eventyard/stream/now".to_owned()
}

/// One target of each kind that is sent to inline, and what sending to it asks.
fn kinds() -> Vec<(&'static str, &'static [&'static str], String)> {
    vec![
        ("a: { sqs: { queue: q } }", &["sqs:SendMessage", "sqs:GetQueueUrl"], own("sqs", "q")),
        (
            "a: { sqs: { queue: w.fifo, group: $.subject } }",
            &["sqs:SendMessage", "sqs:GetQueueUrl"],
            own("sqs", "w.fifo"),
        ),
        (
            "a: { sqs: { queue: \"https://sqs.eu-west-1.amazonaws.com/111122223333/q\" } }",
            &["sqs:SendMessage"],
            "arn:${AWS::Partition}:sqs:eu-west-1:111122223333:q".into(),
        ),
        ("a: { sns: { topic: t } }", &["sns:Publish"], own("sns", "t")),
        ("a: { eventbridge: { bus: b } }", &["events:PutEvents"], own("events", "event-bus/b")),
        (
            "a: { step-functions: { state-machine: \"m:live\" } }",
            &["states:StartExecution"],
            own("states", "stateMachine:m:live"),
        ),
        (
            "a: { lambda: { function: \"f:live\" } }",
            &["lambda:InvokeFunction"],
            own("lambda", "function:f:live"),
        ),
        (
            "a: { lambda: { function: \"arn:aws:lambda:eu-west-1:111122223333:function:f\" } }",
            &["lambda:InvokeFunction"],
            "arn:aws:lambda:eu-west-1:111122223333:function:f".into(),
        ),
        (
            "a: { kinesis: { stream: s, key: $.id } }",
            &["kinesis:PutRecords"],
            own("kinesis", "stream/s"),
        ),
    ]
}

#[test]
fn every_function_may_send_to_every_kind_but_http() {
    for (target, actions, resource) in kinds() {
        let (with, without) = (rules(&[target], &[]), rules(&[], &[]));
        for function in Function::ALL {
            for action in actions {
                assert!(policy(&with, function).allows(action, &resource), "{function:?} {target}");
                assert!(
                    !policy(&without, function).allows(action, &resource),
                    "{function:?} {target}"
                );
            }
        }
    }
}

#[test]
fn only_deliver_reads_secrets() {
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:partner";
    let target = |secret: &str| {
        format!("a: {{ http: {{ url: \"https://p.example\", secret: \"{secret}\" }} }}")
    };
    for (secret, action, resource) in [
        (format!("{arn}-AbCd12"), "secretsmanager:GetSecretValue", format!("{arn}-AbCd12")),
        (arn.to_owned(), "secretsmanager:GetSecretValue", format!("{arn}-AbCd12")),
        ("ssm:/prod/key".to_owned(), "ssm:GetParameter", own("ssm", "parameter/prod/key")),
    ] {
        let rules = rules(&[&target(&secret)], &[]);
        for function in Function::ALL {
            let allowed = policy(&rules, function).allows(action, &resource);
            assert_eq!(allowed, function == Function::Deliver, "{function:?} {secret}");
        }
    }
}

#[test]
fn messages_are_taken_by_those_that_have_the_mapping() {
    let rules = rules(
        &["partner: { http: { url: \"https://p.example\" } }"],
        &["{ sqs: { queue: events } }"],
    );
    let take = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"];
    for (queue, taker) in [
        ("events", Function::IngestSqs),
        ("eventyard-ingest", Function::IngestSqs),
        ("eventyard-ingest.fifo", Function::IngestSqs),
        ("eventyard-work", Function::Deliver),
        ("eventyard-work-partner", Function::Deliver),
    ] {
        for function in Function::ALL {
            for action in take {
                let allowed =
                    policy(&rules, function).allows(&format!("sqs:{action}"), &own("sqs", queue));
                assert_eq!(allowed, function == taker, "{function:?} {action} {queue}");
            }
        }
    }
}

#[test]
fn all_keep_the_table_and_wake_the_work_queues() {
    let rules = rules(&["partner: { http: { url: \"https://p.example\" } }"], &[]);
    for function in Function::ALL {
        let policy = policy(&rules, function);
        for action in ["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"] {
            assert!(
                policy.allows(&format!("dynamodb:{action}"), &own("dynamodb", "table/eventyard"))
            );
        }
        assert!(policy.allows("dynamodb:Query", &own("dynamodb", "table/eventyard/index/work")));
        for queue in ["eventyard-work", "eventyard-work-partner"] {
            assert!(policy.allows("sqs:SendMessage", &own("sqs", queue)));
        }
        assert_eq!(
            policy.allows("dynamodb:GetRecords", &stream()),
            function == Function::IngestStream
        );
        let fails = [Function::IngestSns, Function::IngestEventBridge].contains(&function);
        assert_eq!(policy.allows("sqs:SendMessage", &own("sqs", "eventyard-ingest")), fails);
        let stream = policy.allows("sqs:SendMessage", &own("sqs", "eventyard-stream-dlq"));
        assert_eq!(stream, function == Function::IngestStream);
        assert!(!policy.allows("dynamodb:Scan", &own("dynamodb", "table/eventyard")));
        assert!(!policy.allows("dynamodb:DeleteTable", &own("dynamodb", "table/eventyard")));
    }
}

#[test]
fn a_rule_set_that_needs_more_says_what() {
    let packed = Grants::of(&rules(&["a: { sqs: { queue: q } }"], &[]));
    assert!(packed.missing_from(&packed).is_empty());
    let missing = |targets: &[&str], inputs: &[&str]| {
        let grants = Grants::of(&rules(targets, inputs)).missing_from(&packed);
        grants.iter().map(|grant| grant.action).collect::<Vec<_>>()
    };
    let same = "b: { sqs: { queue: q } }";
    assert!(missing(&[same], &[]).is_empty(), "another name for the same queue");
    assert!(missing(&["p: { http: { url: \"https://p.example\" } }"], &[]).is_empty());
    assert_eq!(missing(&["t: { sns: { topic: t } }"], &[]), ["sns:Publish"]);
    assert_eq!(missing(&[same], &["{ sns: { topic: t } }"]), ["sns:Subscribe"]);
    assert_eq!(missing(&[same], &["{ eventbridge: { bus: b } }"]), ["events:PutRule"]);
    assert_eq!(missing(&[same], &["{ sqs: { queue: in } }"]).len(), 4);
    let all: Vec<_> = Grants::of(&deployed()).iter().map(ToString::to_string).collect();
    assert!(all.iter().all(|grant| grant.contains(" on arn:")), "{all:?}");
}
