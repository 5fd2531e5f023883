//! A disk that has no room left, as a limit on the size of files in a process of its own.

use std::process::{Command, Stdio};

use eventyard_bus::contract::fixture::{at, event, lease, planned};
use eventyard_bus::{Ledger, StoreError};
use eventyard_embedded::queues::NewMessage;
use eventyard_embedded::reader::{EventFilter, Reader};
use eventyard_embedded::store::Store;

use crate::support::{block_on, queue};

const FOLDER: &str = "EVENTYARD_TEST_FOLDER";

/// The child: accepts until the disk is full, and says how much was accepted. It must go on
/// answering, with errors, and what it accepted must be readable.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child_fills_the_disk() {
    let store = Store::open(std::env::var(FOLDER).unwrap()).unwrap();
    let mut accepted = 0;
    let mut failures = 0;
    for number in 0..200 {
        let text = "x".repeat(100_000);
        let batch = vec![planned(event(&number.to_string(), &text), &["x"])];
        match block_on(store.accept(batch, lease(0, 60))) {
            Ok(_) => accepted += 1,
            Err(StoreError::Unavailable { .. }) => failures += 1,
            Err(other) => panic!("{other}"),
        }
        if failures == 3 {
            break;
        }
    }
    assert_eq!(failures, 3);
    let sent = block_on(store.queues().send(&queue("q"), vec![NewMessage::text("m")], at(0)));
    println!("accepted {accepted} and then {}", sent.is_ok() || sent.is_err());
    // What reads goes on.
    assert_eq!(store.reader().events(EventFilter::default()).count(), accepted);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_for_each_caller_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let test = std::env::current_exe().unwrap();
    // 4 MiB for a file; the signal about it is ignored, so that writing fails with an error.
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, test.to_str().unwrap()])
        .args(["--exact", "full_disk::child_fills_the_disk", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let accepted = text.split("accepted ").nth(1).unwrap();
    let accepted: usize = accepted.split(' ').next().unwrap().parse().unwrap();
    assert!(accepted > 5);
    // With room again everything that was accepted is there, and it goes on.
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.events(EventFilter::default()).filter(Result::is_ok).count(), accepted);
    assert!(reader.audit().unwrap().holds());
    drop(reader);
    let store = Store::open(folder.path()).unwrap();
    let more = vec![planned(event("more", "text"), &["x"])];
    assert!(block_on(store.accept(more, lease(0, 60))).unwrap().page.is_some());
}
