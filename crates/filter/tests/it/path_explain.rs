//! Explanations of conditions: what each clause saw and wanted, and which alone decides.
use eventyard_event::{Limits, json, json::Value};
use eventyard_filter::{Condition, Explanation, Filter};
use std::fmt::Write as _;

const EVENT: &str = r#"{"id":"9","type":"VibrationRecorded","data":{"sensorId":"VB-42345","difference":3.5,
    "baseline":4.0,"unit":"m/s²","tags":["a","b"],"readings":[{"value":1},{"value":2}],"note":null}}"#;

#[test]
fn every_clause_says_what_it_saw_and_wanted() {
    let texts = [
        "$.type == 'VibrationRecorded' && $.data.difference > $.data.baseline",
        "4 < $.data.difference",
        "$.data.level == 1 || $.data.note == 1",
        "$.data.missing && !$.data.note && !$.nothing",
        "$.data.readings[?@.value > 2] && $.data.readings[*].value && $.data.nowhere[*].value",
        "match($.data.sensorId, 'VB-9.*') && !search($.type, 'Rec') && match($.data.level, 'x')",
        "length($.data.tags) == 3 && count($.data..value) >= 2 && value($.data.readings[0,1]) == 1",
        "1 == 2",
        "$.data != 1",
    ];
    let event = json::parse(EVENT.as_bytes(), &Limits::default()).unwrap().root;
    let rendered: String = texts.iter().map(|text| render(text, &event)).collect();
    insta::assert_snapshot!(rendered);
}

#[test]
fn a_clause_is_decisive_when_it_alone_keeps_the_event_out() {
    check("$.a && $.b", r#"{"a":1}"#, &[false, true]);
    check("$.a && $.b", "{}", &[false, false]);
    check("$.a || $.b", "{}", &[true, true]);
    check("$.a && ($.b || $.c)", r#"{"a":1}"#, &[false, true, true]);
    check("!($.a || $.b)", r#"{"a":1}"#, &[true, false]);
    check("!($.a && $.b)", r#"{"a":1,"b":1}"#, &[true, true]);
}

#[test]
fn no_clause_is_decisive_when_the_event_is_taken() {
    check("$.a && $.b", r#"{"a":1,"b":2}"#, &[false, false]);
    check("$.a || $.b", r#"{"a":1}"#, &[false, false]);
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "  $.größe == 1\n && !($.b || ! $.c)";
    let why = explain(text, "{}");
    let shown: Vec<&str> = why.clauses.iter().map(|clause| &text[clause.span.clone()]).collect();
    assert_eq!(shown, ["$.größe == 1", "$.b", "! $.c"]);
    assert!(why.clauses.iter().all(|clause| clause.text == text[clause.span.clone()]));
}

#[test]
fn a_filter_without_parts_takes_everything_and_has_no_clauses() {
    let event = Value::Null;
    assert!(Filter::default().matches(&event));
    assert_eq!(
        Filter::default().explain(&event),
        Explanation { matched: true, clauses: Vec::new() }
    );
}

#[test]
fn joined_explanations_match_only_together() {
    let (yes, no) = (explain("$.a", r#"{"a":1}"#), explain("$.b", "{}"));
    let both = yes.clone().and(no.clone());
    assert!(!both.matched);
    assert_eq!(both.clauses.iter().map(|c| c.decisive).collect::<Vec<_>>(), [false, true]);
    // With two parts that fail, no clause alone changes the verdict.
    assert!(no.clone().and(no).clauses.iter().all(|clause| !clause.decisive));
    assert!(yes.clone().and(yes).matched);
}

#[track_caller]
fn check(text: &str, event: &str, decisive: &[bool]) {
    let found: Vec<bool> = explain(text, event).clauses.iter().map(|c| c.decisive).collect();
    assert_eq!(found, decisive, "{text} on {event}");
}

fn explain(text: &str, event: &str) -> Explanation {
    let event = json::parse(event.as_bytes(), &Limits::default()).unwrap().root;
    Condition::parse(text).unwrap().explain(&event)
}

fn render(text: &str, event: &Value<'_>) -> String {
    let why = Condition::parse(text).unwrap().explain(event);
    let mut out = format!("{text}\n  matched: {}\n", why.matched);
    for c in why.clauses {
        let mark = if c.holds { "+" } else { "-" };
        let decisive = if c.decisive { " DECISIVE" } else { "" };
        let path = c.path.as_deref().unwrap_or("no path");
        let _ = writeln!(
            out,
            "  {mark} {}{decisive}\n      {path}: {} — wanted {}",
            c.text, c.actual, c.expected
        );
    }
    out + "\n"
}
