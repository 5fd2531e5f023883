//! What a refused text looks like: code, message, the place under the text, the way out.
use eventyard_filter::{Condition, FilterError, Query};
use std::fmt::Write as _;

#[test]
fn syntax_errors_point_at_the_place_and_name_the_section() {
    insta::assert_snapshot!(conditions(&[
        "$.a[?(@.b == 1",
        "$.items[0",
        "$.items[0]]",
        "($.a && $.b",
        "$.a && $.b)",
        "$.a &&",
        "&& $.a",
        "",
        "  ",
        "true",
        "'open'",
        "open",
        "$.a == open",
        "$.a == True",
        "$.a == undefined",
        "$.a $.b",
        "$.a == 1 == 2",
        "!$.a == 1",
        "!!$.a",
        "($.a) == 1",
        "$.",
        "$.a.",
        "$..",
        "$...a",
        "$. a",
        "$.1st",
        "$.content-type == 'x'",
        "$.a.['b']",
        "$[a]",
        "$['a'",
        "$['a' 'b']",
        "$[]",
        "$[@.x]",
        "$[1.5]",
        "$[-0]",
        "$[01]",
        "$[9007199254740992]",
        "$[ 'a' ] == 1",
        "$[0 ] == 1",
        "$.a\u{a0}== 1",
        "$.a == \u{201c}x\u{201d}",
        "$.a; $.b",
        "$.a == 'x",
        "$.a == 'it's'",
        "$.a == '\\d'",
        "$.a == '\\ud800'",
        "$.a == 'a\tb'",
        "$.a == 01",
        "$.a == +1",
        "$.a == 1.",
        "$.a == .5",
        "$.a == -x",
        "$.a == 1e",
        "$.a == 5kg",
        "length ($.a) == 1",
        "$.a, ?$.b",
        "$.a][0",
    ]));
}

#[test]
fn operators_of_other_dialects_are_refused_with_the_standard_way() {
    insta::assert_snapshot!(conditions(&[
        "$.a[?@.x =~ /y/]",
        "$.a in ['x', 'y']",
        "$.a nin ['x']",
        "$.tags contains 'x'",
        "$.a startsWith 'x'",
        "$.a == ['x']",
        "$.a = 1",
        "$.a === 1",
        "$.a <> 1",
        "$.a and $.b",
        "not $.a",
        "$.a & $.b",
        "$.a | $.b",
        "$.a + 1 > 2",
        "$.a - 1 > 2",
        "$.a / 2 > 1",
        "$.a.length() > 2",
        "$.items.size() > 2",
        "$[(@.length-1)]",
        "in($.a, $.list)",
        "size($.a) == 1",
        "lower($.a) == 'x'",
        "Length($.a) == 1",
        "frobnicate($.a)",
        "$.a~",
        "$.a^",
    ]));
}

#[test]
fn comparisons_with_several_nodes_suggest_the_filter() {
    insta::assert_snapshot!(conditions(&[
        "$.items[*].qty > 3",
        "$.items.*.qty > 3",
        "3 < $.items[*].qty",
        "$..qty == 5",
        "$..['qty'] == 5",
        "$..*.qty == @.limit",
        "$.items[*] == 'x'",
        "$.items[?@.qtys[*] > 3]",
        "$.items[?@.qtys[*] > @.limit]",
        "$.items[0:2].qty > 3",
        "$['a','b'] == 1",
        "$.items[?@.a].qty == 3",
        "length($.a) == $.b[*]",
    ]));
}

#[test]
fn functions_are_checked_for_their_types() {
    insta::assert_snapshot!(conditions(&[
        "length($.a)",
        "$.x && !count($.a)",
        "$.items[?value(@.a)]",
        "match($.a, 'x') == true",
        "true == search($.a, 'x')",
        "length($.a[*]) == 1",
        "length() == 1",
        "length($.a, $.b) == 1",
        "match($.a) ",
        "count(1) == 1",
        "count('x') == 1",
        "value(length($.a)) == 1",
        "length(match($.a, 'x')) == 1",
        "match($.a && $.b, 'x')",
        "match(!$.a, 'x')",
        "length(($.a)) == 1",
        "count($.a == 1) == 1",
    ]));
}

#[test]
fn regular_expressions_of_other_flavours_are_refused_by_name() {
    insta::assert_snapshot!(conditions(&[
        "match($.a, '(?=x)')",
        "match($.a, 'x(?!y)')",
        "match($.a, '(?<=x)y')",
        "match($.a, '(?:x)')",
        "match($.a, '(?i)x')",
        "match($.a, '(?P<n>x)')",
        "match($.a, '(a)\\\\1')",
        "match($.a, 'x\\\\d+')",
        "match($.a, '\\\\bx')",
        "match($.a, '\\\\$5')",
        "match($.a, '\\\\p{Greek}')",
        "match($.a, 'a+?')",
        "match($.a, 'a++')",
        "match($.a, 'a**')",
        "match($.a, '*a')",
        "match($.a, 'a{,2}')",
        "match($.a, 'a{3,1}')",
        "match($.a, 'a}')",
        "match($.a, '(a')",
        "match($.a, 'a)')",
        "match($.a, '[a')",
        "match($.a, '[]')",
        "match($.a, '[[:alpha:]]')",
        "match($.a, '[z-a]')",
        "match($.a, '[a-\\\\d]')",
        "match($.a, '\\u0028?:x)')",
        "$.items[?search(@.a, 'x') && search(@.b, '(?i)y')]",
    ]));
}

#[test]
fn what_is_over_a_limit_is_refused_by_the_limits_name() {
    let texts = [
        format!("$.a == '{}'", "x".repeat(4096)),
        format!("{}$.a{}", "(".repeat(33), ")".repeat(33)),
        format!("$.a{}", "[0]".repeat(65)),
        "length(value(value(value(value($.a))))) == 1".to_owned(),
        format!("match($.a, '{}')", "x".repeat(1001)),
        "match($.a, '(a{1000}){1000}')".to_owned(),
        "match($.a, 'a{99999999999}')".to_owned(),
        format!("match($.a, '{}a{}')", "(".repeat(33), ")".repeat(33)),
        "match($.a, $.pattern)".to_owned(),
        "$.items[?search(@.sku, @.pattern)]".to_owned(),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    insta::assert_snapshot!(conditions(&texts));
}

#[test]
fn a_query_begins_with_the_root_and_ends_with_its_last_segment() {
    let rendered: String = ["", "a.b", "@.a", " $.a", "$.a ", "$.a == 1", "$.a && $.b", "$a"]
        .into_iter()
        .map(|text| render(text, &Query::parse(text).expect_err(text)))
        .collect();
    insta::assert_snapshot!(rendered);
}

#[track_caller]
fn conditions(texts: &[&str]) -> String {
    texts.iter().map(|text| render(text, &Condition::parse(text).expect_err(text))).collect()
}

/// The text with a caret line below, as a diagnostic shows it. Long texts are cut.
fn render(text: &str, error: &FilterError) -> String {
    let shown: String = text.chars().take(80).map(|c| if c == '\t' { '␉' } else { c }).collect();
    let before = text[..error.span.start].chars().count().min(80);
    let under = text[error.span.clone()].chars().count().clamp(1, 80);
    let mut out = String::new();
    let _ = writeln!(out, "{shown}");
    let _ = writeln!(
        out,
        "{}{} {}: {}",
        " ".repeat(before),
        "^".repeat(under),
        error.code,
        error.message
    );
    let _ = writeln!(out, "  help: {}\n", error.help.as_deref().unwrap_or("none"));
    out
}
