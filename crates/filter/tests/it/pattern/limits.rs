//! What a pattern may be at most, and what an event can make it cost.
use eventyard_filter::pattern::{Member, PatternNode, Spanned};
use eventyard_filter::{Pattern, View};
use serde_json::{Value, json};

use super::{document, pattern};

#[track_caller]
fn refused(pattern: &Value) -> String {
    let error = Pattern::parse_json(&pattern.to_string(), View::Raw).expect_err("refused");
    assert_eq!(error.code, "E0112");
    error.reason
}

#[test]
fn a_pattern_of_4096_characters_is_taken_and_one_more_is_not() {
    let of = |characters: usize| json!({"a": ["ä".repeat(characters - 10)]});
    assert_eq!(of(4_096).to_string().chars().count(), 4_096);
    pattern(&of(4_096).to_string());
    assert_eq!(refused(&of(4_097)), "pattern has 4097 characters, limit 4096");
}

#[test]
fn a_pattern_of_256_fields_is_taken_and_one_more_is_not() {
    let of = |fields: usize| {
        Value::Object((0..fields).map(|field| (field.to_string(), json!([1]))).collect())
    };
    pattern(&of(256).to_string());
    assert_eq!(refused(&of(257)), "pattern has more than 256 fields");
}

#[test]
fn a_thousand_combinations_are_taken_and_more_are_not() {
    let or = |level: usize, ways: usize| {
        let ways: Vec<Value> = (0..ways).map(|way| json!({format!("{level}{way}"): [1]})).collect();
        json!({ "$or": ways })
    };
    let of = |last: usize| json!({"a": or(0, 10), "b": or(1, 10), "c": or(2, last)});
    pattern(&of(10).to_string());
    assert_eq!(refused(&of(11)), "`$or` multiplies out to more than 1000 combinations");
}

#[test]
fn a_map_65_levels_deep_is_refused() {
    let of = |levels: usize| {
        let leaf = Spanned { node: PatternNode::List(vec![scalar("x")]), at: 0 };
        (0..levels).fold(leaf, |value, level| {
            let member = Member { name: "a".to_owned(), name_at: level, value };
            Spanned { node: PatternNode::Map(vec![member]), at: level }
        })
    };
    assert!(Pattern::compile(&of(64), View::Raw).is_ok());
    let error = Pattern::compile(&of(65), View::Raw).expect_err("refused");
    assert_eq!((error.code, error.reason.as_str()), ("E0112", "nesting deeper than 64"));
}

fn scalar(text: &str) -> Spanned {
    Spanned { node: PatternNode::String(text.to_owned()), at: 7 }
}

#[test]
fn a_refusal_hands_back_the_mark_of_the_node_that_it_is_about() {
    let wildcard = Member { name: "wildcard".to_owned(), name_at: 3, value: scalar("a**") };
    let test = Spanned { node: PatternNode::Map(vec![wildcard]), at: 2 };
    let list = Spanned { node: PatternNode::List(vec![test]), at: 1 };
    let field = Member { name: "a".to_owned(), name_at: 0, value: list };
    let node = Spanned { node: PatternNode::Map(vec![field]), at: 9 };
    let error = Pattern::compile(&node, View::Raw).expect_err("refused");
    assert_eq!((error.at, error.within), (7, Some(1)));
    assert_eq!(
        error.to_string(),
        "Event pattern is not valid. Reason: Consecutive wildcard characters at pos 2"
    );
}

#[test]
fn a_text_that_is_not_json_is_refused_at_its_byte() {
    let error = Pattern::parse_json(r#"{"a":[}"#, View::Raw).expect_err("refused");
    assert_eq!((error.code, error.within), ("E0113", Some(6)));
}

#[test]
fn a_name_twice_in_one_json_object_is_refused() {
    let error = Pattern::parse_json(r#"{"a":["x"],"a":["y"]}"#, View::Raw).expect_err("refused");
    assert_eq!((error.code, error.reason.as_str()), ("E0113", "an object has one name twice"));
}

/// Each of these took quadratic or exponential time without the memory of what has failed.
#[test]
fn large_arrays_do_not_multiply() {
    let one = pattern(r#"{"l":{"a":["1"],"b":["2"],"c":["3"]}}"#);
    let elements: Vec<Value> = (0..9_000)
        .map(|index| if index % 2 == 0 { json!({"a": "1"}) } else { json!({"b": "2", "c": "3"}) })
        .collect();
    let text = json!({"l": elements}).to_string();
    assert!(!one.matches(&document(&text)));

    let many = Value::Object((0..12).map(|l| (format!("l{l:02}"), json!({"a": ["1"]}))).collect());
    let mut wanted = many.clone();
    wanted["z"] = json!(["missing"]);
    let list = vec![json!({"a": "1"}); 300];
    let event = Value::Object((0..12).map(|l| (format!("l{l:02}"), json!(list))).collect());
    assert!(pattern(&many.to_string()).matches(&document(&event.to_string())));
    assert!(!pattern(&wanted.to_string()).matches(&document(&event.to_string())));
}

#[test]
fn one_path_in_many_spellings_ends() {
    let fields = Value::Object((0..6).map(|f| (format!("f{f}"), json!([1]))).collect());
    let wanted = json!({"a": {"b": {"c": fields}}, "z": [1]});
    let list: Vec<Value> = (0..40).map(|_| json!({"f0": 1, "f1": 1, "f2": 1, "f3": 1})).collect();
    let event = json!({
        "a.b.c": list, "a.b": {"c": list}, "a": {"b.c": list, "b": {"c": list}},
    });
    assert!(!pattern(&wanted.to_string()).matches(&document(&event.to_string())));
}
