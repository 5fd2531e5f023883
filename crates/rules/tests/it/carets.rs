//! An error inside a filter has its caret at the very character, however YAML writes the text.
use crate::support::{accepted, refused, with_rule};

/// The one diagnostic of `text` begins at the `§` that stands in it (which is taken out first).
#[track_caller]
fn points_at(marked: &str) {
    let line = marked.lines().position(|line| line.contains('§')).unwrap();
    let column = marked.lines().nth(line).unwrap().chars().position(|c| c == '§').unwrap();
    let errors = refused(&marked.replace('§', ""));
    let error = errors.iter().next().unwrap();
    let found = (error.place.line as usize, error.place.column as usize);
    assert_eq!(found, (line + 1, column + 1), "{errors}");
}

#[test]
fn carets_are_exact_in_every_scalar_style() {
    for when in [
        "when: $.a == 1 && $.b §=~ 'x'",
        "when: '$.ä == ''it\\''s'' && $.b §=~ 1'",
        "when: \"$.a == '\\u00e4\\x41\\U0001F600\\uD834\\uDD1E'\\t&& $.b §=~ 1\"",
        "when: |\n  $.a == 1\n  && $.b §=~ 'x'",
        "when: |\n\n\n  $.a == 1\n\n    && $.b §=~ 'x'",
        "when: |2-\n    $.a == 1\n  && $.b §=~ 'x'",
        "when: >\n  $.a == 1\n  && $.ö == 2\n\n  && $.b §=~ 'x'",
        "when: >-\n  $.a == 1\n    && $.c\n\n    && $.d\n  && $.b §=~ 'x'",
        "when: $.a == 1\n  && $.c\n\n  && $.b §=~ 'x'",
        "when: '$.a == 1\n\n    && $.c\n  && $.b §=~ 1'",
        "when: \"$.a == 1 \\\n    && $.c\n  && $.b §=~ 1\"",
    ] {
        let text = with_rule(&format!("{when}\nto: payments"));
        points_at(&text);
        points_at(&text.replace('\n', "\r\n"));
        accepted(&text.replace("§=~", "=="));
    }
}

#[test]
fn carets_are_exact_in_one_long_line_of_json() {
    let rule = r#"{"name":"n#","when":"$.a == '\u00e4'\n","to":["t"]},"#;
    let rules: String = (0..500).map(|n| rule.replace('#', &n.to_string())).collect();
    let bad = r#"{"name":"bad","when":"$.a == '\u00e4' && $.b §=~ 1","to":"t"}"#;
    points_at(&format!(
        r#"{{"version":1,"targets":{{"t":{{"sqs":{{"queue":"q"}}}}}},"rules":[{rules}{bad}]}}"#
    ));
}

#[test]
fn text_that_yaml_cuts_short_names_the_block_style() {
    for when in [
        "when: $.a == ' §#x'",
        "when: §&x $.a",
        "when: §!$.a",
        "when: §@.a",
        "when: 'x' §== $.a",
        "when: §*a",
    ] {
        let text = with_rule(&format!("{when}\nto: payments"));
        points_at(&text);
        let errors = refused(&text.replace('§', "")).to_string();
        assert!(errors.contains("write it as a block"), "{errors}");
    }
    accepted(&with_rule("when: $.a == 'x'   # the comment of a whole text\nto: payments"));
    accepted(&with_rule("when: |\n  $.a == ' #x'\nto: payments"));
    accepted(&with_rule("when: |\n  !$.a\nto: payments"));
}
