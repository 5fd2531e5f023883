//! The bad inputs of reliability and security, each with the diagnostic a user reads, as text and as
//! JSON, and beside each the near neighbour that loads.
use crate::support::{accepted, refused, with_rule, with_target};
use eventyard_rules::{LoadOptions, SourceText, load};
use std::fmt::Write as _;

/// Compares the diagnostics of `bad` with the golden file `name`; `good` must load.
#[track_caller]
fn check(name: &str, bad: &str, good: &str) {
    accepted(good);
    golden(name, bad);
}

#[track_caller]
fn golden(name: &str, bad: &str) {
    let errors = refused(bad);
    let mut both = errors.render(false);
    for error in errors.iter() {
        let _ = write!(both, "\n{}", error.to_json());
    }
    insta::assert_snapshot!(name, both);
}

#[test]
fn n01_tab_in_indentation() {
    check("n01_tab", "version: 1\nbus:\n\tname: main\n", "version: 1\nbus:\n  name: main\n");
    check(
        "n01_indentation",
        "version: 1\nrules:\n  - name: a\n   to: b\n",
        "version: 1\nrules: []\n",
    );
}

#[test]
fn n02_duplicate_names() {
    let rule = "  - name: orders\n    when: $\n    to: payments\n";
    let twice = format!("{}{rule}{rule}", crate::support::HEAD);
    check("n02_rule", &twice, &twice.replacen("orders", "others", 1));
    check(
        "n02_field",
        &with_rule("when: $\nto: payments\nwhen: $.a"),
        &with_rule("when: $\nto: payments"),
    );
    let target = "version: 1\ntargets:\n  a: { sqs: { queue: a } }\n  b: { sqs: { queue: b } }\n";
    check("n02_target", &target.replace("b:", "a:"), target);
}

#[test]
fn n02_duplicate_names_in_two_files() {
    let rule = "  - name: orders\n    when: $\n    to: payments\n";
    let first = SourceText::new("a.yaml", format!("{}{rule}", crate::support::HEAD));
    let second = SourceText::new("b.yaml", format!("version: 1\nbus: {{}}\nrules:\n{rule}"));
    let bus = SourceText::new("c.yaml", "version: 1\nbus: {}\n");
    let errors = load(&[second, bus, first], &LoadOptions::default()).unwrap_err();
    insta::assert_snapshot!("n02_files", errors.render(false));
}

#[test]
fn n03_unknown_field() {
    check("n03_unknown_field", "version: 1\ntargts: {}\n", "version: 1\ntargets: {}\n");
    check(
        "n03_in_a_rule",
        &with_rule("when: $\nto: payments\nmax_rate: 1/s\nsend: mail"),
        &with_rule("when: $\nto: payments\nmax-rate: 1/s"),
    );
    check(
        "n03_in_a_target",
        &with_target("{ sqs: { queue: q, gruop: $.a } }"),
        &with_target("{ sqs: { queue: q.fifo, group: $.a } }"),
    );
    check(
        "n03_kind_of_target",
        &with_target("{ sqz: { queue: q } }"),
        &with_target("{ sqs: { queue: q } }"),
    );
}

#[test]
fn n04_billion_laughs() {
    let mut text = String::from("version: 1\nrules:\n  - &a0 [lol]\n");
    for level in 1..10 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(", ");
        let _ = writeln!(text, "  - &a{level} [{aliases}]");
    }
    golden("n04_billion_laughs", &text);
    accepted(
        "version: 1\ntargets:\n  t: { sqs: { queue: q } }\nrules:\n  - name: a\n    when: $\n    to: &to [t]\n  - name: b\n    when: $\n    to: *to\n",
    );
}

#[test]
fn n05_nesting() {
    golden("n05_flow", &format!("version: 1\nrules: {}", "[".repeat(10_000)));
    golden("n05_json", &format!("{{\"version\":1,\"rules\":{}", "{\"a\":".repeat(10_000)));
    let block: String =
        (0..10_000).map(|depth| format!("{}a:\n", " ".repeat(depth % 300))).collect();
    refused(&block);
    let deep = |depth: usize| {
        let value = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        with_rule(&format!("when: $\nto: payments\ntransform: {value}"))
    };
    // The file, its rules and the rule itself are three levels.
    accepted(&deep(61));
    golden("n05_one_too_deep", &deep(62));
}

#[test]
fn n06_version() {
    check("n06_unsupported", "version: 3\n", "version: 1\n");
    golden("n06_missing", "targets: {}\n");
    golden("n06_quoted", "version: \"1\"\n");
    golden("n06_empty_file", "# nothing yet\n");
}

#[test]
fn n07_upper_case_operator() {
    let bad = with_rule("pattern: {\"detail\":{\"n\":[{\"NUMERIC\":[\">\",1]}]}}\nto: payments");
    check("n07_upper_case_operator", &bad, &bad.replace("NUMERIC", "numeric"));
}

#[test]
fn n08_value_outside_a_list() {
    let bad = with_rule("pattern:\n  detail:\n    status: \"open\"\nto: payments");
    check("n08_value_outside_a_list", &bad, &bad.replace("\"open\"", "[\"open\"]"));
}

#[test]
fn n09_empty_list() {
    let bad = with_rule("pattern:\n  source: []\nto: payments");
    check("n09_empty_list", &bad, &bad.replace("[]", "[a]"));
}

#[test]
fn n10_cidr() {
    let bad = with_rule("pattern:\n  detail: { ip: [ { cidr: 10.0.0.0 } ] }\nto: payments");
    check("n10_cidr_without_slash", &bad, &bad.replace("10.0.0.0", "10.0.0.0/8"));
    golden("n10_cidr_no_address", &bad.replace("10.0.0.0", "xx.11.xx/8"));
}

#[test]
fn n11_consecutive_wildcards() {
    let bad = with_rule("pattern:\n  source: [ { wildcard: \"a**b\" } ]\nto: payments");
    check("n11_consecutive_wildcards", &bad, &bad.replace("**", "*"));
}

#[test]
fn n12_complex_wildcards() {
    let wildcards: Vec<String> =
        (0..60).map(|n| format!("{{ wildcard: \"*a*b*c*d*e*{n}\" }}")).collect();
    let text = |some: &[String]| {
        with_rule(&format!("pattern:\n  source: [ {} ]\nto: payments", some.join(", ")))
    };
    check("n12_complex_wildcards", &text(&wildcards), &text(&["{ wildcard: \"a*b\" }".into()]));
}

#[test]
fn n13_numeric() {
    let bad = with_rule("pattern:\n  detail: { n: [ { numeric: [\">\", \"5\"] } ] }\nto: payments");
    check("n13_numeric_text", &bad, &bad.replace("\"5\"", "5"));
    golden("n13_numeric_range", &bad.replace("[\">\", \"5\"]", "[\"<\", 1, \">\", 5]"));
}

#[test]
fn n14_empty_prefix() {
    let bad = with_rule("pattern:\n  source: [ { anything-but: { prefix: \"\" } } ]\nto: payments");
    check("n14_empty_prefix", &bad, &bad.replace("\"\"", "\"a\""));
}

#[test]
fn n15_unclosed_bracket() {
    check(
        "n15_unclosed_bracket",
        &with_rule("when: $.a[?(@.b == 1\nto: payments"),
        &with_rule("when: $.a[?(@.b == 1)]\nto: payments"),
    );
}

#[test]
fn n16_other_dialect() {
    check(
        "n16_other_dialect",
        &with_rule("when: |\n  $.a[?@.x =~ /y/]\nto: payments"),
        &with_rule("when: |\n  $.a[?match(@.x, 'y')]\nto: payments"),
    );
}

#[test]
fn n17_regular_expressions() {
    let with = |regex: &str| with_rule(&format!("when: |\n  match($.a, '{regex}')\nto: payments"));
    check("n17_look_ahead", &with("a(?=b)"), &with("a(b)"));
    check("n17_long", &with(&"a".repeat(5_000)), &with(&"a".repeat(900)));
    check("n17_size", &with("(a{1000}){1000}"), &with("(a{10}){10}"));
}

#[test]
fn n18_arn() {
    let good = with_target("{ sqs: { queue: \"arn:aws:sqs:eu-west-1:111122223333:q\" } }");
    check("n18_account", &good.replace("111122223333", "123"), &good);
    check("n18_service", &good.replace(":sqs:", ":lambda:"), &good);
}

#[test]
fn n19_http_targets() {
    let with = |url: &str| with_target(&format!("{{ http: {{ url: \"{url}\" }} }}"));
    let good = with("https://partner.example/hooks/<$.id>");
    for (name, url) in [
        ("link_local", "http://169.254.169.254/"),
        ("decimal", "https://2130706433/"),
        ("hexadecimal", "https://0x7f.1/"),
        ("v6_mapped", "https://[::ffff:10.0.0.1]/"),
        ("localhost", "https://localhost:8443/"),
        ("credentials", "https://user:pw@partner.example/"),
        ("host_from_event", "https://{$.host}/"),
        ("host_from_path", "https://<$.host>/"),
        ("scheme", "http://partner.example/"),
    ] {
        check(&format!("n19_{name}"), &with(url), &good);
    }
}

#[test]
fn n20_inline_secret_is_not_repeated() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let with = |secret: &str| {
        with_target(&format!("{{ http: {{ url: \"https://p.example/\", secret: \"{secret}\" }} }}"))
    };
    check("n20_inline_secret", &with(secret), &with("env:PARTNER_SECRET"));
    for bad in [secret, "hunter2", "arn:aws:sqs:eu-west-1:111122223333:hunter2", "ssm:hunter2"] {
        let errors = refused(&with(bad));
        assert!(!errors.render(true).contains(bad), "{}", errors.render(false));
        assert!(!errors.to_json().to_string().contains(bad));
    }
    let in_url = format!("https://p.example/hooks?key={}", "a1b2c3d4".repeat(5));
    let errors = refused(&with_target(&format!("{{ http: {{ url: \"{in_url}\" }} }}")));
    assert!(!errors.to_string().contains("a1b2c3d4"), "{errors}");
    let in_transform = with_rule(&format!("when: $\nto: payments\ntransform: {{ key: {secret} }}"));
    assert!(!refused(&in_transform).to_string().contains(secret));
}

#[test]
fn text_cut_at_a_number_sign_is_refused() {
    let with =
        |text: &str| with_rule(&format!("when: $\nto: payments\ntransform:\n  text: {text}"));
    check("cut_text", &with("Order #<$.subject> of <$.source>"), &with("\"Order #<$.subject>\""));
    accepted(&with("<$.subject>  # the order"));
}
