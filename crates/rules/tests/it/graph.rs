//! Both pictures of a rule set.
use crate::support::accepted;
use eventyard_rules::{RuleSet, mermaid, svg};

fn rules() -> RuleSet {
    accepted(include_str!("example.yaml"))
}

fn looping() -> RuleSet {
    accepted(
        "version: 1
bus: { inputs: [ { sqs: { queue: events } } ] }
targets: { again: { sqs: { queue: events } } }
rules: [ { name: a, when: $, to: again } ]
",
    )
}

#[test]
fn mermaid_shows_inputs_sources_rules_and_targets() {
    insta::assert_snapshot!(mermaid(&rules()));
}

#[test]
fn svg_shows_the_same() {
    insta::assert_snapshot!(svg(&rules()));
}

#[test]
fn a_way_back_to_an_input_is_drawn_and_others_are_not() {
    assert!(mermaid(&looping()).contains("t0 -.-> i0"));
    assert!(svg(&looping()).contains("class=\"back\""));
    assert!(!mermaid(&rules()).contains("-.->"));
    assert!(!svg(&rules()).contains("class=\"back\""));
}

#[test]
fn the_same_rules_give_the_same_bytes() {
    assert_eq!(mermaid(&rules()), mermaid(&rules()));
    assert_eq!(svg(&rules()), svg(&rules()));
}

#[test]
fn urls_and_secrets_are_not_in_the_pictures() {
    for picture in [mermaid(&rules()), svg(&rules())] {
        assert!(picture.contains("partner.example"));
        assert!(!picture.contains("/hooks") && !picture.contains("secretsmanager"), "{picture}");
    }
}
