//! How long it takes to explain one event of 1 KB against 1,000 rules, with the near misses of all of them.
//!
//! `cargo bench -p eventyard-filter --bench explain` prints milliseconds: the median and the extremes of
//! [`ROUNDS`] rounds. The aim is a median under 50 ms, so that `eventyard explain` answers at once.
use std::hint::black_box;
use std::time::Instant;

use eventyard_event::{Limits, json};
use eventyard_filter::{Condition, Filter, Pattern, View};

const RULES: usize = 1_000;
const ROUNDS: usize = 21;

fn main() {
    let text = event();
    let event = json::parse(text.as_bytes(), &Limits::default()).expect("an event");
    for (name, filters) in
        [("of 24 types, as rules are", rules(24)), ("of 1 type: each is near", rules(1))]
    {
        let near = filters.iter().filter_map(|filter| filter.near_miss(&event.root));
        let edits: Vec<usize> = near.map(|near| near.edits.len()).collect();
        let mut times: Vec<f64> = (0..ROUNDS).map(|_| round(&filters, &event.root)).collect();
        times.sort_by(f64::total_cmp);
        let (least, median, most) = (times[0], times[ROUNDS / 2], times[ROUNDS - 1]);
        println!(
            "{RULES} rules {name}, event of {} bytes: {median:.2} ms ({least:.2} to {most:.2}); {} near misses, {} edits",
            text.len(),
            edits.len(),
            edits.iter().sum::<usize>(),
        );
    }
}

/// Milliseconds of one explanation of all.
fn round(filters: &[Filter], root: &json::Value<'_>) -> f64 {
    let start = Instant::now();
    for filter in filters {
        black_box(filter.explain(root));
        black_box(filter.near_miss(root));
    }
    start.elapsed().as_secs_f64() * 1e3
}

/// Rules like those of the two stories: conditions, and patterns in every fourth.
fn rules(types: usize) -> Vec<Filter> {
    let rule = |number: usize| {
        let (kind, bound) = (number % types, 1_000 + number);
        if number.is_multiple_of(4) {
            let text = format!(
                r#"{{"detail-type":["Order{kind}"],"detail":{{"customer":{{"country":["DE","FR"]}},"total":[{{"numeric":[">",{bound}]}}]}}}}"#
            );
            let pattern = Pattern::parse_json(&text, View::Event).expect("a pattern");
            return Filter { when: None, pattern: Some(pattern) };
        }
        let text = format!(
            "$.type == 'Order{kind}' && $.data.customer.country == 'DE' && $.data.total > {bound} \
             && $.data.items[?@.quantity > 1]"
        );
        Filter { when: Some(Condition::parse(&text).expect("a condition")), pattern: None }
    };
    (0..RULES).map(rule).collect()
}

/// An order of about 1 KB.
fn event() -> String {
    let item = |number: usize| {
        format!(
            r#"{{"sku":"VB-{:05}","name":"bearing of the size {number}","quantity":{number},"price":{}.5}}"#,
            number * 977,
            number * 3
        )
    };
    let items: Vec<String> = (0..11).map(item).collect();
    format!(
        r#"{{"specversion":"1.0","id":"o-1","source":"shop","type":"Order0","time":"2026-11-24T10:00:00Z","data":{{"total":70.25,"paid":true,"customer":{{"id":"c-17","country":"DE","mail":"a@example.org"}},"items":[{}]}}}}"#,
        items.join(",")
    )
}
