//! Near misses: which clause alone keeps an event out, and edits that were tried before they are told.
use crate::generator::{Generator, ROOT};
use crate::support::{own, setting};
use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Edit, Filter, NearMiss, Options, Part, Pattern, View};
use serde_json::{Map, Value, json};

const OPTIONS: Options = Options { dynamic_regex: true };

#[test]
fn the_verdict_is_the_answer_and_every_proposed_edit_turns_it() {
    let mut generator = Generator::new(setting("EVENTYARD_SEED", 4_242));
    let (mut near, mut of_filter, mut of_event) = (0, 0, 0);
    for _ in 0..setting("EVENTYARD_EVALUATIONS", 10_000) {
        let (filter, document) = (filter(&mut generator), object(&mut generator));
        let root = own(&document);
        let why = filter.explain(&root);
        assert_eq!(why.matched, filter.matches(&root), "{filter:?} on {document}");
        let decisive = why.clauses.iter().filter(|clause| clause.decisive).count();
        let miss = filter.near_miss(&root);
        assert_eq!(miss.is_some(), decisive == 1, "{filter:?} on {document}");
        let Some(miss) = miss else { continue };
        near += 1;
        for edit in &miss.edits {
            let turned = match edit {
                Edit::Clause { part, text, .. } => edited(&filter, *part, text).matches(&root),
                Edit::Event { path, value } => {
                    filter.matches(&own(&changed(&document, path, value.as_deref())))
                }
            };
            assert!(turned, "{edit:?}\n of {filter:?} on {document}");
            let count =
                if matches!(edit, Edit::Clause { .. }) { &mut of_filter } else { &mut of_event };
            *count += 1;
        }
    }
    println!("{near} near misses, {of_filter} edits of the filter, {of_event} of the event");
    assert!(near > 500 && of_filter > 400 && of_event > 200, "{near} {of_filter} {of_event}");
}

#[test]
fn each_operator_of_a_condition_is_edited_to_take_the_value_that_was_seen() {
    let all = [
        ("$.a == 'x'", r#"{"a":"it's"}"#, r"$.a == 'it\'s'", r#"$['a'] = "x""#),
        ("$.a == 1", "{}", "($.a == 1 || !$.a)", "$['a'] = 1"),
        ("$.a == 1", r#"{"a":[1]}"#, "-", "$['a'] = 1"),
        ("$.a != 'x'", r#"{"a":"x"}"#, "$.a == 'x'", "remove $['a']"),
        ("$.a != true", r#"{"a":true}"#, "$.a == true", "$['a'] = false"),
        ("$.a > 100", r#"{"a":70}"#, "$.a >= 70", "$['a'] = 101"),
        ("$.a >= 100", r#"{"a":70.5}"#, "$.a >= 70.5", "$['a'] = 100"),
        ("$.a < 1.5", r#"{"a":2}"#, "$.a <= 2", "$['a'] = 1"),
        ("$.a <= -1", r#"{"a":0}"#, "$.a <= 0", "$['a'] = -1"),
        ("$.a > 'b'", r#"{"a":"a"}"#, "$.a >= 'a'", r#"$['a'] = "ba""#),
        ("$.a > 1", r#"{"a":"x"}"#, "$.a == 'x'", "$['a'] = 2"),
        ("100 < $.a", r#"{"a":70}"#, "70 <= $.a", "$['a'] = 101"),
        ("$.a > $.b", r#"{"a":1,"b":1}"#, "$.a >= $.b", "$['a'] = 2"),
        ("$.a > $.b", r#"{"a":1,"b":2}"#, "$.a <= $.b", "$['a'] = 3"),
        ("$.a == $.b", r#"{"a":1}"#, "$.a != $.b", "remove $['a']"),
        ("length($.a) == 3", r#"{"a":"xy"}"#, "length($.a) == 2", "-"),
        ("count($.a[?@ == '<']) >= 2", r#"{"a":["<"]}"#, "count($.a[?@ == '<']) >= 1", "-"),
        ("!($.a < 5)", r#"{"a":3}"#, "$.a < 3", "$['a'] = 5"),
        ("!($.a == 1 || $.b)", r#"{"a":1}"#, "$.a != 1", "remove $['a']"),
    ];
    all.iter()
        .for_each(|(when, event, filter, change)| check(&when_only(when), event, filter, change));
}

#[test]
fn existence_is_left_out_or_negated_and_a_text_test_gets_an_exception() {
    let all = [
        ("$.a", r#"{"b":1}"#, "!$.a", "$['a'] = true"),
        ("!$.a", r#"{"a":1}"#, "$.a", "remove $['a']"),
        ("$.b && $.a.c['d'][0]", r#"{"b":1}"#, "", r#"$['a'] = {"c":{"d":[true]}}"#),
        ("$.a[?@.n > 2] && $.b", r#"{"a":[{"n":1}],"b":1}"#, "", "-"),
        (
            "match($.a, 'VB-.*|x')",
            r#"{"a":"y"}"#,
            "(match($.a, 'VB-.*|x') || $.a == 'y')",
            r#"$['a'] = "VB-""#,
        ),
        ("search($.a, 'x')", "{}", "(search($.a, 'x') || !$.a)", r#"$['a'] = "x""#),
        (
            "!match($.a, 'x.*')",
            r#"{"a":"xy"}"#,
            "(!match($.a, 'x.*') || $.a == 'xy')",
            "remove $['a']",
        ),
        (
            "!(search($.a, 'x'))",
            r#"{"a":"x"}"#,
            "(search($.a, 'x') && $.a != 'x')",
            "remove $['a']",
        ),
        ("match($.a, '[a-c]{7}')", r#"{"a":[]}"#, "-", "-"),
    ];
    all.iter()
        .for_each(|(when, event, filter, change)| check(&when_only(when), event, filter, change));
    let miss = near(&when_only("$.b\n && $.a && $.c"), r#"{"b":1,"c":1}"#).unwrap();
    assert!(matches!(&miss.edits[0], Edit::Clause { text, .. } if text == "$.b && $.c"));
}

#[test]
fn each_operator_of_a_pattern_gets_the_value_that_was_seen_as_one_more_alternative() {
    let all = [
        (r#"["x"]"#, r#"{"a":"y"}"#, r#""a":["x","y"]"#, r#"$['a'] = "x""#),
        (r#"["x"]"#, "{}", r#""a":["x",{"exists":false}]"#, r#"$['a'] = "x""#),
        (r#"["x"]"#, r#"{"a":{"b":1}}"#, r#""a":["x",{"exists":false}]"#, r#"$['a'] = "x""#),
        ("[1,null]", r#"{"a":true}"#, r#""a":[1,null,true]"#, "$['a'] = 1"),
        (r#"["10.0.0.1"]"#, r#"{"a":"x"}"#, r#""a":["10.0.0.1","x"]"#, r#"$['a'] = "10.0.0.1""#),
        (r#"[{"prefix":"x"}]"#, r#"{"a":"y"}"#, r#""a":[{"prefix":"x"},"y"]"#, r#"$['a'] = "x""#),
        (r#"[{"suffix":"x"}]"#, r#"{"a":"y"}"#, r#""a":[{"suffix":"x"},"y"]"#, r#"$['a'] = "x""#),
        (
            r#"[{"equals-ignore-case":"X"}]"#,
            r#"{"a":1}"#,
            r#""a":[{"equals-ignore-case":"X"},1]"#,
            r#"$['a'] = "X""#,
        ),
        (
            r#"[{"wildcard":"x*\\*"}]"#,
            r#"{"a":1}"#,
            r#""a":[{"wildcard":"x*\\*"},1]"#,
            r#"$['a'] = "x*""#,
        ),
        (
            r#"[{"numeric":[">",1,"<",3]}]"#,
            r#"{"a":0}"#,
            r#""a":[{"numeric":[">",1,"<",3]},0]"#,
            "$['a'] = 2",
        ),
        (
            r#"[{"cidr":"10.0.0.0/8"}]"#,
            r#"{"a":"x"}"#,
            r#""a":[{"cidr":"10.0.0.0/8"},"x"]"#,
            r#"$['a'] = "10.0.0.0""#,
        ),
        (
            r#"[{"anything-but":"x"}]"#,
            r#"{"a":"x"}"#,
            r#""a":[{"anything-but":"x"},"x"]"#,
            r#"$['a'] = "other""#,
        ),
        (
            r#"[{"exists":true}]"#,
            r#"{"a":[]}"#,
            r#""a":[{"exists":true},{"exists":false}]"#,
            "$['a'] = true",
        ),
        (r#"[{"exists":false}]"#, r#"{"a":[1,2]}"#, r#""a":[{"exists":false},1]"#, "remove $['a']"),
        (r#"["x"]"#, r#"{"a":["y","z"]}"#, r#""a":["x","y"]"#, r#"$['a'][0] = "x""#),
    ];
    for (field, event, filter, change) in all {
        check(&pattern_only(&format!(r#"{{"a":{field}}}"#), View::Raw), event, filter, change);
    }
}

#[test]
fn a_pattern_is_edited_as_it_was_read() {
    let pattern =
        pattern_only(r#"{"source":["s"],"detail":{"a":{"b":[{"prefix":"x"}]}}}"#, View::Event);
    let miss = near(&pattern, r#"{"source":"s","data":{}}"#).unwrap();
    let text = r#"{"source":["s"],"detail":{"a":{"b":[{"prefix":"x"},{"exists":false}]}}}"#;
    assert!(
        matches!(&miss.edits[0], Edit::Clause { text: edited, .. } if edited == text),
        "{miss:?}"
    );
    assert_eq!(told(&miss.edits[1]), r#"$['data']['a'] = {"b":"x"}"#);
}

#[test]
fn an_edit_must_satisfy_both_parts() {
    let mut filter = when_only("$.a == 'x'");
    filter.pattern = Some(Pattern::parse_json(r#"{"a":["y"]}"#, View::Raw).unwrap());
    // To set `a` to "x" would please the condition alone.
    check(&filter, r#"{"a":"y"}"#, "$.a == 'y'", "-");
}

#[test]
fn values_of_different_elements_are_a_near_miss_without_edit() {
    let pattern = pattern_only(r#"{"l":{"a":["x"],"b":["y"]}}"#, View::Raw);
    check(&pattern, r#"{"l":[{"a":"x"},{"b":"y"}]}"#, "-", "-");
}

#[test]
fn what_is_taken_or_fails_by_more_than_one_clause_or_by_any_of_several_is_no_near_miss() {
    for (when, event) in [
        ("$.a && $.b", "{}"),
        ("$.a || $.b", "{}"),
        ("$.a", r#"{"a":1}"#),
        ("!($.a && $.b)", r#"{"a":1,"b":1}"#),
    ] {
        assert_eq!(near(&when_only(when), event), None, "{when} on {event}");
    }
    let both = pattern_only(r#"{"a":["x"],"b":["y"]}"#, View::Raw);
    assert_eq!(near(&both, "{}"), None);
    assert_eq!(near(&both, r#"{"a":"x","b":"y"}"#), None);
    assert_eq!(near(&Filter::default(), "{}"), None);
    let parts = Filter { when: when_only("$.c").when, ..both };
    assert_eq!(near(&parts, r#"{"a":"x"}"#), None, "one clause of each part fails");
}

/// Demands these edits; `-` where there is none.
#[track_caller]
fn check(filter: &Filter, event: &str, of_filter: &str, of_event: &str) {
    let miss =
        near(filter, event).unwrap_or_else(|| panic!("{filter:?} is no near miss of {event}"));
    let mut found = [String::from("-"), String::from("-")];
    for edit in &miss.edits {
        found[usize::from(matches!(edit, Edit::Event { .. }))] = told(edit);
    }
    assert_eq!(found, [of_filter, of_event], "{} on {event}", miss.clause.text);
    assert!(miss.clause.decisive);
}

fn told(edit: &Edit) -> String {
    match edit {
        Edit::Clause { to, .. } => to.clone(),
        Edit::Event { path, value: Some(value) } => format!("{path} = {value}"),
        Edit::Event { path, value: None } => format!("remove {path}"),
    }
}

fn near(filter: &Filter, event: &str) -> Option<NearMiss> {
    filter.near_miss(&json::parse(event.as_bytes(), &Limits::default()).unwrap().root)
}

fn when_only(text: &str) -> Filter {
    Filter { when: Some(Condition::parse(text).unwrap()), pattern: None }
}

fn pattern_only(text: &str, view: View) -> Filter {
    Filter { when: None, pattern: Some(Pattern::parse_json(text, view).unwrap()) }
}

fn edited(filter: &Filter, part: Part, text: &str) -> Filter {
    let mut filter = filter.clone();
    match part {
        Part::When => filter.when = Some(Condition::parse_with(text, OPTIONS).unwrap()),
        Part::Pattern => filter.pattern = Some(Pattern::parse_json(text, View::Raw).unwrap()),
    }
    filter
}

/// The edit of an event, applied by other means than the filter's own.
fn changed(document: &Value, path: &str, value: Option<&str>) -> Value {
    let mut document = document.clone();
    let mut pointer = String::new();
    let mut rest = path.strip_prefix('$').unwrap();
    while !rest.is_empty() {
        let (step, tail) = step(rest);
        pointer += &format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        rest = tail;
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    let value = value.map(|value| serde_json::from_str::<Value>(value).unwrap());
    match (document.pointer_mut(parent).unwrap(), value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name, value)),
        (Value::Object(members), None) => drop(members.remove(&name).unwrap()),
        (Value::Array(elements), Some(value)) => elements[name.parse::<usize>().unwrap()] = value,
        (other, _) => panic!("{path} leads into {other}"),
    }
    document
}

/// The first step of a normalized path, and the rest.
fn step(path: &str) -> (String, &str) {
    let Some(quoted) = path.strip_prefix("['") else {
        let (index, rest) = path[1..].split_once(']').unwrap();
        return (index.to_owned(), rest);
    };
    let mut name = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => return (name, quoted[at..].strip_prefix("']").unwrap()),
            '\\' => name.push(characters.next().unwrap().1),
            other => name.push(other),
        }
    }
    panic!("{path} does not end")
}

/// A random filter: a condition, a pattern, or both.
fn filter(generator: &mut Generator) -> Filter {
    let kind = generator.below(5);
    let when = (kind < 3).then(|| condition(generator));
    let pattern = (kind >= 2).then(|| pattern(generator));
    Filter { when, pattern }
}

fn condition(generator: &mut Generator) -> Condition {
    loop {
        let text = generator.filter(2).replace(ROOT, "$");
        if let Ok(condition) = Condition::parse_with(&text, OPTIONS) {
            return condition;
        }
    }
}

fn pattern(generator: &mut Generator) -> Pattern {
    loop {
        let text = map(generator, 2).to_string();
        if let Ok(pattern) = Pattern::parse_json(&text, View::Raw) {
            return pattern;
        }
    }
}

fn map(generator: &mut Generator, depth: usize) -> Value {
    let mut members = Map::new();
    for _ in 0..=generator.below(2) {
        let name = generator.pick(&["a", "b", "c", "a.b", "'"]).to_owned();
        let value = match generator.below(if depth == 0 { 3 } else { 5 }) {
            0..=2 => Value::Array((0..=generator.below(2)).map(|_| test(generator)).collect()),
            3 => map(generator, depth - 1),
            _ => {
                let parts = [map(generator, depth - 1), map(generator, depth - 1)];
                members.insert("$or".to_owned(), json!(parts));
                continue;
            }
        };
        members.insert(name, value);
    }
    if members.is_empty() { json!({"a": [1]}) } else { Value::Object(members) }
}

fn test(generator: &mut Generator) -> Value {
    let all = [
        json!("a"),
        json!("10.0.0.1"),
        json!(1),
        json!(null),
        json!(true),
        json!({"exists": true}),
        json!({"exists": false}),
        json!({"prefix": "a"}),
        json!({"suffix": {"equals-ignore-case": "B"}}),
        json!({"equals-ignore-case": "AB"}),
        json!({"wildcard": "*a*b"}),
        json!({"cidr": "10.0.0.0/8"}),
        json!({"anything-but": ["a", 1]}),
        json!({"anything-but": {"prefix": "a"}}),
        json!({"numeric": [">", 0, "<=", 1.5]}),
        json!({"numeric": ["<", 0]}),
    ];
    all[generator.below(all.len())].clone()
}

/// Events are objects; a quarter of the documents is anything.
fn object(generator: &mut Generator) -> Value {
    loop {
        let document = generator.document(3);
        if document.is_object() || generator.below(4) == 0 {
            return document;
        }
    }
}
