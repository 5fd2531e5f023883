//! The story, as its user sees it, and the cases of `rules/tests`.
#![allow(clippy::unwrap_used, missing_docs)]

use eventyard_files::rules_files;
use eventyard_rules::{LoadOptions, load, testing};
use std::process::Command;

#[test]
fn a_machine_that_shakes_over_its_own_baseline_is_reported_signed_and_all_of_them_are_shown() {
    let output = Command::new(env!("CARGO_BIN_EXE_factory")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "the alert desk answers 401 to a stranger",
            "two machines sent 6 readings each; one shook three times",
            r#"alert, signed: "VB-42345 shakes 7.9 m/s² over its baseline""#,
            r#"alert, signed: "VB-42345 shakes 8.5 m/s² over its baseline""#,
            r#"alert, signed: "VB-42345 shakes 9.0 m/s² over its baseline""#,
            r#"VB-42345: {"level":11.9,"status":"shaking","readings":6,"incidents":2}"#,
            r#"VB-42346: {"level":4.0,"status":"well","readings":6,"incidents":0}"#,
            "the store has 12 readings, and 5 changes of status",
        ]
    );
}

#[test]
fn every_rule_does_what_its_cases_say() {
    let folder = factory::hall::rules();
    let rules = load(&rules_files(&folder).unwrap(), &LoadOptions::default()).unwrap();
    let cases = rules_files(&folder.join("tests")).unwrap();
    let cases: Vec<_> = cases.iter().map(|file| testing::parse(file).unwrap()).collect();
    for case in cases.iter().flat_map(|file| testing::run(&rules, file)) {
        assert!(case.passed(), "{}: {:?}", case.name, case.failures);
    }
    assert!(testing::coverage(&rules, &cases).without_positive.is_empty());
}
