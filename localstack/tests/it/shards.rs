//! Readers of table streams when shards end, which DynamoDB Local's do after minutes: here they end at once.

use std::process::Command;

use serde_json::{Value, json};

use crate::clients::{PYTHON, localstack};

#[test]
fn a_stream_is_read_on_when_its_shards_end() {
    // Which installs the plug-in.
    localstack();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/shards.py");
    let output = Command::new(PYTHON).arg(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    // The shard that is open is begun anew when an iterator was refused; those that ended never are.
    assert_eq!(read["TRIM_HORIZON"]["read"], json!([1, 2, 3, 4, 5, 5, 6]));
    assert_eq!(read["LATEST"]["read"], json!([3, 4, 5, 6]));
    // At the beginning, and once or twice for each end: until what follows is there.
    assert_eq!(read["TRIM_HORIZON"]["described"], json!(5));
}
