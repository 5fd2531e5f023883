//! The matcher beside each filter on its own: random rule sets and events, no difference allowed.
//!
//! 40,000 pairs of a filter and an event by default; `EVENTYARD_EVALUATIONS=1000000` for the long run,
//! `EVENTYARD_SEED` for another one.
use crate::generator::{Generator, ROOT};
use crate::support::setting;
use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Filter, Matcher, Options, Pattern, View};
use serde_json::{Map, Value, json};

const OPTIONS: Options = Options { dynamic_regex: true };
const FILTERS: usize = 24;
const EVENTS: u64 = 20;

#[test]
fn the_matcher_gives_the_answer_of_each_filter_on_its_own() {
    let mut generator = Generator::new(setting("EVENTYARD_SEED", 4_242));
    let sets = setting("EVENTYARD_EVALUATIONS", 40_000).div_ceil(EVENTS * 24);
    let (mut pairs, mut held) = (0_u64, 0_u64);
    for _ in 0..sets {
        let filters: Vec<Filter> = (0..FILTERS).map(|_| filter(&mut generator)).collect();
        let matcher = Matcher::new(filters.iter().cloned()).expect("few filters");
        let mut cursor = matcher.cursor();
        for _ in 0..EVENTS {
            let text = event(&mut generator);
            let event = json::Checked::parse(text.as_bytes(), &Limits::default()).expect("JSON");
            let root = event.root();
            let each = filters.iter().enumerate().filter(|(_, filter)| filter.matches(&root));
            let expected: Vec<usize> = each.map(|(number, _)| number).collect();
            let got = cursor.matches(&event);
            let wrong = (0..FILTERS).find(|n| got.contains(n) != expected.contains(n));
            if let Some(wrong) = wrong {
                let filter = &filters[wrong];
                let when = filter.when.as_ref().map(Condition::text);
                let pattern = filter.pattern.as_ref().map(Pattern::text);
                panic!(
                    "when {when:?} pattern {pattern:?}\non {text}\nmatcher says {got:?}, each alone {expected:?}: filter {wrong}"
                );
            }
            pairs += 24;
            held += u64::try_from(expected.len()).unwrap();
        }
    }
    println!("{pairs} pairs of a filter and an event, {held} match, 0 differences");
    assert!(held * 20 > pairs && held * 4 < pairs * 3, "{held} of {pairs} match");
}

/// A `when`, a pattern, or both.
fn filter(generator: &mut Generator) -> Filter {
    let kind = generator.below(5);
    let when = (kind < 3).then(|| condition(generator));
    let pattern = (kind > 1).then(|| pattern(generator));
    Filter { when, pattern }
}

fn condition(generator: &mut Generator) -> Condition {
    loop {
        let text = match generator.below(3) {
            0 => generator.filter(3).replace(ROOT, "$"),
            1 => realistic(generator),
            _ => format!("{} && {}", realistic(generator), realistic(generator)),
        };
        match Condition::parse_with(&text, OPTIONS) {
            Ok(condition) => return condition,
            Err(error) => assert_eq!(error.code, "E0108", "{text}: {error}"),
        }
    }
}

/// A clause such as people write.
fn realistic(generator: &mut Generator) -> String {
    let path = generator.pick(&["$.a", "$.b", "$.c", "$.a.b", "$.b.a", "$.c[0]", "$['a.b']"]);
    let other = generator.pick(&["$.a", "$.b.a", "$.c"]);
    let number = generator.pick(&["0", "1", "2", "0.5", "9007199254740993", "-1", "1e0"]);
    let text = generator.pick(&["'a'", "'ab'", "''", "'b'"]);
    match generator.below(12) {
        0 | 1 => format!("{path} == {text}"),
        2 => format!("{path} == {number}"),
        3 => format!("{path} > {number}"),
        4 => format!("{number} >= {path}"),
        5 => format!("{path} < {other}"),
        6 => format!("({path} == {text} || {other} == {number})"),
        7 => format!("!({path} != {text})"),
        8 => {
            let inner = match generator.below(5) {
                0 => format!("@.a == {number} && @.b"),
                1 => format!("@.a == {text} || {number} < @.b"),
                2 => format!("!(@.a != {text})"),
                3 => format!("@.a.b == {text}"),
                _ => format!("@['a.b'] == {number} || @.c >= {text}"),
            };
            let path = generator.pick(&[path, "$"]);
            format!("{path}[?{inner}]")
        }
        9 => format!("match({path}, {})", generator.pick(&["'a.*'", "'ab?'", "'a|b'", "'.*b'"])),
        10 => format!("search({path}, {})", generator.pick(&["'a'", "'b'", "'ab'", "'a.'"])),
        _ => format!("length({path}) > 1"),
    }
}

fn pattern(generator: &mut Generator) -> Pattern {
    loop {
        let text = Value::Object(fields(generator, 2)).to_string();
        // One path twice is refused.
        if let Ok(pattern) = Pattern::parse_json(&text, View::Raw) {
            return pattern;
        }
    }
}

fn fields(generator: &mut Generator, depth: usize) -> Map<String, Value> {
    let mut fields = Map::new();
    for _ in 0..=generator.below(2) {
        let name = generator.pick(&["a", "b", "c", "a", "b", "a.b"]).to_owned();
        let value = match generator.below(5) {
            0 | 1 if depth > 0 => Value::Object(fields_or(generator, depth - 1)),
            _ => (0..=generator.below(2)).map(|_| test(generator)).collect(),
        };
        fields.insert(name, value);
    }
    fields
}

fn fields_or(generator: &mut Generator, depth: usize) -> Map<String, Value> {
    if generator.below(5) > 0 {
        return fields(generator, depth);
    }
    let all: Vec<Value> = (0..2).map(|_| Value::Object(fields(generator, depth))).collect();
    Map::from_iter([("$or".to_owned(), Value::Array(all))])
}

fn test(generator: &mut Generator) -> Value {
    let tests = [
        json!("a"),
        json!("ab"),
        json!(""),
        json!(1),
        json!(2.0),
        json!(9_007_199_254_740_993_u64),
        json!(null),
        json!(true),
        json!({"exists": true}),
        json!({"exists": false}),
        json!({"prefix": "a"}),
        json!({"suffix": "b"}),
        json!({"prefix": {"equals-ignore-case": "A"}}),
        json!({"equals-ignore-case": "AB"}),
        json!({"equals-ignore-case": "É"}),
        json!({"wildcard": "a*"}),
        json!({"wildcard": "*b"}),
        json!({"wildcard": "*"}),
        json!({"wildcard": "*b*"}),
        json!({"wildcard": "*a*b*"}),
        json!({"cidr": "10.0.0.0/8"}),
        json!({"cidr": "10.1.0.0/16"}),
        json!("10.1.2.3"),
        json!({"anything-but": ["a", "b"]}),
        json!({"anything-but": "a"}),
        json!("b"),
        json!({"anything-but": {"prefix": "a"}}),
        json!({"numeric": [">", 0]}),
        json!({"numeric": [">=", 1, "<", 2]}),
        json!({"numeric": ["=", 1]}),
    ];
    tests[generator.below(tests.len())].clone()
}

/// An event as it may be written: spaces, escapes, names out of order, now and then no object.
fn event(generator: &mut Generator) -> String {
    let mut members = Map::new();
    for _ in 0..4 {
        let name = generator.pick(&["a", "b", "c", "a.b", "x"]).to_owned();
        let address =
            generator.pick(&["10.1.2.3", "010.1.2.3", "10.9.9.9", "::ffff:a01:203", "bab"]);
        let value = match generator.below(6) {
            0 => json!(address),
            _ => generator.document(3),
        };
        members.insert(name, value);
    }
    let event = match generator.below(12) {
        0 => generator.document(3),
        1 => json!([Value::Object(members)]),
        _ => Value::Object(members),
    };
    let text = match generator.below(3) {
        0 => serde_json::to_string_pretty(&event).unwrap(),
        _ => event.to_string(),
    };
    match generator.below(4) {
        0 => text.replace("\"a\"", "\"\\u0061\"").replace("\"ab\"", "\"a\\u0062\""),
        1 => text.replacen("{\"", "{\"a\":\"lost\",\"", 1),
        _ => text,
    }
}

#[test]
fn a_name_that_holds_a_dot_is_several_names_to_a_pattern_and_one_to_a_condition() {
    let pattern = Pattern::parse_json(r#"{"a":{"b":["x"]}}"#, View::Raw).unwrap();
    let matcher = Matcher::new([
        Filter { when: None, pattern: Some(pattern) },
        Filter { when: Some(Condition::parse("$['a.b'] == 'x'").unwrap()), pattern: None },
        Filter { when: Some(Condition::parse("$.a.b == 'x'").unwrap()), pattern: None },
    ]);
    let matcher = matcher.unwrap();
    check(&matcher, r#"{"c":1,"a.b":"x"}"#, &[0, 1]);
    check(&matcher, r#"{"a":{"b":"x"},"c":{}}"#, &[0, 2]);
    check(&matcher, r#"{"a":[{"b":"y"},{"b":"x"}]}"#, &[0]);
    check(&matcher, r#"{"a":{"b":"y"}}"#, &[]);
}

#[test]
fn case_does_not_count_where_a_letter_has_a_cousin_outside_of_ascii() {
    let filter = |text: &str| {
        let pattern = json!({"a": [{"equals-ignore-case": text}]}).to_string();
        let pattern = Pattern::parse_json(&pattern, View::Raw).unwrap();
        Filter { when: None, pattern: Some(pattern) }
    };
    let matcher = Matcher::new(["SKI", "ÉTÉ"].map(filter)).unwrap();
    check(&matcher, r#"{"a":"ski"}"#, &[0]);
    check(&matcher, "{\"a\":\"\u{17f}\u{212a}\u{131}\"}", &[0]);
    check(&matcher, r#"{"a":"\u00e9T\u00c9"}"#, &[1]);
    check(&matcher, r#"{"a":"sk"}"#, &[]);
}

#[test]
fn clauses_that_read_alike_are_not_taken_for_one() {
    let filter = |pattern: &str, view| {
        let pattern = Pattern::parse_json(pattern, view).unwrap();
        Filter { when: None, pattern: Some(pattern) }
    };
    let matcher = Matcher::new([
        filter(r#"{"a":[{"anything-but":["x","y"]}]}"#, View::Raw),
        filter(r#"{"a":[{"anything-but":"x"},"y"]}"#, View::Raw),
    ]);
    check(&matcher.unwrap(), r#"{"a":"y"}"#, &[1]);
    // The same text means other places of the event: in both, one field is there and one is not.
    let text = r#"{"detail":{"a":["x"],"b":[{"exists":false}]}}"#;
    let matcher = Matcher::new([filter(text, View::Raw), filter(text, View::Event)]).unwrap();
    check(&matcher, r#"{"detail":{"a":"x"}}"#, &[0]);
    check(&matcher, r#"{"data":{"a":"x"}}"#, &[1]);
    let deep = format!(r#"{{"detail":{}["x"]{}}}"#, r#"{"a":"#.repeat(40), "}".repeat(40));
    let matcher = Matcher::new([filter(&deep, View::Raw), filter(&deep, View::Event)]).unwrap();
    check(&matcher, &deep, &[0]);
    check(&matcher, &deep.replace("detail", "data"), &[1]);
}

#[test]
fn bytes_that_nobody_read_are_validated_and_their_duplicates_settled() {
    let when = Condition::parse("$.a == 2").unwrap();
    let matcher = Matcher::new([Filter { when: Some(when), pattern: None }]).unwrap();
    let limits = Limits::default();
    assert_eq!(matcher.matches_unchecked(br#"{"a":1,"a":2}"#, &limits), Ok(vec![0]));
    assert_eq!(matcher.matches_unchecked(br#"{"a":2,"a":1}"#, &limits), Ok(vec![]));
    assert_eq!(matcher.matches_unchecked(br#"{"a":2"#, &limits).unwrap_err().offset, 6);
}

#[test]
fn a_matcher_without_filters_matches_nothing_and_one_without_clauses_everything() {
    check(&Matcher::new([]).unwrap(), "{}", &[]);
    check(&Matcher::new([Filter::default(), Filter::default()]).unwrap(), "[1]", &[0, 1]);
}

#[test]
fn threads_share_a_matcher() {
    let when = Condition::parse("$.a > 1").unwrap();
    let matcher = Matcher::new([Filter { when: Some(when), pattern: None }]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let matcher = matcher.clone();
            scope.spawn(move || (0..100).for_each(|_| check(&matcher, r#"{"a":2}"#, &[0])));
        }
    });
}

#[track_caller]
fn check(matcher: &Matcher, event: &str, expected: &[usize]) {
    let event = json::Checked::parse(event.as_bytes(), &Limits::default()).expect("JSON");
    assert_eq!(matcher.matches(&event), expected);
}
