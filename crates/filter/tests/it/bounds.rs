//! Texts and documents made to be slow: these tests end because nothing is exponential.
use crate::support::own;
use eventyard_event::json::Value;
use eventyard_filter::{Condition, Query};
use serde_json::json;

/// `{"a":{"a":…}}`, `depth` levels deep.
fn chain(depth: usize) -> Value<'static> {
    own(&(0..depth).fold(json!(1), |inner, _| json!({ "a": inner })))
}

fn holds(text: &str, document: &Value<'_>) -> bool {
    Condition::parse(text).unwrap().matches(document)
}

#[test]
fn many_descendant_steps_exist_and_count_in_linear_time() {
    let chain = chain(60);
    let many = "..a".repeat(20);
    assert!(holds(&format!("${many}"), &chain));
    assert!(!holds(&format!("${many}.b"), &chain));
    // As many nodes as there are ways to choose 20 of 60 levels.
    assert!(holds(&format!("count(${many}) == 4191844505805495"), &chain));
    assert!(!holds(&format!("count(${}) == 0", "..*".repeat(30)), &chain));
}

#[test]
fn counts_saturate_instead_of_overflowing() {
    let twice = "['a','a']".repeat(64);
    assert!(holds(&format!("count(${twice}) == 18446744073709551615"), &chain(64)));
}

#[test]
fn unions_that_lead_nowhere_are_tried_once() {
    let query = format!("${}['b']", "['a','a']".repeat(60));
    let query = Query::parse(&query).unwrap();
    let chain = chain(62);
    assert!(query.select(&chain).is_empty());
    assert!(!query.exists(&chain));
}

#[test]
fn a_selection_ends_at_ten_thousand_nodes() {
    let query = Query::parse(&format!("${}", "['a','a']".repeat(60))).unwrap();
    let chain = chain(60);
    assert_eq!(query.select(&chain).len(), 10_000);
    assert!(query.first(&chain).is_some());
    let wide = own(&json!((0..10_001).collect::<Vec<_>>()));
    assert_eq!(Query::parse("$[*]").unwrap().select(&wide).len(), 10_000);
    assert!(holds("count($[*]) == 10001", &wide));
}

#[test]
fn filters_of_the_event_inside_filters_are_evaluated_once() {
    let wide = own(&json!({ "a": (0..400).map(|i| json!({ "id": i })).collect::<Vec<_>>() }));
    let nested = (0..15).fold("@.none".to_owned(), |inner, _| format!("$.a[?{inner}]"));
    assert!(!holds(&format!("$.a[?{nested}]"), &wide));
    let counted = "$.a[?count($.a[?count($.a[?count($.a[?@.id]) == 9]) == 9]) == 9]";
    assert!(!holds(counted, &wide));
}

#[test]
fn filters_of_descendants_inside_filters_see_each_node_once() {
    let nested = (0..15).fold("@.none".to_owned(), |inner, _| format!("@..[?{inner}]"));
    assert!(!holds(&nested, &chain(60)));
}

#[test]
fn nested_calls_parse_quickly_up_to_the_limit() {
    let call = |inner: String| format!("count($[?{inner}]) == 1");
    let within = (0..4).fold("@.a".to_owned(), |inner, _| call(inner));
    assert!(Condition::parse(&within).is_ok());
    assert_eq!(Condition::parse(&call(within)).unwrap_err().code, "E0108");
}

#[test]
fn the_longest_texts_are_parsed() {
    let terms = vec!["$.a == 1"; 340].join(" || ");
    assert!(terms.len() < 4096 && holds(&terms, &own(&json!({ "a": 1 }))));
    assert!(holds(&format!("{}$.a{}", "(".repeat(32), ")".repeat(32)), &chain(1)));
    let filters = (0..31).fold("@".to_owned(), |inner, _| format!("@[?{inner}]"));
    assert!(holds(&filters, &chain(40)));
}
