//! What is said about rules together is challenged by random events.

use eventyard_event::json::{Value, parse};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::lint;
use crate::{LoadOptions, RuleSet, SourceText, load};

const LITERALS: [&str; 7] = ["1", "2.0", "3", "'A'", "'B'", "true", "null"];
const PATHS: [&str; 6] = ["$.type", "$.source", "$.x", "$.data", "$.data.k", "$.data.k.z"];
const OPERATORS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

fn condition() -> impl Strategy<Value = String> {
    let path = || prop::sample::select(PATHS.to_vec());
    let literal = || prop::sample::select(LITERALS.to_vec());
    let operator = || prop::sample::select(OPERATORS.to_vec());
    let atom = prop_oneof![
        6 => (path(), operator(), literal()).prop_map(|(p, o, l)| format!("{p} {o} {l}")),
        1 => (literal(), operator(), path()).prop_map(|(l, o, p)| format!("{l} {o} {p}")),
        2 => (path(), operator(), path()).prop_map(|(l, o, r)| format!("{l} {o} {r}")),
        1 => path().prop_map(str::to_owned),
        1 => path().prop_map(|path| format!("!{path}")),
        2 => path().prop_map(|path| format!("match({path}, 'A|C')")),
        1 => path().prop_map(|path| format!("length({path}) > 1")),
        1 => path().prop_map(|path| format!("{path}[?@ == 'A']")),
    ];
    atom.prop_recursive(2, 6, 3, |inner| {
        let some = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            2 => some().prop_map(|parts| format!("({})", parts.join(" && "))),
            1 => some().prop_map(|parts| format!("({})", parts.join(" || "))),
            1 => inner.clone().prop_map(|part| format!("!({part})")),
        ]
    })
}

fn alternatives() -> impl Strategy<Value = String> {
    let one = prop::sample::select(vec![
        r#""A""#,
        r#""B""#,
        "1",
        "2",
        "null",
        "true",
        r#"{"prefix":"A"}"#,
        r#"{"suffix":"B"}"#,
        r#"{"wildcard":"*B*"}"#,
        r#"{"equals-ignore-case":"a"}"#,
        r#"{"anything-but":["A"]}"#,
        r#"{"anything-but":[1]}"#,
        r#"{"anything-but":{"suffix":"B"}}"#,
        r#"{"numeric":[">",1]}"#,
        r#"{"numeric":["<=",2]}"#,
        r#"{"numeric":[">",0,"<",3]}"#,
        r#"{"exists":true}"#,
        r#"{"exists":false}"#,
    ]);
    prop::collection::vec(one, 1..3).prop_map(|all| format!("[{}]", all.join(",")))
}

fn pattern() -> impl Strategy<Value = String> {
    let field = |names: Vec<&'static str>| {
        (prop::sample::select(names), alternatives()).prop_map(|(n, a)| format!("\"{n}\":{a}"))
    };
    let top = field(vec!["detail-type", "source", "x"]).boxed();
    let detail = prop::collection::btree_map(
        prop::sample::select(vec!["k", "m"]),
        prop_oneof![3 => alternatives(), 1 => alternatives().prop_map(|a| format!("{{\"z\":{a}}}"))],
        1..3,
    );
    let detail = detail.prop_map(|members| {
        let members = members.iter().map(|(name, value)| format!("\"{name}\":{value}"));
        format!("\"detail\":{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    let detail = detail.boxed();
    let both =
        (top.clone(), detail.clone()).prop_map(|(top, detail)| format!("{{{top},{detail}}}"));
    prop_oneof![
        2 => top.prop_map(|top| format!("{{{top}}}")),
        2 => detail.prop_map(|detail| format!("{{{detail}}}")),
        2 => both,
        1 => (alternatives(), alternatives())
            .prop_map(|(a, b)| format!(r#"{{"$or":[{{"source":{a}}},{{"detail-type":{b}}}]}}"#)),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let when = || condition().prop_map(|when| format!("when: \"{when}\""));
    let pattern = || pattern().prop_map(|pattern| format!("pattern: {pattern}"));
    prop_oneof![
        2 => when(),
        3 => pattern(),
        3 => (when(), pattern()).prop_map(|(when, pattern)| format!("{when}, {pattern}")),
    ]
}

/// A value with more ways to the same field than are sensible.
fn value() -> impl Strategy<Value = String> {
    let scalar = || {
        let all = vec!["1", "2", "3", "\"A\"", "\"B\"", "\"AB\"", "\"a\"", "\"C\"", "true", "null"];
        prop::sample::select(all).prop_map(str::to_owned)
    };
    scalar().prop_recursive(3, 8, 3, |inner| {
        let members = (prop::sample::select(vec!["k", "z", "m", "k.z"]), inner.clone());
        let members = prop::collection::btree_map(members.0, members.1, 0..3);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..3).prop_map(|all| format!("[{}]", all.join(","))),
            3 => members.prop_map(|members| {
                let members = members.iter().map(|(name, value)| format!("\"{name}\":{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

fn event() -> impl Strategy<Value = String> {
    let text = || prop::sample::select(vec!["A", "B", "AB", "a", "C"]);
    (text(), text(), prop::option::of(value()), prop::option::of(value())).prop_map(
        |(event_type, source, x, data)| {
            let member = |name: &str, value: Option<String>| {
                value.map(|value| format!(",\"{name}\":{value}")).unwrap_or_default()
            };
            format!(
                r#"{{"specversion":"1.0","id":"1","type":"{event_type}","source":"{source}"{}{}}}"#,
                member("x", x),
                member("data", data)
            )
        },
    )
}

fn rules(filters: &[String]) -> Option<RuleSet> {
    let mut text = "version: 1\ntargets: { t: { sqs: { queue: t } } }\nrules:\n".to_owned();
    for (number, filter) in filters.iter().enumerate() {
        text += &format!("  - {{ name: r{number}, {filter}, to: t }}\n");
    }
    load(&[SourceText::new("r.yaml", &text)], &LoadOptions::default()).ok()
}

/// The rules that a message names.
fn named(message: &str) -> Vec<usize> {
    let parts = message.split("rule `r").skip(1);
    parts.map(|part| part.split('`').next().unwrap().parse().unwrap()).collect()
}

/// What each finding promises about an event.
fn challenge(rules: &RuleSet, found: &crate::Diagnostics, event: &Value<'_>) {
    for finding in found.iter() {
        let takes = |number: usize| rules.rules[number].filter.matches(event);
        match (finding.code, named(&finding.message).as_slice()) {
            ("L0108", [rule]) => assert!(!takes(*rule), "{event} {finding:?}"),
            ("L0109", [rule]) => assert!(takes(*rule), "{event} {finding:?}"),
            ("L0204", [one, other]) => {
                assert!(!takes(*one) || takes(*other), "{event} {finding:?}");
            }
            ("L0201", [one, other]) => {
                assert_eq!(takes(*one), takes(*other), "{event} {finding:?}");
            }
            ("L0205", [one, other]) => {
                let (_, sample) = finding.message.split_once("twice: ").unwrap();
                let sample = sample.split("; so do").next().unwrap();
                let sample = parse(sample.as_bytes(), &Default::default()).unwrap();
                for rule in [one, other] {
                    assert!(rules.rules[*rule].filter.matches(&sample.root), "{finding:?}");
                }
            }
            (code, numbers) => assert!(!code.starts_with("L02") && code < "L0108", "{numbers:?}"),
        }
    }
}

/// Challenges random rule sets until a code was challenged `wanted` times; answers how many
/// findings there were.
fn challenged(code: &str, wanted: usize) -> usize {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut challenges, mut findings) = (0, 0);
    let sets = prop::collection::vec(filter(), 2..6);
    let events = prop::collection::vec(event(), 100);
    while challenges < wanted {
        let new = |runner: &mut _| sets.new_tree(runner).unwrap().current();
        let Some(rules) = rules(&new(&mut runner)) else { continue };
        let found = lint(&rules);
        let here = found.iter().filter(|one| one.code == code).count();
        if here == 0 {
            continue;
        }
        findings += here;
        for event in events.new_tree(&mut runner).unwrap().current() {
            let event = parse(event.as_bytes(), &Default::default()).unwrap();
            challenge(&rules, &found, &event.root);
            challenges += here;
        }
    }
    findings
}

#[test]
fn a_rule_said_to_take_nothing_takes_none_of_10_000_events() {
    assert!(challenged("L0108", 10_000) > 50);
}

#[test]
fn a_rule_said_to_take_everything_takes_each_of_10_000_events() {
    assert!(challenged("L0109", 10_000) > 50);
}

#[test]
fn a_shadowed_rule_takes_nothing_that_the_other_does_not_in_10_000_events() {
    assert!(challenged("L0204", 10_000) > 50);
}

#[test]
fn filters_said_to_mean_the_same_do_so_for_10_000_events() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let events = prop::collection::vec(event(), 10);
    let pairs = (condition(), condition(), pattern());
    let mut challenges = 0;
    while challenges < 10_000 {
        let (a, b, pattern) = pairs.new_tree(&mut runner).unwrap().current();
        let one = format!("when: \"{a} && {b}\", pattern: {pattern}");
        let other = format!("when: \"({b}) && ({a})\", pattern: {pattern}");
        let Some(rules) = rules(&[one, other]) else { continue };
        let found = lint(&rules);
        let same = found.iter().filter(|one| one.code == "L0201").count();
        for event in events.new_tree(&mut runner).unwrap().current() {
            let event = parse(event.as_bytes(), &Default::default()).unwrap();
            challenge(&rules, &found, &event.root);
            challenges += same;
        }
    }
}

#[test]
fn every_event_shown_is_taken_by_both_rules() {
    assert!(challenged("L0205", 10_000) > 50);
}

#[test]
fn ten_thousand_rules_for_one_target_are_compared_within_the_bound() {
    let mut filters: Vec<String> =
        (0..8_000).map(|n| format!("when: \"$.type == 'T{n}' && $.data.k > {n}\"")).collect();
    filters.extend((0..2_000).map(|n| format!("when: \"$.data.n{n} == {n}\"")));
    let rules = rules(&filters).unwrap();
    let found = lint(&rules);
    let overlaps = found.iter().filter(|one| one.code == "L0205").count();
    assert!(overlaps > 1_000 && overlaps <= 3 * filters.len(), "{overlaps}");
}
