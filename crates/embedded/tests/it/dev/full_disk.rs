//! A disk without room, as a limit on the size of files in a process of its own.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::bus::{Dev, event};

const RULES: &str = "
version: 1
targets:
  out: { sqs: { queue: out } }
rules:
  - name: out
    when: $
    to: out
";

/// The child: posts until the disk is full. It must answer 503 with the results so far.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn child_posts_until_the_disk_is_full() {
    let bus = Dev::start_with(RULES, |options| options.settings.page_bytes = 150_000).await;
    let line = |n: usize| {
        let mut event = event(&n.to_string(), "A");
        event["data"] = json!("x".repeat(100_000));
        event.to_string()
    };
    let lines: Vec<_> = (0..200).map(line).collect();
    let (status, answer) = bus.post("application/x-ndjson", lines.join("\n")).await;
    let results = answer["results"].as_array().unwrap();
    assert_eq!((status, &answer["error"]["code"]), (503, &json!("StoreUnavailable")));
    assert!(results.iter().all(|result| result["status"] == "accepted"), "{answer}");
    let put = json!({ "Entries": [{ "Source": "s", "DetailType": "t", "Detail": "{}" }] });
    let put: (u16, Value) = bus.aws("AWSEvents.PutEvents", put).await;
    // What was acknowledged is there, and can be read still.
    let stored = bus.lines("/events").await.len();
    assert!(stored >= results.len(), "{stored} stored, {} acknowledged", results.len());
    println!("acknowledged {} then {}", results.len(), put.0);
}

#[cfg(unix)]
#[test]
fn a_store_that_fails_is_answered_503_with_the_results_so_far() {
    let test = std::env::current_exe().unwrap();
    // 4 MiB for a file; the signal about it is ignored, so that writing fails with an error.
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, test.to_str().unwrap()])
        .args(["--exact", "dev::full_disk::child_posts_until_the_disk_is_full"])
        .args(["--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let acknowledged = text.split("acknowledged ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(acknowledged.parse::<usize>().unwrap() > 5, "{text}");
}
