//! Rules and events made to be slow: each case in growing sizes, so that growth is seen and not only speed.

use std::fmt::Write as _;

use anyhow::Result;

use crate::Arguments;
use crate::engines::{Ours, Text, quamina};
use crate::events;
use crate::measure;

/// One row: rules, one event, and how many rules take it.
struct Case {
    name: String,
    rules: usize,
    rule: Box<dyn Fn(usize) -> Text>,
    event: String,
    hits: usize,
    /// Whether Quamina is asked too: it has no JSONPath, and panics where 256 rules share a value.
    quamina: bool,
}

/// How often the one event is matched in a pass, if the time of a pass allows.
const REPEATS: usize = 2000;

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading("Rules and events made to be slow (one event, again and again)");
    let cases = [wildcards(), arrays(), one_value(), deep_and_wide()].into_iter().flatten();
    for case in cases.filter(|case| case.name.contains(&arguments.only)) {
        measure_one(arguments, &case)?;
    }
    Ok(())
}

fn measure_one(arguments: &Arguments, case: &Case) -> Result<()> {
    let lines = vec![case.event.as_bytes(); REPEATS];
    let checked = events::check(&lines)?;
    let ours = Ours::build(case.rules, &case.rule)?;
    let mut engines = vec![ours.checked("", &checked), ours.unchecked("", &lines)];
    if case.quamina {
        match quamina(case.rules, |rule| pattern(&(case.rule)(rule)), &lines) {
            Ok(engine) => engines.push(engine),
            Err(error) => eprintln!("{}: quamina refuses: {error}", case.name),
        }
    }
    let name = format!("{}, {} B", case.name, case.event.len());
    measure::rows(arguments, &name, engines, &vec![case.hits; REPEATS])
}

fn pattern(text: &Text) -> String {
    match text {
        Text::When(text) | Text::Pattern(text) => text.clone(),
    }
}

/// Wildcards whose beginnings all stay satisfied, over a value that keeps satisfying them.
fn wildcards() -> Vec<Case> {
    let sizes = [(10, 100), (100, 100), (1000, 100), (10, 1000), (100, 1000), (1000, 1000)];
    let case = |(rules, length): (usize, usize)| Case {
        name: format!("{rules} wildcards `*a*b*N*` on {length} characters"),
        rules,
        rule: Box::new(|rule| {
            Text::Pattern(format!(r#"{{"v":[{{"wildcard":"*a*b*{rule}z*"}}]}}"#))
        }),
        event: format!(r#"{{"v":"{}7z"}}"#, "ab".repeat(length / 2)),
        // Rule 7 alone: no other number ends the digits before the `z`.
        hits: 1,
        quamina: rules <= 10,
    };
    sizes.into_iter().map(case).collect()
}

/// Two fields that must hold in one element: each holds in half of them, both in the last or in none.
fn arrays() -> Vec<Case> {
    let mut cases = Vec::new();
    for elements in [10, 100, 1000] {
        for hits in [0, 1] {
            let event = elements_event(elements, hits == 1);
            let when = || Text::When("$.items[?@.a == 1 && @.b == 2]".into());
            let pattern = || Text::Pattern(r#"{"items":{"a":[1],"b":[2]}}"#.into());
            let name = |form: &str| format!("{form}: 2 fields in {elements} elements, {hits} hits");
            cases.push(Case {
                name: name("pattern"),
                rules: 1,
                rule: Box::new(move |_| pattern()),
                event: event.clone(),
                hits,
                quamina: true,
            });
            let rule = Box::new(move |_| when());
            cases.push(Case { name: name("when"), rules: 1, rule, event, hits, quamina: false });
        }
    }
    cases
}

fn elements_event(elements: usize, ends_with_both: bool) -> String {
    let half =
        |element: usize| if element % 2 == 0 { r#"{"a":1,"b":0}"# } else { r#"{"a":0,"b":2}"# };
    let mut items: Vec<&str> = (0..elements).map(half).collect();
    if ends_with_both {
        items[elements - 1] = r#"{"a":1,"b":2}"#;
    }
    format!(r#"{{"items":[{}]}}"#, items.join(","))
}

/// Many rules that start from the same value.
fn one_value() -> Vec<Case> {
    let event = r#"{"source":"s","key":"k77","number":500}"#;
    let case = |name: &str, rules: usize, hits: usize, rule: fn(usize) -> Text| Case {
        name: format!("{rules} rules {name}"),
        rules,
        rule: Box::new(rule),
        event: event.into(),
        hits,
        quamina: false,
    };
    let same = |_| Text::Pattern(r#"{"source":["s"]}"#.into());
    let keyed = |rule| Text::Pattern(format!(r#"{{"source":["s"],"key":["k{rule}"]}}"#));
    let over = |rule| Text::When(format!("$.source == 's' && $.number > {rule}"));
    let unlike = |rule| Text::When(format!("$.source == 's' && $.key != 'k{rule}'"));
    let mut cases = Vec::new();
    for rules in [100, 1000, 10_000] {
        cases.push(case("on one value, all hit", rules, rules, same));
        cases.push(case("on one value, a key each", rules, 1, keyed));
        cases.push(case("on one value, a threshold each", rules, rules.min(500), over));
        cases.push(case("on one value, a key each not", rules, rules - 1, unlike));
    }
    cases
}

/// One field at the bottom of 60 levels, or last of 5,000; and a descendant query over both.
fn deep_and_wide() -> Vec<Case> {
    let mut cases = Vec::new();
    for levels in [15, 30, 60] {
        let nested = |inner: &str| {
            format!("{}{inner}{}", r#"{"a":"#.repeat(levels - 1), "}".repeat(levels - 1))
        };
        let (event, rule) = (nested(r#"{"b":1}"#), nested(r#"{"b":[1]}"#));
        cases.extend(three_forms(&format!("{levels} levels"), event, rule));
    }
    for members in [50, 500, 5000] {
        let mut event = String::from("{");
        (1..members).for_each(|member| {
            let _ = write!(event, r#""m{member}":{member},"#);
        });
        event.push_str(r#""b":1}"#);
        cases.extend(three_forms(&format!("{members} members"), event, r#"{"b":[1]}"#.into()));
    }
    cases
}

fn three_forms(name: &str, event: String, pattern: String) -> [Case; 3] {
    let case = |form: &str, text: String, is_pattern: bool, event: String| Case {
        name: format!("{form}: {name}"),
        rules: 1,
        rule: Box::new(move |_| match is_pattern {
            true => Text::Pattern(text.clone()),
            false => Text::When(text.clone()),
        }),
        event,
        hits: 1,
        quamina: is_pattern,
    };
    let levels = pattern.matches(r#""a""#).count();
    let path = format!("${}.b == 1", ".a".repeat(levels));
    [
        case("pattern", pattern, true, event.clone()),
        case("when", path, false, event.clone()),
        case("descendants `$..b`", "$..b".into(), false, event),
    ]
}
