//! What other rules would do with an event.

use crate::world::{RULES, order, rules};
use eventyard_history::diff::{Changed, Diff};

fn diff(new: &str) -> Option<Changed> {
    Diff::new(&rules(RULES), &rules(new)).event(&order(3))
}

#[test]
fn the_same_ways_are_no_difference_whatever_the_rules_are_called() {
    assert_eq!(diff(RULES), None);
    let split = RULES.replace(
        "  - { name: ordered, when: $.type == 'OrderPlaced', to: lane }",
        "  - { name: renamed, when: $.source == 'shop', to: [lane, queue] }",
    );
    assert_ne!(split, RULES);
    assert_eq!(diff(&split), None);
}

#[test]
fn targets_that_are_gained_and_lost_are_told_with_their_rules() {
    let changed = diff(&RULES.replace("to: [queue, audit]", "to: audit")).unwrap();
    assert_eq!((changed.id.as_str(), changed.source.as_str()), ("o-3", "shop"));
    let [lost] = &*changed.lost else { panic!("{changed:?}") };
    assert_eq!((lost.target.as_str(), lost.to.as_str()), ("queue", "sqs orders"));
    assert_eq!(lost.rules[0].as_str(), "placed");
    assert!(changed.gained.is_empty());
}

#[test]
fn a_target_that_is_redefined_under_its_name_is_another_one() {
    let changed = diff(&RULES.replace("sqs: { queue: audit }", "sqs: { queue: audit-2 }")).unwrap();
    let ways = |ways: &[eventyard_history::diff::Way]| -> Vec<String> {
        ways.iter().map(|way| format!("{} {}", way.target, way.to)).collect()
    };
    assert_eq!(ways(&changed.gained), ["audit sqs audit-2"]);
    assert_eq!(ways(&changed.lost), ["audit sqs audit"]);
}

#[test]
fn an_event_that_no_new_rule_takes_loses_everything() {
    let changed = diff(&RULES.replace("'OrderPlaced'", "'OrderPaid'")).unwrap();
    let lost: Vec<_> = changed.lost.iter().map(|way| way.target.as_str()).collect();
    assert_eq!(lost, ["audit", "lane", "queue"]);
}
