//! The built command, run as a person would who has set up AWS.

use std::process::{Command, Output};

use serde_json::Value;

use crate::aws::Aws;

/// What a run came to.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the command against a stand-in for AWS.
pub fn run(aws: &Aws, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventyard"));
    command.args(arguments).env_remove("EVENTYARD_URL").env_remove("AWS_PROFILE");
    command.envs([
        ("AWS_ENDPOINT_URL", aws.endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", crate::aws::REGION),
    ]);
    let Output { status, stdout, stderr } = command.output().unwrap();
    Run {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// The JSON lines of a run that is to end with `code`.
#[track_caller]
pub fn lines(aws: &Aws, code: i32, arguments: &[&str]) -> Vec<Value> {
    let json = [arguments, &["--output", "json"]].concat();
    let Run { code: actual, out, err } = run(aws, &json);
    assert_eq!(actual, code, "{arguments:?}\n{out}\n{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
