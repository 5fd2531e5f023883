//! `eventyard explain` of many rules: what matches, what came nearest, and the edits that were tried.

use super::{folder, json, run};

const EVENT: &str = r#"{"specversion":"1.0","id":"o-1","source":"shop","type":"OrderPlaced","data":{"total":70,"paid":true}}"#;

/// Twelve rules that are no near miss, and three that are told.
fn rules() -> String {
    let far = (1..=12).map(|n| {
        format!("  - {{ name: far-{n}, when: \"$.type == 'X' && $.data.total > {n}00\", to: q }}\n")
    });
    let told = "  - { name: near-by-one, when: '$.data.total > 100', to: q }
  - name: nearer
    when: |
      $.type == 'OrderPlaced'
        && $.data.paid && $.data.total > 100
    to: q
  - { name: taken, when: '$.type', to: q }
";
    let head = "version: 1\ntargets: { q: { sqs: { queue: q } } }\nrules:\n";
    format!("{head}{}{told}", far.collect::<String>())
}

#[test]
fn of_many_rules_those_are_told_that_match_then_the_nearest_then_how_many_more() {
    let yard = folder(&[("rules/many.yaml", &rules())]);
    let (out, _) = run(yard.path(), &["explain", "-"], EVENT, 0);
    let heads: Vec<&str> = out.lines().filter(|line| line.contains("rules/many.yaml")).collect();
    let named = |at: usize, name: &str| heads[at].starts_with(name);
    assert!(
        heads.len() == 3 && named(0, "taken ") && named(1, "nearer ") && named(2, "near-by-one ")
    );
    assert!(
        out.contains("edit  when: $.type == 'OrderPlaced' && $.data.paid && $.data.total >= 70\n"),
        "{out}"
    );
    assert!(out.contains("edit  event: set $['data']['total'] to 101\n"), "{out}");
    assert!(out.ends_with("12 other rules do not match; `--all` shows them\n"), "{out}");
}

#[test]
fn all_rules_are_told_on_request_in_the_order_of_the_files() {
    let yard = folder(&[("rules/many.yaml", &rules())]);
    let (out, _) = run(yard.path(), &["explain", "--all", "-"], EVENT, 0);
    assert_eq!(out.lines().filter(|line| line.contains("rules/many.yaml")).count(), 15);
    assert!(out.starts_with("far-1 does not match") && !out.contains("other rules"), "{out}");
}

#[test]
fn a_rule_by_name_is_told_with_its_edits_or_that_there_is_none() {
    let far = "version: 1
targets: { q: { sqs: { queue: q } } }
rules:
  - { name: none, pattern: { detail: { l: { a: [1], b: [2] } } }, to: q }
  - { name: negated, when: '!$.data.l', to: q }
";
    let yard = folder(&[("rules/far.yaml", far)]);
    let event = EVENT.replace("\"total\":70", r#""l":[{"a":1},{"b":2}]"#);
    let (out, _) = run(yard.path(), &["explain", "--rule", "none", "-"], &event, 0);
    assert!(out.contains("\n  no edit found\n"), "{out}");
    let (out, _) = run(yard.path(), &["explain", "--rule", "negated", "-"], &event, 0);
    assert!(out.contains("edit  when: $.data.l\n"), "{out}");
    assert!(out.contains("edit  event: remove $['data']['l']\n"), "{out}");
}

#[test]
fn programs_get_the_edits_of_each_rule() {
    let yard = folder(&[("rules/many.yaml", &rules())]);
    let (out, _) = run(yard.path(), &["explain", "--output", "json", "-"], EVENT, 0);
    let found = json(&out);
    assert_eq!(found["rules"].as_array().unwrap().len(), 15);
    assert_eq!(found["rules"][0]["edits"], json("[]"));
    let edits = r#"[
        {"edit":"when","from":"$.data.total > 100","to":"$.data.total >= 70","text":"$.data.total >= 70"},
        {"edit":"event","path":"$['data']['total']","value":"101"}]"#;
    assert_eq!(found["rules"][12]["edits"], json(edits), "{out}");
}
