//! The compliance suite of RFC 9535: all 703 cases through the compiled path, as queries and as `when`.
use crate::support::{self, own};
use eventyard_event::Limits;
use eventyard_filter::{Condition, Filter, Matcher, Options, Query};
use serde_json::Value;

const CASES: usize = 703;
const INVALID: usize = 247;

/// Names of cases that are known to fail, with the reason. An unexpected pass fails too.
const XFAIL: [(&str, &str); 0] = [];

const OPTIONS: Options = Options { dynamic_regex: true };

#[test]
fn queries_select_what_the_suite_says_in_its_order_with_its_paths() {
    run(|case| {
        let query = Query::parse_with(selector(case), OPTIONS).map_err(|e| e.to_string())?;
        let document = own(&case["document"]);
        let located = query.located(&document);
        let values: Vec<_> = located.iter().map(|(_, value)| (*value).clone()).collect();
        let values = eventyard_event::json::Value::Array(values);
        let paths = Value::from(located.into_iter().map(|(path, _)| path).collect::<Vec<_>>());
        let mut wanted = alternatives(case, "result", "results").into_iter();
        let mut wanted_paths = alternatives(case, "result_paths", "results_paths").into_iter();
        let values_agree = wanted.any(|wanted| own(wanted) == values);
        let paths_agree = wanted_paths.any(|wanted| *wanted == paths);
        if values_agree && paths_agree {
            Ok(())
        } else {
            Err(format!("selected {values} at {paths}"))
        }
    });
}

#[test]
fn a_query_as_condition_holds_when_the_suite_selects_a_node() {
    run(|case| {
        let when = Condition::parse_with(selector(case), OPTIONS).map_err(|e| e.to_string())?;
        let document = own(&case["document"]);
        let selects = alternatives(case, "result", "results")
            .first()
            .and_then(|result| result.as_array())
            .is_some_and(|nodes| !nodes.is_empty());
        let holds = when.matches(&document);
        if holds != when.explain(&document).matched {
            return Err("the explanation has another verdict".to_owned());
        }
        let filter = Filter { when: Some(when), pattern: None };
        let matcher = Matcher::new([filter]).map_err(|e| e.to_string())?;
        let text = document.to_string();
        let matched = matcher.matches_unchecked(text.as_bytes(), &Limits::default());
        if matched.map_err(|e| e.to_string())?.is_empty() == holds {
            return Err("the matcher has another answer".to_owned());
        }
        if holds == selects { Ok(()) } else { Err(format!("holds: {holds}")) }
    });
}

#[test]
fn invalid_selectors_are_refused_as_queries_and_as_conditions() {
    let suite = support::compliance_suite();
    let invalid = |case: &&Value| case["invalid_selector"] == true;
    let mut failures = Vec::new();
    for case in suite.iter().filter(invalid) {
        let text = selector(case);
        if Query::parse_with(text, OPTIONS).is_ok() {
            failures.push(format!("query {text:?}"));
        }
        // Around a condition blanks are allowed; around a query they are what makes these invalid.
        let is_only_blank = text.trim() != text && Query::parse(text.trim()).is_ok();
        if Condition::parse_with(text, OPTIONS).is_ok() && !is_only_blank {
            failures.push(format!("condition {text:?}"));
        }
    }
    assert_eq!(suite.iter().filter(invalid).count(), INVALID);
    assert!(failures.is_empty(), "accepted: {failures:#?}");
}

/// Runs a check on every valid case, honouring the list of known failures in both directions.
#[track_caller]
fn run(check: impl Fn(&Value) -> Result<(), String>) {
    let suite = support::compliance_suite();
    assert_eq!(suite.len(), CASES);
    let mut failures = Vec::new();
    for case in suite.iter().filter(|case| case["invalid_selector"] != true) {
        let name = case["name"].as_str().unwrap_or_default();
        let is_known = XFAIL.iter().any(|(known, _)| *known == name);
        match (check(case), is_known) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => failures.push(format!("{name}: passes unexpectedly")),
            (Err(why), false) => failures.push(format!("{name}: {:?}: {why}", selector(case))),
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

fn selector(case: &Value) -> &str {
    case["selector"].as_str().unwrap_or_default()
}

/// The answers a case allows: `one`, or each of `many`.
fn alternatives<'c>(case: &'c Value, one: &str, many: &str) -> Vec<&'c Value> {
    match (case.get(one), case.get(many).and_then(Value::as_array)) {
        (Some(result), _) => vec![result],
        (None, Some(results)) => results.iter().collect(),
        (None, None) => Vec::new(),
    }
}
