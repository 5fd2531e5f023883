//! Generated patterns and events: the answer is the naive one, and the explanation agrees with it.
use eventyard_filter::{Pattern, View};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Map, Value, json};

use super::{document, oracle};

/// Few names and values, so that fields meet; dots, so that one path has several spellings.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "a.b"]).prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("x"),
        json!("xy"),
        json!(""),
        json!(1),
        json!(2.0),
        json!(null),
    ])
}

fn map(values: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop::collection::vec((name(), values), 1..4)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
        .boxed()
}

fn event() -> BoxedStrategy<Value> {
    let value = scalar().prop_recursive(4, 40, 4, |inner| {
        let array = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array);
        prop_oneof![map(inner.boxed()), array]
    });
    map(value.boxed())
}

fn test() -> impl Strategy<Value = Value> {
    let operators = prop::sample::select(vec![
        json!({"exists": true}),
        json!({"exists": false}),
        json!({"prefix": "x"}),
        json!({"anything-but": "x"}),
        json!({"anything-but": [1, 2]}),
        json!({"anything-but": {"prefix": ["x", "y"]}}),
        json!({"numeric": [">", 1]}),
        json!({"numeric": ["<=", 1]}),
    ]);
    prop_oneof![scalar(), operators]
}

fn generated() -> BoxedStrategy<Value> {
    let field = prop::collection::vec(test(), 1..3).prop_map(Value::Array);
    let inner = field.prop_recursive(3, 24, 3, |inner| {
        let alternatives = prop::collection::vec(map(inner.clone().boxed()), 2..4);
        let or = alternatives.prop_map(|list| json!({ "$or": list }));
        prop_oneof![3 => map(inner.boxed()), 1 => or]
    });
    map(inner.boxed())
}

/// Lists of alike objects inside each other: where values of different elements must not combine.
fn elements() -> BoxedStrategy<Value> {
    let element = |values: BoxedStrategy<Value>| {
        let member = (prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned), values);
        let element = prop::collection::vec(member, 1..4);
        element.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
    };
    let scalar = prop::sample::select(vec![json!("x"), json!("y")]).boxed();
    let list = |element: BoxedStrategy<Value>| {
        prop::collection::vec(element, 1..4).prop_map(Value::Array).boxed()
    };
    let lists = list(element(scalar.clone()).boxed());
    let nested = list(lists.clone());
    let inner = element(prop_oneof![2 => scalar, 2 => lists, 1 => nested].boxed());
    element(list(inner.boxed())).boxed()
}

/// Patterns that ask for several fields of such objects.
fn several() -> BoxedStrategy<Value> {
    let test = prop::sample::select(vec![json!("x"), json!("y"), json!({"exists": false})]);
    let field = test.prop_map(|test| json!([test])).boxed();
    let pair = |values: BoxedStrategy<Value>| {
        (values.clone(), values).prop_map(|(a, b)| json!({"a": a, "b": b})).boxed()
    };
    let one = |values: BoxedStrategy<Value>| values.prop_map(|value| json!({ "a": value })).boxed();
    let inner = prop_oneof![pair(field.clone()), field.clone()].boxed();
    prop_oneof![one(pair(inner.clone())), one(one(pair(field))), pair(pair(inner))].boxed()
}

#[test]
fn the_generated_cases_match_often_and_fail_often() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut answers = [0, 0];
    for _ in 0..1_000 {
        let mut one = |strategy: BoxedStrategy<Value>| {
            strategy.new_tree(&mut runner).expect("a case").current()
        };
        let (pattern, event) = (one(several()), one(elements()));
        answers[usize::from(oracle::matches(&pattern, &event))] += 1;
    }
    assert!(answers.iter().all(|count| *count > 50), "{answers:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_answer_is_the_naive_one(pattern in generated(), event in event()) {
        // One path twice is refused; the naive reference has no opinion on it.
        let compiled = Pattern::parse_json(&pattern.to_string(), View::Raw);
        prop_assume!(compiled.is_ok());
        let compiled = compiled.expect("just checked");
        let text = event.to_string();
        prop_assert_eq!(compiled.matches(&document(&text)), oracle::matches(&pattern, &event));
    }

    #[test]
    fn the_answer_for_lists_of_objects_is_the_naive_one(
        pattern in several(),
        event in elements(),
    ) {
        let compiled = Pattern::parse_json(&pattern.to_string(), View::Raw).expect("a pattern");
        let text = event.to_string();
        let root = document(&text);
        let answer = oracle::matches(&pattern, &event);
        prop_assert_eq!(compiled.matches(&root), answer);
        prop_assert_eq!(compiled.explain(&root).matched, answer);
    }

    #[test]
    fn the_verdict_of_the_explanation_is_the_answer(pattern in generated(), event in event()) {
        let compiled = Pattern::parse_json(&pattern.to_string(), View::Raw);
        prop_assume!(compiled.is_ok());
        let compiled = compiled.expect("just checked");
        let text = event.to_string();
        let root = document(&text);
        let explanation = compiled.explain(&root);
        prop_assert_eq!(explanation.matched, compiled.matches(&root));
        prop_assert!(explanation.matched || explanation.clauses.iter().any(|clause| !clause.holds));
        for clause in &explanation.clauses {
            prop_assert!(!clause.decisive || (!clause.holds && !explanation.matched));
        }
    }

    #[test]
    fn what_may_not_match_does_not(pattern in generated(), event in event()) {
        let compiled = Pattern::parse_json(&pattern.to_string(), View::Raw);
        prop_assume!(compiled.is_ok());
        let compiled = compiled.expect("just checked");
        let text = event.to_string();
        let root = document(&text);
        if let Some(a) = root.get("a").filter(|_| root.get("a.b").is_none()) {
            prop_assert!(compiled.may_match(&[("a", a)]) || !compiled.matches(&root));
        }
    }

    #[test]
    fn the_text_of_a_pattern_is_the_same_pattern(pattern in generated()) {
        let compiled = Pattern::parse_json(&pattern.to_string(), View::Raw);
        prop_assume!(compiled.is_ok());
        let compiled = compiled.expect("just checked");
        prop_assert_eq!(compiled.text(), pattern.to_string());
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in "[\\[\\]{}:,\"*\\\\a-c$or<>=0-9 ]{0,60}") {
        let _ = Pattern::parse_json(&text, View::Event);
    }
}
