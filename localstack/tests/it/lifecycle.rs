//! Starting and ending.

use eventyard_localstack::{Kind, Settings};
use serde_json::json;

use crate::clients::{Calls, is_running, localstack, poll};

#[test]
fn up_finds_the_one_that_runs() {
    assert_eq!(eventyard_localstack::up().unwrap(), eventyard_localstack::up().unwrap());
}

#[test]
fn down_leaves_nothing_running_and_can_be_repeated() {
    if localstack().is_none() {
        return;
    }
    let settings = Settings { kind: Kind::Process, port: 4576 };
    let localstack = settings.up().unwrap();
    let mut calls = Calls::new(&localstack);
    let name = calls.function(json!({}));
    let pid = calls.invoke(&name, &json!({}))["pid"].clone();
    assert!(is_running(&pid));
    settings.down().unwrap();
    poll(|| (!is_running(&pid)).then_some(()));
    for port in [4576, 4579] {
        std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
    settings.down().unwrap();
}
