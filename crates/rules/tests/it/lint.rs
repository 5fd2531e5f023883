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
    assert_eq!(codes(&rules("{ name: b, when: $.x == 1, to: payments }")), ["L0204"]);
    assert_eq!(codes(&rules("{ name: b, when: '!$.x', to: payments }")), [] as [&str; 0]);
}

/// The codes of the warnings about two rules that send to one target.
#[track_caller]
fn pair(one: &str, other: &str) -> Vec<&'static str> {
    codes(&format!(
        "{HEAD}  - {{ name: a, {one}, to: payments }}\n  - {{ name: b, {other}, to: payments }}\n"
    ))
}

#[test]
fn l0201_knows_the_same_meaning_written_otherwise() {
    let same = |one: &str, other: &str| assert_eq!(pair(one, other), ["L0201"], "{one} {other}");
    same("when: $.a == 1 && $.b > 2", "when: \"2 < $.b && 1 == $['a']\"");
    same("when: $.a == 1 || $.b > 2", "when: ($.b > 2) || $.a == 1");
    same("when: $.a && ($.a < $.b)", "when: ($.b > $.a) && $.a && $.a");
    same(
        "pattern: { source: [s, t], detail: { n: [1, { numeric: ['>', 5] }] } }",
        "pattern: { detail: { n: [{ numeric: ['>', 5.0] }, 1.0] }, source: [t, s] }",
    );
    let not = |one: &str, other: &str| assert_ne!(pair(one, other), ["L0201"], "{one} {other}");
    not("when: $.a == 1 && $.b > 2", "when: $.a == 1 || $.b > 2");
    not("when: $.a < 2", "when: 2 < $.a");
    not("pattern: { source: [s, t] }", "pattern: { source: [s, u] }");
}

/// One rule with this filter is warned about exactly once, with `code`, and the neighbour not at all.
#[track_caller]
fn check_filter(code: &'static str, bad: &str, good: &str) {
    assert_eq!(codes(&with_rule(&format!("{bad}\nto: payments"))), [code], "{bad}");
    assert_eq!(codes(&with_rule(&format!("{good}\nto: payments"))), [] as [&str; 0], "{good}");
}

#[test]
fn l0108_a_condition_and_a_pattern_that_cannot_both_hold() {
    let both = |when: &str, pattern: &str| format!("when: |\n  {when}\npattern: {pattern}");
    let check = |when: &str, bad: &str, good: &str| {
        check_filter("L0108", &both(when, bad), &both(when, good));
    };
    check("$.type == 'A'", "{ detail-type: [B] }", "{ detail-type: [B, A] }");
    check("$.type == 'A'", "{ detail-type: [{ prefix: B }] }", "{ source: [{ prefix: B }] }");
    check("$.type == 'AB'", "{ detail-type: [{ suffix: A }] }", "{ detail-type: [{ suffix: B }] }");
    check(
        "$.data.n > 5",
        "{ detail: { n: [{ numeric: ['<', 5] }] } }",
        "{ detail: { n: [{ numeric: ['<', 6] }] } }",
    );
    check("$.data.n == 1", "{ detail: { n: [{ exists: false }] } }", "{ detail: { n: [1] } }");
    check(
        "$.type < 'B'",
        "{ detail-type: [{ anything-but: [A] }, C], source: [{ exists: false }] }",
        "{ detail-type: [{ anything-but: [A] }, C], source: [{ exists: true }] }",
    );
}

#[test]
fn l0108_is_silent_where_an_array_or_a_dotted_name_lets_both_hold() {
    // `!$.data.k` holds for an array of objects with `k`, into which a pattern looks.
    let array = "when: '!$.data.k'\npattern: { detail: { k: [B] } }";
    // `$.data.k` may be an array that holds both.
    let held = "when: $.data.k\npattern: { detail: { k: [B] } }";
    // `{\"k.z\": \"B\"}` beside `{\"k\": {\"z\": \"A\"}}` satisfies both.
    let dotted = "when: $.data.k.z == 'A'\npattern: { detail: { k: { z: [B] } } }";
    for filter in [array, held, dotted] {
        assert_eq!(codes(&with_rule(&format!("{filter}\nto: payments"))), [] as [&str; 0]);
    }
}

#[test]
fn l0108_a_pattern_that_nothing_fits() {
    let check = |bad: &str, good: &str| check_filter("L0108", bad, good);
    check("pattern: { source: [{ exists: false }] }", "pattern: { subject: [{ exists: false }] }");
    check("pattern: { detail-type: [1, null] }", "pattern: { detail-type: [1, '1'] }");
    check("pattern: { detail-type: { x: [a] } }", "pattern: { detail: { x: [a] } }");
}

#[test]
fn l0108_more_than_two_clauses_of_a_condition() {
    let check = |bad: &str, good: &str| {
        let when = |condition: &str| format!("when: |\n  {condition}");
        check_filter("L0108", &when(bad), &when(good));
    };
    check(
        "$.data.n >= 5 && $.data.n <= 5 && $.data.n != 5",
        "$.data.n >= 5 && $.data.n <= 6 && $.data.n != 5",
    );
    check("$.type == 'A' && match($.type, 'B.*')", "$.type == 'BA' && match($.type, 'B.*')");
    check("$.a == 3 && $.b == 2 && $.a < $.b", "$.a == 1 && $.b == 2 && $.a < $.b");
    check("$.data.a == 1 && $.data.a.b == 2", "$.data.a && $.data.a.b == 2");
    check("$.data[0] == 1 && $.data.a == 2", "$.data[0] == 1 && $.data[1] == 2");
    check("$.data.a > 1 && match($.data.a, 'x')", "$.data.a > '1' && match($.data.a, 'x')");
    check(
        "match($.type, 'x') && ($.data.a && !match($.type, 'x'))",
        "match($.type, 'x') && ($.data.a && !match($.type, 'y'))",
    );
}

#[test]
fn l0109_a_pattern_that_everything_fits() {
    let check = |bad: &str, good: &str| check_filter("L0109", bad, good);
    check("pattern: { source: [{ exists: true }] }", "pattern: { subject: [{ exists: true }] }");
    check(
        "pattern: { detail: { a: [{ exists: true }, { exists: false }] } }",
        "pattern: { detail: { a: [{ exists: true }] } }",
    );
    check(
        "pattern: { detail-type: [{ anything-but: [1] }] }",
        "pattern: { detail-type: [{ anything-but: ['1'] }] }",
    );
    check("when: $\npattern: { id: [{ exists: true }] }", "when: $.x\npattern: { id: [a] }");
}

#[test]
fn l0204_a_rule_whose_events_another_sends_to_the_same_targets() {
    let shadow = |one: &str, other: &str| assert_eq!(pair(one, other), ["L0204"], "{one} {other}");
    shadow("when: $.type == 'A' && $.data.n > 5", "when: $.type == 'A'");
    shadow("when: $.data.n > 5", "when: $.data.n > 7");
    shadow("when: $.type == 'A'", "when: $.type == 'A' || $.type == 'B'");
    shadow("when: $.type == 'AB'", "pattern: { detail-type: [{ prefix: A }] }");
    shadow("pattern: { detail-type: [A] }", "when: $.type == 'A'  || $.subject");
    shadow("pattern: { detail: { k: [A] } }", "pattern: { detail: { k: [{ prefix: A }] } }");
    shadow("when: $.data.n == 1", "when: $");
    let not = |one: &str, other: &str| {
        assert!(!pair(one, other).contains(&"L0204"), "{one} {other}");
    };
    not("when: $.type == 'A' && $.data.n > 5", "when: $.type == 'B'");
    not("pattern: { detail: { k: [A] } }", "when: $.data.k == 'A' || $.data.k == 'C'");
    // With `m` chosen, `z` is absent from one element; without, it is looked for in all.
    not(
        "pattern: { detail: { m: [A], z: [{ exists: false }] } }",
        "pattern: { detail: { z: [{ exists: false }] } }",
    );
}

#[test]
fn l0204_only_for_targets_that_the_other_has_and_the_same_payload() {
    let rule = |name: &str, rest: &str| format!("  - {{ name: {name}, {rest} }}\n");
    let two = |one: &str, other: &str| {
        let spare = HEAD.replace("targets:\n", "targets:\n  spare: { sqs: { queue: spare } }\n");
        codes(&format!("{spare}{}{}", rule("a", one), rule("b", other)))
    };
    let wide = "when: $.a, to: [payments, spare]";
    assert_eq!(two("when: $.a == 1, to: payments", wide), ["L0204"]);
    assert_eq!(two("when: $.a == 1, to: [payments, spare]", "when: $.a, to: payments"), ["L0205"]);
    assert_eq!(two("when: $.a == 1, to: spare", "when: $.a, to: payments"), [] as [&str; 0]);
    let said = "when: $.a == 1, to: payments, transform: { a: $.a }";
    assert_eq!(two(said, wide), [] as [&str; 0]);
}

#[test]
fn l0205_two_rules_that_take_one_event() {
    let overlap = |one: &str, other: &str| assert_eq!(pair(one, other), ["L0205"], "{one} {other}");
    let not = |one: &str, other: &str| {
        assert_eq!(pair(one, other), [] as [&str; 0], "{one} {other}");
    };
    overlap("when: $.data.n > 5", "when: $.data.n < 7");
    not("when: $.data.n > 5", "when: $.data.n < 5");
    overlap("when: $.type == 'A' && $.data.n > 5", "pattern: { detail-type: [A], source: [s] }");
    not("when: $.type == 'A' && $.data.n > 5", "pattern: { detail-type: [B], source: [s] }");
    overlap("when: $.data.a < $.data.b", "when: $.data.n == 1");
    overlap("when: $.data.a > $.data.b", "when: $.data.c");
    overlap("pattern: { detail: { k: [{ suffix: x }] } }", "when: $.data.k > 'a'");
    overlap("pattern: { source: [{ wildcard: 'a*b' }] }", "when: $.data.k");
    overlap("when: \"match($.type, '(Order|Item).*Placed')\"", "when: \"$.data[1].k == 'x'\"");
    // An event exists, but none is constructed for a filter that looks into arrays.
    not("when: '$.data.items[?@.n > 1]'", "when: $.data.k");
}

#[test]
fn l0205_shows_three_and_counts_the_others() {
    let mut text = HEAD.to_owned();
    for number in 0..5 {
        text += &format!("  - {{ name: r{number}, when: $.data.k{number}, to: payments }}\n");
    }
    let found = lint(&accepted(&text));
    let of_r4: Vec<_> = found.iter().filter(|one| one.path == "rules[4]").collect();
    let counted = of_r4.iter().filter(|one| one.message.ends_with("; so does at least 1 other"));
    assert_eq!((of_r4.len(), counted.count()), (3, 1));
}

#[test]
fn findings_about_rules_together_point_into_the_file() {
    let text = "version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - name: never
    when: |
      $.data.total > 5 &&
      $.type == 'A'
    pattern:
      source: [shop]
      detail-type: [B, { prefix: C }]
    to: payments
  - name: always
    pattern: { source: [{ exists: true }] }
    to: payments
  - name: inside
    pattern:
      source: [shop]
      $or:
        - detail: { total: [1] }
        - detail: { count: [2] }
      detail-type:
        { kind: [B] }
    to: payments
  - name: neither
    when: ($.type == 'A' || $.data.n > 5)
    pattern: { detail-type: [B], detail: { n: [{ numeric: ['=', 1] }] } }
    to: payments
  - name: between
    when: $.type == 'D' && $.data.n >= 5 && $.data.n <= 5 && $.data.n != 5
    to: payments
";
    insta::assert_snapshot!("never_and_always", lint(&accepted(text)).render(false));
    let text = "version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - name: orders
    when: $.type == 'OrderPlaced' && $.data.total > 0
    to: payments
  - name: big-orders
    when: |
      $.data.region && $.data.total >= 1000 &&
      'OrderPlaced' == $.type
    to: payments
  - name: from-the-shop
    pattern: { source: [shop], detail: { region: [{ prefix: eu }] } }
    to: payments
";
    insta::assert_snapshot!("pairs", lint(&accepted(text)).render(false));
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
