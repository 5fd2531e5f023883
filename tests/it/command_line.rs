//! The command as scripts use it: what it prints, and its exit codes.

mod archive;
mod bus;
mod explain;
mod history;
mod infra;
mod rules;
mod stream;

use std::path::Path;
use std::process::Output;

use eventyard_tests::command;
use serde_json::Value;

/// A folder with these files, gone when dropped.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Runs the command in `folder` and demands this exit code.
#[track_caller]
fn run(folder: &Path, arguments: &[&str], input: &str, code: i32) -> (String, String) {
    let Output { status, stdout, stderr } =
        command::run_in(folder, arguments, input.as_bytes()).unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{arguments:?}\n{stderr}\n{stdout}");
    (stdout, stderr)
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
