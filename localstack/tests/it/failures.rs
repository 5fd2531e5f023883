//! Functions that fail, in each way that AWS tells apart; whatever happened, the next invocation succeeds.

use serde_json::json;

use crate::clients::{Calls, is_running, localstack, poll};

#[test]
fn an_error_of_the_function_is_its_answer() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let before = calls.invoke(&name, &json!({}));
    let error = calls.invoke_error(&name, &json!({ "mode": "raise" }));
    assert_eq!(error, ("ValueError".to_owned(), "as asked".to_owned()));
    assert_eq!(calls.invoke(&name, &json!({}))["pid"], before["pid"]);
}

#[test]
fn a_process_that_crashes_is_an_exit_error_and_replaced() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let before = calls.invoke(&name, &json!({}));
    let (kind, message) = calls.invoke_error(&name, &json!({ "mode": "crash" }));
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.ends_with("Error: Runtime exited with error: exit status 7"), "{message}");
    assert_ne!(calls.invoke(&name, &json!({}))["pid"], before["pid"]);
}

#[test]
fn a_process_that_is_killed_between_invocations_is_replaced() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let before = calls.invoke(&name, &json!({}));
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-9", &before["pid"].to_string()]).status().unwrap().success());
    assert_ne!(calls.invoke(&name, &json!({}))["pid"], before["pid"]);
}

#[test]
fn a_process_that_is_too_late_is_killed_and_replaced() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({ "Timeout": 1 }));
    let before = calls.invoke(&name, &json!({}));
    let (kind, message) = calls.invoke_error(&name, &json!({ "mode": "hang" }));
    assert_eq!(kind, "Sandbox.Timedout");
    assert!(message.ends_with("Task timed out after 1.00 seconds"), "{message}");
    poll(|| (!is_running(&before["pid"])).then_some(()));
    assert_ne!(calls.invoke(&name, &json!({}))["pid"], before["pid"]);
}

#[test]
fn an_answer_of_over_6_mb_is_refused() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let fits = calls.invoke(&name, &json!({ "mode": "large", "bytes": 6_000_000 }));
    assert_eq!(fits.as_str().unwrap().len(), 6_000_000);
    let (kind, message) =
        calls.invoke_error(&name, &json!({ "mode": "large", "bytes": 7_000_000 }));
    assert_eq!(kind, "Function.ResponseSizeTooLarge");
    assert!(message.contains("(6291556 bytes)"), "{message}");
    calls.invoke(&name, &json!({}));
}

#[test]
fn an_error_while_starting_is_the_answer() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let environment = json!({ "Variables": { "FAIL_INIT": "error" } });
    let name = calls.function(json!({ "Environment": environment }));
    let error = calls.invoke_error(&name, &json!({}));
    assert_eq!(error, ("Init.Bad".to_owned(), "as asked".to_owned()));
}

#[test]
fn an_exit_while_starting_is_an_exit_error() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let environment = json!({ "Variables": { "FAIL_INIT": "exit" } });
    let name = calls.function(json!({ "Environment": environment }));
    let (kind, message) = calls.invoke_error(&name, &json!({}));
    assert_eq!(kind, "Runtime.ExitError");
    assert_eq!(message, "Runtime exited with error: exit status 3");
}

#[test]
fn a_process_that_never_becomes_ready_is_too_late() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let environment = json!({ "Variables": { "FAIL_INIT": "hang" } });
    let name = calls.function(json!({ "Environment": environment, "Timeout": 1 }));
    let error = calls.invoke_error(&name, &json!({}));
    let expected = ("Sandbox.Timedout", "Task timed out after 1.00 seconds");
    assert_eq!((error.0.as_str(), error.1.as_str()), expected);
}

#[test]
fn code_that_cannot_be_executed_is_named() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    for (files, reason) in [
        (json!({ "main": "" }), "No such file or directory"),
        (json!({ "bootstrap": "\u{1}\u{2}" }), "Exec format error"),
    ] {
        let name = calls.function(json!({ "Code": { "Files": files } }));
        let (kind, message) = calls.invoke_error(&name, &json!({}));
        assert_eq!(kind, "Runtime.InvalidEntrypoint");
        assert!(message.ends_with(&format!("/bootstrap: {reason}")), "{message}");
    }
}
