//! Possible loops, and beside each the neighbour that cannot come round.
use crate::support::accepted;
use eventyard_rules::{RuleSet, loops};

/// A bus with every kind of input, and a target that is each of them.
const HEAD: &str = "version: 1
bus:
  name: main
  inputs: [ { sqs: { queue: events } }, { sns: { topic: news } }, { eventbridge: { bus: default } }, { http: {} } ]
targets:
  again: { sqs: { queue: events } }
  shout: { sns: { topic: news } }
  bridge: { eventbridge: { bus: default } }
  away: { sqs: { queue: elsewhere } }
";

fn rules(rules: &str) -> RuleSet {
    accepted(&format!("{HEAD}{rules}"))
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = loops(&rules(text));
    let found: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(found, expected, "{text}");
}

const SELF: &str = "possible loop: a -> bus main -> a";

#[test]
fn a_rule_that_sends_the_event_back_is_a_loop_and_one_that_sends_it_on_is_none() {
    for target in ["again", "shout", "bridge"] {
        check(&format!("rules: [ {{ name: a, when: $, to: {target} }} ]"), &[SELF]);
    }
    check("rules: [ { name: a, when: $, to: away } ]", &[]);
}

#[test]
fn a_resource_counts_by_its_plain_name_and_two_arns_by_all_of_it() {
    let text = |target: &str, input: &str| {
        let sqs = |name: &str| format!("{{ sqs: {{ queue: \"{name}\" }} }}");
        format!(
            "version: 1\nbus: {{ inputs: [ {} ] }}\ntargets: {{ again: {} }}\n\
             rules: [ {{ name: a, when: $, to: again }} ]\n",
            sqs(input),
            sqs(target)
        )
    };
    let arn = |region: &str| format!("arn:aws:sqs:{region}:111122223333:events");
    let count = |target: &str, input: &str| loops(&accepted(&text(target, input))).len();
    assert_eq!(count("events", &arn("eu-west-1")), 1);
    assert_eq!(count(&arn("eu-west-1"), &arn("eu-west-1")), 1);
    assert_eq!(count(&arn("us-east-1"), &arn("eu-west-1")), 0);
    assert_eq!(count("others", &arn("eu-west-1")), 0);
}

#[test]
fn allow_loop_accepts_it() {
    check("rules: [ { name: a, when: $, to: again, allow-loop: { max-hops: 3 } } ]", &[]);
}

#[test]
fn a_transform_of_a_type_that_the_rule_does_not_take_ends_it() {
    let event = |event_type: &str| {
        format!(
            "rules:
  - name: a
    when: $.type == 'Placed'
    to: again
    transform: {{ specversion: '1.0', id: $.id, source: shop, type: {event_type}, data: $.data }}
"
        )
    };
    check(&event("Paid"), &[]);
    check(&event("Placed"), &[SELF]);
    check(&event("$.data.next"), &[SELF]);
}

#[test]
fn a_pattern_is_decided_the_same_way() {
    let event = |event_type: &str| {
        format!(
            "rules:
  - name: a
    pattern: {{ detail-type: [Placed] }}
    to: again
    transform: {{ id: $.id, detail-type: {event_type}, source: shop, detail: {{}} }}
"
        )
    };
    check(&event("Paid"), &[]);
    check(&event("Placed"), &[SELF]);
}

#[test]
fn a_cycle_of_two_rules_is_printed_whole_and_once() {
    let two = |back: &str| {
        format!(
            "rules:
  - name: pay
    when: $.type == 'Placed'
    to: again
    transform: {{ specversion: '1.0', id: $.id, source: shop, type: Paid }}
  - name: place
    when: $.type == 'Paid'
    to: shout
    transform: {{ specversion: '1.0', id: $.id, source: shop, type: {back} }}
"
        )
    };
    check(&two("Placed"), &["possible loop: pay -> bus main -> place -> bus main -> pay"]);
    check(&two("Shipped"), &[]);
    check(&two("Placed").replace("to: shout", "to: shout\n    allow-loop: { max-hops: 2 }"), &[]);
}

#[test]
fn every_target_of_a_rule_counts() {
    check(
        "rules:
  - name: a
    when: $.type == 'Placed'
    to: [away, again, bridge]
    transform: { specversion: '1.0', id: $.id, source: shop, type: Paid }
",
        // On a queue it is a `Paid` event; EventBridge keeps the type and takes it for the detail.
        &[SELF],
    );
}

#[test]
fn raw_json_comes_back_only_through_a_source_that_takes_it() {
    let mapped = |when: &str, event_type: &str| {
        format!(
            "sources: [ {{ name: s, when: {when}, event: {{ source: s, type: {event_type} }} }} ]
rules:
  - name: a
    when: $.type == 'Reading'
    to: again
    transform: {{ kind: Report, sensor: $.data.sensor }}
"
        )
    };
    check(&mapped("$.sensor", "Reading"), &[SELF]);
    check(&mapped("$.sensor", "Report"), &[]);
    check(&mapped("$.sensor", "$.sensor"), &[SELF]);
    check(&mapped("$.sensor", "$.kind"), &[]);
    check(&mapped("$.eventId", "Reading"), &[]);
    check(&mapped("$.kind == 'Other'", "Reading"), &[]);
    let none = mapped("$.sensor", "Reading").split_once('\n').unwrap().1.to_owned();
    check(&none, &[]);
}

#[test]
fn the_diagnostic_shows_the_cycle_and_what_comes_back() {
    let found = eventyard_rules::lint(&rules(
        "rules:
  - name: orders
    when: $.type == 'Placed'
    to: again
    transform: { specversion: '1.0', id: $.id, source: shop, type: Placed }
  - name: copy
    when: $.type == 'Copied'
    to: [away, shout, bridge]
",
    ));
    insta::assert_snapshot!(found.render(false));
}
