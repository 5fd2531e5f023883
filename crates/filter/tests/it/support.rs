//! What several modules of these tests need.
use eventyard_event::json;
use std::process::Command;

/// Our tree of a serde_json value.
pub fn own(value: &serde_json::Value) -> json::Value<'static> {
    json::Value::from(value.clone())
}

/// The cases of the compliance suite, which the package `jsonpath-rfc9535` carries.
pub fn compliance_suite() -> Vec<serde_json::Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let metadata = Command::new(cargo)
        .args(["metadata", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata.stdout).expect("cargo metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|p| p["name"] == "jsonpath-rfc9535").expect("the oracle");
    let manifest = std::path::Path::new(package["manifest_path"].as_str().expect("a path"));
    let suite = manifest.with_file_name("tests/data/compliance_test_suite.json");
    let suite: serde_json::Value =
        serde_json::from_slice(&std::fs::read(suite).expect("the suite")).expect("JSON");
    suite["tests"].as_array().expect("cases").clone()
}

/// A number from the environment: how long to test, or from which seed.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
