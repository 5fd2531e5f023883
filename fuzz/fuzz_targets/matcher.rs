//! All rules at once answer as each rule on its own does, for any document.
//!
//! The first four bytes choose rules of a fixed list, the rest is the document. Of what is no JSON
//! both readers must say so.
#![no_main]

use std::sync::LazyLock;

use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Filter, Matcher, Pattern, View};
use libfuzzer_sys::fuzz_target;

/// At most 32: one bit of the choice for each.
const WHENS: [&str; 14] = [
    "$.a == 1",
    "$.a == $.b",
    "$.a.b < $.a.c",
    "$.a != 'x' && $.b",
    "!($.a) || $.b == null",
    "$.a[?@.b > 3]",
    "$.a[?@.b == 1 && @.c == 2]",
    "$..[?@.b == 1]",
    "$.a[0] == 1 || $.a[-1] == 1",
    "$.a[1:3]",
    "length($.a) > 2",
    "count($..*) > 5",
    "match($.a, 'x[0-9]+')",
    "search($.a, '(a|b)c') && value($..b) == true",
];

const PATTERNS: [&str; 14] = [
    r#"{"a":[1]}"#,
    r#"{"a":["x",null,true]}"#,
    r#"{"a":{"b":[1],"c":[2]}}"#,
    r#"{"a":[{"prefix":"x"}],"b":[{"suffix":"y"}]}"#,
    r#"{"a":[{"anything-but":["x","y"]}]}"#,
    r#"{"a":[{"anything-but":{"wildcard":"x*y"}}]}"#,
    r#"{"a":[{"numeric":[">",0,"<=",10]}]}"#,
    r#"{"a":[{"exists":false}],"b":[{"exists":true}]}"#,
    r#"{"a":[{"wildcard":"a*b*c"}]}"#,
    r#"{"a":[{"equals-ignore-case":"StraSSe"}]}"#,
    r#"{"a":[{"cidr":"10.0.0.0/8"}]}"#,
    r#"{"a":{"b":[{"exists":false}],"c":[1]}}"#,
    r#"{"$or":[{"a":[1]},{"b":[{"prefix":"x"}]}]}"#,
    r#"{"c":[1],"$or":[{"a":{"b":[1]}},{"a":{"c":[{"numeric":["=",2]}]}}]}"#,
];

static FILTERS: LazyLock<Vec<Filter>> = LazyLock::new(|| {
    let when = |text| Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let pattern = |text| {
        Pattern::parse_json(text, View::Raw).unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    let event = |text| Pattern::parse_json(text, View::Event).ok();
    let whens = WHENS.map(|text| Filter { when: Some(when(text)), pattern: None });
    let patterns = PATTERNS.map(|text| Filter { when: None, pattern: Some(pattern(text)) });
    let both = [
        Filter { when: Some(when(WHENS[0])), pattern: Some(pattern(PATTERNS[7])) },
        Filter { when: Some(when(WHENS[5])), pattern: Some(pattern(PATTERNS[2])) },
        Filter { when: Some(when(WHENS[3])), pattern: event(r#"{"detail":{"a":[1]}}"#) },
        Filter::default(),
    ];
    whens.into_iter().chain(patterns).chain(both).collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, document)) = data.split_first_chunk() else { return };
    let choice = u32::from_le_bytes(*choice);
    let chosen = FILTERS.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1);
    let filters: Vec<Filter> = chosen.map(|(_, filter)| filter.clone()).collect();
    let matcher = Matcher::new(filters.clone()).expect("the rules compile together");
    let limits = Limits::default();
    let read = json::parse(document, &limits);
    let at_once = matcher.matches_unchecked(document, &limits);
    let Ok(read) = read else {
        assert!(at_once.is_err(), "matched what is no JSON");
        return;
    };
    let each: Vec<usize> =
        (0..filters.len()).filter(|rule| filters[*rule].matches(&read.root)).collect();
    assert_eq!(at_once.expect("read once already"), each);
    let checked = json::Checked::parse(document, &limits).expect("read once already");
    let mut cursor = matcher.cursor();
    // Twice: the second time on memory that the first has left behind.
    assert_eq!(cursor.matches(&checked), each);
    assert_eq!(cursor.matches(&checked), each);
});
