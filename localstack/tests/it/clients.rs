//! boto3 in a process of its own, which every test has one of, and functions to call.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use eventyard_localstack::{Kind, LocalStack, Settings};
use serde_json::{Value, json};

const BOOTSTRAP: &str = include_str!("../clients/bootstrap.py");
const CALLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/calls.py");
/// LocalStack's own environment has boto3.
pub const PYTHON: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/localstack/venv/bin/python");
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the shared one runs in Docker or elsewhere, the plug-in is tried in one beside it, which goes on as
/// that does: `EVENTYARD_LOCALSTACK=process EVENTYARD_LOCALSTACK_PORT=4596 cargo xtask localstack down` ends it.
const OWN_PORT: u16 = 4596;

/// A LocalStack that runs as plain processes: the shared one, else one of these tests.
pub fn localstack() -> LocalStack {
    let shared = eventyard_localstack::up().unwrap();
    if shared.dynamodb_endpoint.is_some() {
        return shared;
    }
    Settings { kind: Kind::Process, port: OWN_PORT }.up().unwrap()
}

/// A client of one LocalStack.
pub struct Calls {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Calls {
    pub fn new(localstack: &LocalStack) -> Self {
        let mut child = Command::new(PYTHON)
            .arg(CALLS)
            .envs(localstack.environment())
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    /// Sends a call; the answer is to be read.
    pub fn send(&mut self, service: &str, method: &str, arguments: &Value) {
        writeln!(self.input, "{}", json!([service, method, arguments])).unwrap();
    }

    /// The answer to the call before, or its error.
    #[track_caller]
    pub fn read(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The answer; an error fails the test.
    #[track_caller]
    pub fn call(&mut self, service: &str, method: &str, arguments: Value) -> Value {
        self.send(service, method, &arguments);
        let answer = self.read();
        assert!(answer.get("ok").is_some(), "{service} {method}: {answer}");
        answer["ok"].clone()
    }

    /// A new function, ready to be invoked, with `more` in its configuration; returns its name.
    pub fn function(&mut self, more: Value) -> String {
        let name = unique("function");
        let mut arguments = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 30,
            "Role": "arn:aws:iam::000000000000:role/any", "Code": { "Files": { "bootstrap": BOOTSTRAP } },
        });
        let more = more.as_object().unwrap().clone();
        arguments.as_object_mut().unwrap().extend(more);
        self.call("lambda", "create_function", arguments);
        poll(|| {
            let function = self.call("lambda", "get_function", json!({ "FunctionName": name }));
            (function["Configuration"]["State"] == "Active").then_some(())
        });
        name
    }

    /// The payload of an invocation that must succeed.
    #[track_caller]
    pub fn invoke(&mut self, function: &str, payload: &Value) -> Value {
        let answer = self.call("lambda", "invoke", invocation(function, payload));
        assert_eq!(answer.get("FunctionError"), None, "{answer}");
        parse(&answer["Payload"])
    }

    /// The error of an invocation that must fail: its type and message.
    #[track_caller]
    pub fn invoke_error(&mut self, function: &str, payload: &Value) -> (String, String) {
        let answer = self.call("lambda", "invoke", invocation(function, payload));
        assert_eq!(answer["FunctionError"], "Unhandled", "{answer}");
        let error = parse(&answer["Payload"]);
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (text("errorType"), text("errorMessage"))
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn invocation(function: &str, payload: &Value) -> Value {
    json!({ "FunctionName": function, "Payload": payload.to_string() })
}

pub fn parse(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

/// A name that no other test has, in no other run.
pub fn unique(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("{what}-{}-{}", now.as_nanos(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Asks again and again until there is an answer.
#[track_caller]
pub fn poll<T>(mut question: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "nothing within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a process of this number runs, and is not only waiting for its parent.
pub fn is_running(pid: &Value) -> bool {
    let command = std::fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline"));
    command.is_ok_and(|command| !command.is_empty())
}
