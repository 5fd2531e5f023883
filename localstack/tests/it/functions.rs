//! Functions that do what they should.

use serde_json::{Value, json};

use crate::clients::{Calls, invocation, localstack, parse, unique};

#[test]
fn a_function_is_invoked_with_its_payload_and_environment() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let environment = json!({ "Variables": { "COLOUR": "green" } });
    let name =
        calls.function(json!({ "Environment": environment, "MemorySize": 256, "Timeout": 20 }));
    let answer = calls.invoke(&name, &json!({ "mode": "echo", "text": "grün" }));
    assert_eq!(answer["payload"]["text"], "grün");
    let root = answer["environment"]["LAMBDA_TASK_ROOT"].clone();
    assert_eq!(answer["cwd"], root);
    let expected = json!({
        "AWS_ENDPOINT_URL": localstack.endpoint, "AWS_REGION": "eu-west-1", "COLOUR": "green",
        "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "_HANDLER": "bootstrap",
        "AWS_ACCESS_KEY_ID": answer["environment"]["AWS_ACCESS_KEY_ID"], "LAMBDA_TASK_ROOT": root,
    });
    assert_eq!(answer["environment"], expected);
    assert!(answer["environment"]["AWS_ACCESS_KEY_ID"].is_string());
    let left_ms = answer["leftMs"].as_f64().unwrap();
    assert!((10_000.0..20_001.0).contains(&left_ms), "{left_ms}");
    assert!(answer["arn"].as_str().unwrap().ends_with(&format!(":function:{name}")));
}

#[test]
fn one_process_serves_one_invocation_after_the_other() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let pids: Vec<_> =
        (0..5).map(|n| calls.invoke(&name, &json!({ "n": n }))["pid"].clone()).collect();
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
}

#[test]
fn a_body_in_chunks_is_put_together() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let payload = json!({ "mode": "echo", "chunked": true, "text": "é".repeat(5000) });
    assert_eq!(calls.invoke(&name, &payload)["payload"], payload);
}

#[test]
fn what_the_process_writes_is_the_tail_of_the_log() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let mut arguments = invocation(&name, &json!({ "mode": "echo" }));
    arguments["LogType"] = json!("Tail");
    let answer = calls.call("lambda", "invoke", arguments);
    let log = answer["LogResult"].as_str().unwrap();
    let lines: Vec<_> = log.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(lines, ["START", "says", "END", "REPORT"], "{log}");
}

#[test]
fn two_invocations_at_the_same_time_have_two_processes() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let place = std::env::temp_dir().join(unique("meeting"));
    let payload = json!({ "mode": "meet", "place": place });
    let mut other = Calls::new(&localstack);
    other.send("lambda", "invoke", &invocation(&name, &payload));
    let here = calls.invoke(&name, &payload);
    let there: Value = parse(&other.read()["ok"]["Payload"]);
    assert_ne!(here["pid"], there["pid"]);
    std::fs::remove_dir_all(place).unwrap();
}
