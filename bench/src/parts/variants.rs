//! EB with one more demand in every rule: what an index over equalities alone cannot answer.

use anyhow::Result;

use crate::Arguments;
use crate::engines::{Ours, Text};
use crate::events::{self, File};
use crate::measure;
use crate::rules::{self, Facts, Kind};

/// A name, the demand, and whether an event fulfils it.
type Variant = (&'static str, &'static str, fn(&Facts) -> bool);

const VARIANTS: [Variant; 3] = [
    ("two fields", "$.detail.meta.attempt < $.detail.total", |facts| facts.attempt < facts.total),
    ("nested", "$.detail.items[?@.qty > 3]", |facts| facts.quantity_most > 3.0),
    ("regex", "match($.detail.customer.email, 'user[0-9]+@example[.]com')", is_example_address),
];

fn is_example_address(facts: &Facts) -> bool {
    let number =
        facts.email.strip_prefix("user").and_then(|rest| rest.strip_suffix("@example.com"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading(
        "EB with two fields compared, a nested filter, a regular expression in every rule",
    );
    for variant in VARIANTS {
        for &rules in arguments.rules.iter().filter(|rules| **rules >= 100) {
            let case = format!("{} {rules}", variant.0);
            if case.contains(&arguments.only) {
                measure_one(arguments, variant, rules, &case)?;
            }
        }
    }
    Ok(())
}

fn measure_one(
    arguments: &Arguments,
    (_, demand, is_met): Variant,
    rules: usize,
    case: &str,
) -> Result<()> {
    let file = File::read(&arguments.dir, &rules::events_file(rules, arguments.sparse))?;
    let lines = file.lines();
    let checked = events::check(&lines)?;
    let facts = rules::facts(&lines)?;
    let expected: Vec<usize> = facts
        .iter()
        .map(|facts| if is_met(facts) { Kind::Eb.hits(rules, facts) } else { 0 })
        .collect();
    let when = |rule| Text::When(format!("{} && {demand}", Kind::Eb.condition(rule, '$')));
    let ours = Ours::build(rules, when)?;
    let engines = vec![ours.checked(" when", &checked), ours.unchecked(" when", &lines)];
    measure::rows(arguments, case, engines, &expected)
}
