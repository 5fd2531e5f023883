//! What an explanation says.
use eventyard_filter::{Clause, Explanation};

use super::{document, pattern};

#[track_caller]
fn explain(wanted: &str, event: &str) -> Explanation {
    pattern(wanted).explain(&document(event))
}

#[track_caller]
fn only(wanted: &str, event: &str) -> Clause {
    let mut clauses = explain(wanted, event).clauses;
    assert_eq!(clauses.len(), 1, "{clauses:?}");
    clauses.remove(0)
}

#[track_caller]
fn saw(wanted: &str, event: &str, path: &str, actual: &str) {
    let clause = only(wanted, event);
    assert_eq!((clause.path.as_deref(), clause.actual.as_str()), (Some(path), actual));
}

#[test]
fn a_clause_says_where_it_looked_what_it_saw_and_what_it_wanted() {
    let clause = only(r#"{"d":{"s":["on",{"prefix":"run"}]}}"#, r#"{"d":{"s":"off"}}"#);
    assert_eq!(clause.text, r#""s":["on",{"prefix":"run"}]"#);
    assert_eq!(clause.path.as_deref(), Some("$['d']['s']"));
    assert_eq!(clause.actual, r#""off""#);
    assert_eq!(clause.expected, r#""on" or starts with "run""#);
    assert!(!clause.holds && clause.decisive);
    assert_eq!(clause.span, 6..33);
}

#[test]
fn the_value_that_matched_is_named_with_its_place() {
    saw(
        r#"{"l":{"k":["2"]}}"#,
        r#"{"l":[{"k":"1"},{"k":["0","2"]}]}"#,
        "$['l'][1]['k'][1]",
        r#""2""#,
    );
    saw(r#"{"a.b":["x"]}"#, r#"{"a.b":"x"}"#, "$['a.b']", r#""x""#);
    saw(r#"{"a":["x"]}"#, r#"{"b":"x"}"#, "$['a']", "missing");
    saw(r#"{"a":["x"]}"#, r#"{"a":{}}"#, "$['a']", "an object, whose fields are not looked at");
    saw(r#"{"a":["x"]}"#, r#"{"a":[]}"#, "$['a']", "an empty array");
    saw(r#"{"a":["x"]}"#, r#"{"a":[1,2,3]}"#, "$['a']", "1, 2, … (3 values)");
}

#[test]
fn every_operator_says_what_it_wants() {
    for (test, expected) in [
        (r#"null"#, "null"),
        (r#"1.50"#, "1.50"),
        (r#"{"suffix":{"equals-ignore-case":"x"}}"#, r#"ends with "x" in any case"#),
        (r#"{"equals-ignore-case":"x"}"#, r#""x" in any case"#),
        (r#"{"wildcard":"x*"}"#, r#"like "x*""#),
        (r#"{"numeric":[">",1,"<=",5.0]}"#, "> 1 and <= 5.0"),
        (r#"{"cidr":"10.0.0.7/8"}"#, "an address in 10.0.0.7/8"),
        (r#"{"anything-but":["x","y"]}"#, r#"anything but "x" or "y""#),
        (r#"{"exists":true}"#, "any value"),
        (r#"{"exists":false}"#, "no value"),
    ] {
        assert_eq!(only(&format!(r#"{{"a":[{test}]}}"#), "{}").expected, expected);
    }
}

#[test]
fn only_a_clause_that_fails_alone_is_decisive() {
    let decisive = |event: &str| -> Vec<bool> {
        let explanation = explain(r#"{"a":["x"],"b":["y"]}"#, event);
        explanation.clauses.iter().map(|clause| clause.decisive).collect()
    };
    assert_eq!(decisive(r#"{"a":"x","b":"z"}"#), [false, true]);
    assert_eq!(decisive(r#"{"a":"z","b":"z"}"#), [false, false]);
    assert_eq!(decisive(r#"{"a":"x","b":"y"}"#), [false, false]);
}

#[test]
fn each_alternative_of_an_or_has_a_clause_before_its_fields() {
    let wanted = r#"{"$or":[{"a":["x"],"b":["y"]},{"c":["z"]}]}"#;
    let explanation = explain(wanted, r#"{"a":"x","b":"q"}"#);
    let told: Vec<(&str, &str, bool, bool)> = explanation
        .clauses
        .iter()
        .map(|c| (c.text.as_str(), c.actual.as_str(), c.holds, c.decisive))
        .collect();
    assert_eq!(
        told,
        [
            (r#"{"a":["x"],"b":["y"]}"#, "1 of 2 fields hold", false, true),
            (r#""a":["x"]"#, r#""x""#, true, false),
            (r#""b":["y"]"#, r#""q""#, false, true),
            (r#"{"c":["z"]}"#, "0 of 1 fields hold", false, true),
            (r#""c":["z"]"#, "missing", false, true),
        ]
    );
}

#[test]
fn fields_that_hold_in_different_elements_get_a_clause_of_their_own() {
    let wanted = r#"{"l":{"first":["Anna"],"last":["Jones"]}}"#;
    let event = r#"{"l":[{"first":"Anna","last":"Smith"},{"first":"Peter","last":"Jones"}]}"#;
    let explanation = explain(wanted, event);
    assert!(!explanation.matched);
    let last = explanation.clauses.last().expect("a clause");
    assert_eq!(explanation.clauses.iter().filter(|clause| clause.holds).count(), 2);
    assert_eq!(last.text, "l.first, l.last");
    assert_eq!(last.actual, "values in different elements of an array");
    assert!(!last.holds && last.decisive);
}

#[test]
fn absence_that_holds_only_beside_another_field_is_told_as_it_was_decided() {
    let explanation =
        explain(r#"{"l":{"k":["1"],"x":[{"exists":false}]}}"#, r#"{"l":[{"k":"1"},{"x":1}]}"#);
    assert!(explanation.matched);
    assert!(explanation.clauses.iter().all(|clause| clause.holds));
}

#[test]
fn a_long_value_is_cut() {
    let event = format!(r#"{{"a":"{}"}}"#, "ä".repeat(200));
    assert_eq!(only(r#"{"a":["x"]}"#, &event).actual.chars().count(), 81);
}
