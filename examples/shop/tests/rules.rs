//! The cases of `rules/tests` hold.
#![allow(clippy::unwrap_used, missing_docs)]

use eventyard_files::rules_files;
use eventyard_rules::{LoadOptions, load, testing};

#[test]
fn every_rule_does_what_its_cases_say() {
    let folder = shop::street::rules();
    let files = rules_files(&folder).unwrap();
    let rules = load(&files, &LoadOptions::default()).unwrap();
    let cases = rules_files(&folder.join("tests")).unwrap();
    let cases: Vec<_> = cases.iter().map(|file| testing::parse(file).unwrap()).collect();
    for case in cases.iter().flat_map(|file| testing::run(&rules, file)) {
        assert!(case.passed(), "{}: {:?}", case.name, case.failures);
    }
    let coverage = testing::coverage(&rules, &cases);
    assert!(coverage.is_complete(), "{coverage:?}");
}
