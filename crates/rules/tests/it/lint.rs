//! Every warning with the text a user reads, and beside each the near neighbour without it.
use crate::support::{HEAD, accepted, with_rule};
use eventyard_rules::lint;

/// The codes of the warnings about a file.
#[track_caller]
fn codes(text: &str) -> Vec<&'static str> {
    lint(&accepted(text)).iter().map(|one| one.code).collect()
}

/// Warned about exactly once, with `code`, and the neighbour not at all.
#[track_caller]
fn check(code: &'static str, bad: &str, good: &str) {
    let when = |condition: &str| with_rule(&format!("when: |\n  {condition}\nto: payments"));
    assert_eq!(codes(&when(bad)), [code], "{bad}");
    assert_eq!(codes(&when(good)), [] as [&str; 0], "{good}");
}

#[test]
fn l0101_a_clause_that_also_holds_where_its_path_is_missing() {
    check("L0101", "$.data.a != 'x'", "$.data.a && $.data.a != 'x'");
    check("L0101", "'x' != $.data.a", "$.data.a.b == 1 && 'x' != $.data.a");
    check("L0101", "!($.data.a == 'x')", "$.data.a && !($.data.a == 'x')");
    check("L0101", "!match($.data.a, 'x')", "match($.data.a, 'x')");
    check("L0101", "$.data.b && $.data.a != 1", "$.data.a > 0 && $.data.a != 1");
    check("L0101", "$.data.a || $.data.a != 1", "!$.data.a || $.data.a == 1");
    check(
        "L0101",
        "$.data.a && ($.data.b || $.data.c != 1)",
        "$.data.c && ($.data.b || $.data.c != 1)",
    );
    check("L0101", "!($.data.a && $.data.b == 1)", "!(!$.data.b || $.data.b == 1)");
}

#[test]
fn l0101_attributes_that_every_event_has_are_never_missing() {
    check("L0101", "$.subject != 'x'", "$.type != 'x' && $.source != 'y' && $['id'] != 'z'");
}

#[test]
fn l0102_two_paths_that_are_equal_when_both_are_missing() {
    check("L0102", "$.data.a == $.data.b", "$.data.a && $.data.a == $.data.b");
    check("L0102", "$.data.a <= $.data.b", "$.data.a < $.data.b");
    check("L0102", "!($.data.a != $.data.b)", "$.data.b && !($.data.a != $.data.b)");
    check("L0102", "$.data.a >= $.data.b", "$.data.a == $.type");
}

#[test]
fn l0103_a_filter_at_the_top_level() {
    check("L0103", "$[?@.b == 'x']", "$.data[?@.b == 'x']");
    check("L0103", "@[?@.b]", "$.data.items[?@.b]");
}

#[test]
fn l0104_an_anchor() {
    check("L0104", "match($.type, '^Order')", "match($.type, 'Order.*')");
    check("L0104", "search($.type, 'Placed$')", "search($.type, 'Placed[$]')");
    check("L0104", "$.data.items[?match(@.sku, '^a')]", "$.data.items[?match(@.sku, '[^a]')]");
}

#[test]
fn l0105_what_always_holds() {
    check("L0105", "1 == 1.0", "$");
    check("L0105", "$.data.a || @", "$.data.a || $.data.b");
    check("L0105", "$.data.a && 'x' < 'y'", "$.data.a && $.data.b < 'y'");
}

#[test]
fn l0106_what_never_holds() {
    check("L0106", "1 == 2", "$.data.a == 2");
    check("L0106", "!$", "!$.data.a");
    check("L0106", "$.type == 'A' && $.type == 'B'", "$.type == 'A' || $.type == 'B'");
    check("L0106", "$.data.a > 5 && $.data.a < 5", "$.data.a >= 5 && $.data.a <= 5");
    check("L0106", "$.data.a > 5 && 5.0 >= $.data.a", "$.data.a > 5 && 5.1 >= $.data.a");
    check("L0106", "$.data.a == 5 && $.data.a > 7", "$.data.a == 5 && $.data.a > 3");
    check("L0106", "$.data.a == 'x' && $.data.a != 'x'", "$.data.a == 'x' && $.data.a != 'y'");
    check("L0106", "$.data.a > 5 && $.data.a < 'z'", "$.data.a > 'a' && $.data.a < 'z'");
    check("L0106", "$.data.a && !$.data.a", "$.data.a && !$.data.b");
    check("L0106", "$.data.a < true", "$.data.a == true");
    check("L0106", "$.data.b || ($.type == 'A' && $.type == 'B')", "$.data.b || $.type == 'A'");
}

#[test]
fn l0107_eventbridges_names_in_a_when() {
    check("L0107", "$.detail.total > 3", "$.data.total > 3");
    check("L0107", "$['detail-type'] == 'A'", "$.type == 'A'");
}

#[test]
fn l0201_two_rules_with_the_same_filter_and_targets() {
    let rules =
        |second: &str| format!("{HEAD}  - {{ name: a, when: $.x, to: payments }}\n  - {second}\n");
    assert_eq!(codes(&rules("{ name: b, when: $.x, to: payments }")), ["L0201"]);
    assert_eq!(codes(&rules("{ name: b, when: $.y, to: payments }")), [] as [&str; 0]);
    let both = "{ name: b, when: $.x, pattern: { source: [s] }, to: payments }";
    assert_eq!(codes(&rules(both)), [] as [&str; 0]);
}

#[test]
fn l0202_a_target_that_no_rule_uses() {
    let used = with_rule("when: $\nto: payments");
    assert_eq!(codes(&used), [] as [&str; 0]);
    let more = used.replace("targets:\n", "targets:\n  spare: { sqs: { queue: spare } }\n");
    assert_eq!(codes(&more), ["L0202"]);
}

#[test]
fn l0203_a_source_behind_one_that_maps_everything() {
    let sources = |first: &str, second: &str| {
        format!(
            "version: 1\nsources:\n  - {{ name: a, {first}event: {{ source: s, type: t }} }}\n  \
             - {{ name: b, {second}event: {{ source: s, type: t }} }}\n"
        )
    };
    assert_eq!(codes(&sources("", "when: $.b, ")), ["L0203"]);
    assert_eq!(codes(&sources("when: $.a, ", "")), [] as [&str; 0]);
}

#[test]
fn conditions_of_sources_are_looked_at_too_and_see_no_attributes() {
    let source = |when: &str| {
        format!(
            "version: 1\nsources: [ {{ name: a, when: {when}, event: {{ source: s, type: t }} }} ]\n"
        )
    };
    assert_eq!(codes(&source("$.type != 'x'")), ["L0101"]);
    assert_eq!(codes(&source("$.detail")), [] as [&str; 0]);
}

#[test]
fn the_project_s_own_rules_have_no_warning() {
    for text in [
        include_str!("../../../../rules/shop.yaml"),
        include_str!("../../../../rules/factory.yaml"),
    ] {
        let rules = accepted(text);
        assert!(lint(&rules).is_empty(), "{}", lint(&rules));
    }
}

#[test]
fn warnings_point_into_the_file() {
    let text = "version: 1
targets:
  payments: { sqs: { queue: payments } }
  spare: { sqs: { queue: spare } }
rules:
  - name: a
    when: |
      $.type == 'A' &&
      $.data.region != 'eu'
    to: payments
  - name: b
    when: \"$.data.a == $.data.b || match($.type, '^A')\"
    to: payments
  - name: c
    when: $.data.a && $.type == 'A' && $.type == 'B'
    to: payments
  - name: d
    when: $[?@.b == 'x'] && 1 == 1
    to: payments
  - name: e
    when: $[?@.b == 'x'] && 1 == 1
    to: payments
";
    insta::assert_snapshot!(lint(&accepted(text)).render(false));
}
