//! Golden vectors of the path language: `vectors/path/*.json`, each a sentence with its cases.
use eventyard_event::{Limits, json, json::Value};
use eventyard_filter::Condition;

#[test]
fn numbers_compare_by_exact_value() {
    check(include_str!("../../vectors/path/numbers.json"));
}

#[test]
fn missing_is_nothing_and_not_null() {
    check(include_str!("../../vectors/path/nothing.json"));
}

#[test]
fn order_and_equality_are_those_of_the_standard() {
    check(include_str!("../../vectors/path/order.json"));
}

#[test]
fn functions_have_the_standards_results() {
    check(include_str!("../../vectors/path/functions.json"));
}

#[test]
fn regular_expressions_are_iregexps() {
    check(include_str!("../../vectors/path/regex.json"));
}

#[test]
fn filters_see_children_and_the_event() {
    check(include_str!("../../vectors/path/filters.json"));
}

#[test]
fn selectors_select_what_the_standard_says() {
    check(include_str!("../../vectors/path/selectors.json"));
}

#[test]
fn what_is_not_standard_is_refused_at_its_place() {
    let file = include_str!("../../vectors/path/refused.json");
    let mut failures = Vec::new();
    for vector in entries(file).as_array().unwrap() {
        let when = text(vector, "when");
        let span = vector.get("span").unwrap().as_array().unwrap();
        let bound =
            |n: usize| usize::try_from(span[n].as_number().unwrap().as_u64().unwrap()).unwrap();
        let wanted = (text(vector, "code"), bound(0)..bound(1));
        match Condition::parse(when) {
            Err(error) if (error.code, error.span.clone()) == wanted && error.help.is_some() => {}
            found => failures.push(format!("{}: {when}: {found:?}", text(vector, "about"))),
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Holds every case of a file, and that its explanation has the same verdict.
#[track_caller]
fn check(file: &str) {
    let mut failures = Vec::new();
    for vector in entries(file).as_array().unwrap() {
        let (about, when) = (text(vector, "about"), text(vector, "when"));
        let condition = Condition::parse(when).unwrap_or_else(|e| panic!("{about}: {when}: {e:?}"));
        for case in vector.get("cases").unwrap().as_array().unwrap() {
            let document = case.get("document").unwrap();
            let expect = case.get("expect").unwrap().as_bool().unwrap();
            if condition.matches(document) != expect {
                failures.push(format!("{about}: {when} on {document}: wanted {expect}"));
            }
            assert_eq!(condition.explain(document).matched, condition.matches(document), "{about}");
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Read by our own reader: it keeps numbers as they are written.
fn entries(file: &str) -> Value<'_> {
    json::parse(file.as_bytes(), &Limits::default()).unwrap().root
}

fn text<'v>(vector: &'v Value<'_>, name: &str) -> &'v str {
    vector.get(name).unwrap().as_str().unwrap()
}
