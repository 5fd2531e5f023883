//! The README's first command.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use eventyard_tests::command;

/// Lines of the account that are read at most; the stories bring every word long before.
const LINES_MAX: usize = 2000;

#[test]
fn the_demo_tells_what_is_accepted_matched_delivered_retried_and_parked() {
    let folder = tempfile::tempdir().unwrap();
    let mut dev = Command::new(command::binary().unwrap())
        .args(["dev", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .current_dir(command::root())
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines =
        BufReader::new(dev.stdout.take().unwrap()).lines().map_while(Result::ok).take(LINES_MAX);
    let mut missing = vec![
        "accepted",
        "matched",
        "unmatched",
        "delivered",
        "retried",
        "parked",
        "duplicate",
        "breaker-closed",
    ];
    for line in lines {
        let word = line.split_whitespace().nth(1).unwrap_or_default();
        missing.retain(|wanted| *wanted != word);
        if missing.is_empty() {
            break;
        }
    }
    dev.kill().unwrap();
    dev.wait().unwrap();
    assert!(missing.is_empty(), "never told: {missing:?}");
}
