//! The verbs about rules: they need no bus.

use super::{folder, json, run};

const SHOP: &str = "version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - name: take-payment
    when: |
      $.type == 'OrderPlaced' && $.data.total > 0
    to: payments
  - name: everything
    when: $
    to: payments
";
const ORDER: &str =
    r#"{"specversion":"1.0","id":"o-1","source":"shop","type":"OrderPlaced","data":{"total":5}}"#;

#[test]
fn match_answers_each_line_in_order_and_says_which_were_in_error() {
    let yard = folder(&[("rules/shop.yaml", SHOP)]);
    let free = ORDER.replace("\"total\":5", "\"total\":0").replace("o-1", "o-2");
    let input = format!("{ORDER}\nnot json\n\n{free}\n");
    let (out, _) = run(yard.path(), &["match"], &input, 1);
    let lines: Vec<_> = out.lines().map(json).collect();
    assert_eq!(lines[0], json(r#"{"line":1,"id":"o-1","rules":["take-payment","everything"]}"#));
    assert_eq!(lines[1]["line"], 2);
    assert!(
        lines[1]["error"]["code"].is_string() && lines[1]["error"]["message"].is_string(),
        "{out}"
    );
    assert_eq!(lines[2], json(r#"{"line":4,"id":"o-2","rules":["everything"]}"#));
    assert_eq!(lines.len(), 3);
}

#[test]
fn match_without_an_error_exits_with_0_and_counts_on_request() {
    let yard =
        folder(&[("rules/shop.yaml", SHOP), ("events.ndjson", &format!("{ORDER}\n{ORDER}\n"))]);
    let (out, _) =
        run(yard.path(), &["match", "--count", "--output", "json", "events.ndjson"], "", 0);
    assert_eq!(json(&out), json(r#"{"events":2,"rules":{"take-payment":2,"everything":2}}"#));
    let (out, _) = run(yard.path(), &["match", "-"], ORDER, 0);
    assert_eq!(out.lines().count(), 1);
}

#[test]
fn match_raw_takes_the_line_as_the_document_for_when_and_pattern_alike() {
    let rules = "version: 1
targets: { q: { sqs: { queue: q } } }
rules:
  - { name: when, when: '$.STREET == ''MAIN''', to: q }
  - { name: pattern, pattern: { STREET: [ { prefix: MA } ] }, to: q }
";
    let yard = folder(&[("rules/raw.yaml", rules)]);
    let (out, _) =
        run(yard.path(), &["match", "--raw"], "{\"STREET\":\"MAIN\"}\n{\"STREET\":\"ELM\"}\n", 0);
    let lines: Vec<_> = out.lines().map(json).collect();
    assert_eq!(lines[0], json(r#"{"line":1,"id":null,"rules":["when","pattern"]}"#));
    assert_eq!(lines[1], json(r#"{"line":2,"id":null,"rules":[]}"#));
}

#[test]
fn refused_rules_end_every_verb_with_2_and_are_shown_with_their_place() {
    let yard = folder(&[("rules/shop.yaml", &SHOP.replace("> 0", ">"))]);
    for verb in [&["check"][..], &["lint"], &["match"], &["graph"], &["explain", "-"]] {
        let (_, err) = run(yard.path(), verb, ORDER, 2);
        assert!(
            err.contains("error[E0101]") && err.contains("rules/shop.yaml:7:"),
            "{verb:?}: {err}"
        );
        assert!(err.contains('^'), "{verb:?}: no caret: {err}");
    }
    let (out, _) = run(yard.path(), &["check", "--output", "json"], "", 2);
    let found = json(&out);
    assert_eq!((&found[0]["code"], &found[0]["line"]), (&"E0101".into(), &7.into()), "{out}");
}

#[test]
fn good_rules_pass_check_and_lint() {
    let yard = folder(&[("rules/shop.yaml", SHOP)]);
    assert!(run(yard.path(), &["check"], "", 0).0.starts_with("ok"));
    assert_eq!(json(&run(yard.path(), &["check", "--output", "json"], "", 0).0), json("[]"));
    let doubtful = SHOP.replace("$.data.total > 0", "$.data.state != 'open'");
    let yard = folder(&[("rules/shop.yaml", &doubtful)]);
    let (_, err) = run(yard.path(), &["lint"], "", 1);
    assert!(err.contains("warning[L"), "{err}");
}

#[test]
fn explain_names_the_one_clause_that_kept_a_rule_from_matching() {
    let yard = folder(&[("rules/shop.yaml", SHOP)]);
    let free = ORDER.replace("\"total\":5", "\"total\":0");
    let (out, _) = run(yard.path(), &["explain", "--rule", "take-payment", "-"], &free, 0);
    assert!(
        out.contains("$.data.total > 0") && out.contains("saw 0") && out.contains("this alone"),
        "{out}"
    );
    let (out, _) = run(yard.path(), &["explain", "--output", "json", "-"], &free, 0);
    let found = json(&out);
    assert_eq!(found["rules"][0]["matched"], false);
    assert_eq!(found["rules"][0]["clauses"][1]["decisive"], true, "{out}");
    assert_eq!(found["rules"][1]["matched"], true);
    let (_, err) = run(yard.path(), &["explain", "--rule", "nobody", "-"], &free, 2);
    assert!(err.contains("no rule `nobody`") && err.contains("take-payment"), "{err}");
}

#[test]
fn test_fails_with_the_difference_and_passes_without_one() {
    let tests = "cases:
  - name: an order is paid for
    event: { type: OrderPlaced, source: shop, data: { total: 5 } }
    expect: { rules: [take-payment, everything] }
";
    let yard = folder(&[("rules/shop.yaml", SHOP), ("rules/tests/shop.yaml", tests)]);
    let (out, _) = run(yard.path(), &["test", "--junit", "junit.xml"], "", 0);
    assert!(out.contains("1 passed, 0 failed") && out.contains("no case under `not`"), "{out}");
    assert!(std::fs::read_to_string(yard.path().join("junit.xml")).unwrap().contains("<testsuite"));
    let wrong = tests.replace("[take-payment, everything]", "[everything]");
    let yard = folder(&[("rules/shop.yaml", SHOP), ("rules/tests/shop.yaml", &wrong)]);
    let (out, _) = run(yard.path(), &["test"], "", 1);
    assert!(out.contains("FAIL") && out.contains("take-payment"), "{out}");
}

#[test]
fn init_lays_a_project_whose_tests_pass_and_never_overwrites() {
    let yard = folder(&[]);
    run(yard.path(), &["init"], "", 0);
    run(yard.path(), &["check"], "", 0);
    run(yard.path(), &["lint"], "", 1);
    let (out, _) = run(yard.path(), &["test"], "", 0);
    assert!(out.contains("0 failed"), "{out}");
    run(yard.path(), &["explain", "events/order.json"], "", 0);
    let (_, err) = run(yard.path(), &["init"], "", 2);
    assert!(err.contains("is already in"), "{err}");
}

#[test]
fn schema_and_graph_and_completions_are_what_they_say() {
    let yard = folder(&[("rules/shop.yaml", SHOP)]);
    let (out, _) = run(yard.path(), &["schema"], "", 0);
    assert!(json(&out)["$schema"].as_str().unwrap().contains("draft-07"));
    assert!(run(yard.path(), &["graph"], "", 0).0.starts_with("flowchart"));
    assert!(run(yard.path(), &["graph", "--format", "svg"], "", 0).0.starts_with("<svg"));
    assert!(run(yard.path(), &["completions", "bash"], "", 0).0.contains("eventyard"));
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    let yard = folder(&[]);
    run(yard.path(), &["fly"], "", 2);
    run(yard.path(), &["match", "--no-such-flag"], "", 2);
    let (out, _) = run(yard.path(), &["--help"], "", 0);
    assert!(out.contains("Exit codes"), "{out}");
    let (_, err) = run(yard.path(), &["check"], "", 2);
    assert!(err.contains("eventyard init"), "the way out is named: {err}");
}
