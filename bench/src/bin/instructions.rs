//! Workloads for an instruction count: `instructions WORKLOAD EVENTS` reads or matches that many events.
//!
//! Run under callgrind with N and with 2N events, the difference is what N events cost: building and
//! the first use of caches drop out. `cargo xtask instructions` does so and compares with
//! `bench/instructions.json`. Everything is made here, the same in every run; no file is read.

use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::{Context as _, Result, bail};
use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Filter, Matcher, Pattern, View};

/// Events before the sequence repeats; N is a multiple of it.
const DISTINCT: usize = 100;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: instructions WORKLOAD EVENTS";
    let workload = arguments.next().context(usage)?;
    let events: usize = arguments.next().context(usage)?.parse().context(usage)?;
    let texts: Vec<String> = (0..DISTINCT).map(event).collect();
    let rules: Result<Vec<Filter>> = match workload.as_str() {
        "read" => return read(&texts, events),
        "exact-5" => (0..5).map(exact).collect(),
        "fields-1000" => (0..1000).map(three_fields).collect(),
        "nested-1000" => (0..1000).map(nested).collect(),
        other => bail!("there is no workload {other}"),
    };
    take(&Matcher::new(rules?)?, &texts, events)
}

/// Reads only: what every event costs before it is matched.
fn read(texts: &[String], events: usize) -> Result<()> {
    for number in 0..events {
        let text = texts[number % DISTINCT].as_bytes();
        black_box(json::Checked::parse(text, &Limits::default())?);
    }
    Ok(())
}

/// Matches only: reading would hide a matcher that became slower.
fn take(matcher: &Matcher, texts: &[String], events: usize) -> Result<()> {
    let limits = Limits::default();
    let checked = texts.iter().map(|text| json::Checked::parse(text.as_bytes(), &limits));
    let checked = checked.collect::<Result<Vec<_>, _>>()?;
    let mut cursor = matcher.cursor();
    let mut hits = 0;
    for number in 0..events {
        hits += black_box(cursor.matches(&checked[number % DISTINCT])).len();
    }
    println!("{hits} hits");
    Ok(())
}

/// Five rules on one field: most of the cost is finding it.
fn exact(rule: usize) -> Result<Filter> {
    pattern(&format!(r#"{{"source":["s_{rule}"]}}"#))
}

/// A rule for each source, with two more fields.
fn three_fields(rule: usize) -> Result<Filter> {
    pattern(&format!(
        r#"{{"source":["s_{rule}"],"detail":{{"type":["t_0"],"total":[{{"numeric":[">",0]}}]}}}}"#
    ))
}

/// A rule for each source, with a filter over the items.
fn nested(rule: usize) -> Result<Filter> {
    let text = format!("$.source == 's_{rule}' && $.detail.items[?@.qty > 3]");
    Ok(Filter { when: Some(Condition::parse(&text)?), ..Filter::default() })
}

fn pattern(text: &str) -> Result<Filter> {
    Ok(Filter { pattern: Some(Pattern::parse_json(text, View::Raw)?), ..Filter::default() })
}

/// An order of about 600 bytes; its source is one of 1,000.
fn event(number: usize) -> String {
    let source = number * 7919 % 1000;
    let mut items = String::new();
    for item in 0..4 {
        let quantity = (number + item) % 5;
        let comma = if item == 0 { "" } else { "," };
        let _ = write!(items, r#"{comma}{{"sku":"SKU-{item:06}","qty":{quantity},"price":12.50}}"#);
    }
    format!(
        concat!(
            r#"{{"version":"0","id":"{:036}","detail-type":"Order State Change","source":"s_{}","#,
            r#""account":"123456789012","time":"2026-11-24T10:00:00Z","region":"eu-central-1","#,
            r#""resources":["arn:aws:ecs:eu-central-1:123456789012:order/{:08}"],"#,
            r#""detail":{{"type":"t_0","customer":{{"tier":"gold","email":"user{}@example.com"}},"#,
            r#""items":[{}],"total":{}.25,"currency":"EUR","tags":["channel:web","ab:A"],"#,
            r#""meta":{{"attempt":1,"user-agent":"Mozilla/5.0 (X11; Linux x86_64)"}}}}}}"#,
        ),
        number, source, number, number, items, number
    )
}
