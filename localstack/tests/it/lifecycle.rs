//! Starting and ending.

use eventyard_localstack::{Kind, Settings};
use serde_json::{Value, json};

use crate::clients::{Calls, is_running, localstack, poll};

#[test]
fn up_finds_the_one_that_runs() {
    assert_eq!(eventyard_localstack::up().unwrap(), eventyard_localstack::up().unwrap());
}

#[test]
fn a_named_one_that_does_not_answer_is_an_error() {
    let kind = Kind::Given("http://127.0.0.1:1".to_owned());
    let error = Settings { kind, port: 4566 }.up().unwrap_err().to_string();
    assert!(error.contains("no LocalStack answers there"), "{error}");
}

#[test]
fn a_port_that_something_else_has_is_named() {
    localstack();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Every connection is closed at once, without an answer.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let error = Settings { kind: Kind::Process, port }.up().unwrap_err().to_string();
    assert!(
        error.contains(&format!("port {port}, which LocalStack would have, is taken")),
        "{error}"
    );
    assert!(error.contains("EVENTYARD_LOCALSTACK_PORT"), "{error}");
}

#[test]
fn down_leaves_nothing_running_and_can_be_repeated() {
    localstack();
    let settings = Settings { kind: Kind::Process, port: 4576 };
    let function = start(&settings);
    settings.down().unwrap();
    assert_ended(&function, settings.port);
    settings.down().unwrap();
}

#[test]
fn nothing_outlives_a_localstack_that_is_killed() {
    localstack();
    let settings = Settings { kind: Kind::Process, port: 4586 };
    let function = start(&settings);
    let record = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/localstack/4586/running.json");
    let record: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-9", &record["process"]["pid"].to_string()]).status().unwrap().success());
    assert_ended(&function, settings.port);
    settings.down().unwrap();
}

/// Starts one of its own, with a function that has a process; returns the number of that.
fn start(settings: &Settings) -> Value {
    let localstack = settings.up().unwrap();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let pid = calls.invoke(&name, &json!({}))["pid"].clone();
    assert!(is_running(&pid));
    pid
}

/// LocalStack, DynamoDB Local and the function are gone, or go soon.
#[track_caller]
fn assert_ended(function: &Value, port: u16) {
    poll(|| (!is_running(function)).then_some(()));
    for port in [port, port + 3] {
        poll(|| std::net::TcpListener::bind(("127.0.0.1", port)).ok());
    }
}
