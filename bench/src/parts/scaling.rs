//! Two fields, three fields with few thresholds, three with many: 10 to 100,000 rules in both forms.

use anyhow::Result;

use crate::Arguments;
use crate::engines::{Ours, quamina};
use crate::events::{self, File};
use crate::measure;
use crate::rules::{self, Kind};

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading(
        "Rules 10 to 100,000 (EBS two fields, EB and a threshold, EBK 997 thresholds)",
    );
    for kind in [Kind::Ebs, Kind::Eb, Kind::Ebk] {
        for &rules in &arguments.rules {
            let case = format!("{} {rules}", kind.name());
            if case.contains(&arguments.only) {
                measure_one(arguments, kind, rules, &case)?;
            }
        }
    }
    Ok(())
}

fn measure_one(arguments: &Arguments, kind: Kind, rules: usize, case: &str) -> Result<()> {
    let file = File::read(&arguments.dir, &rules::events_file(rules, arguments.sparse))?;
    let lines = file.lines();
    let checked = events::check(&lines)?;
    let expected: Vec<usize> =
        rules::facts(&lines)?.iter().map(|facts| kind.hits(rules, facts)).collect();
    let pattern = Ours::build(rules, |rule| kind.pattern_text(rule))?;
    let when = Ours::build(rules, |rule| kind.when_text(rule))?;
    let mut engines = vec![
        pattern.checked(" pattern", &checked),
        pattern.unchecked(" pattern", &lines),
        when.checked(" when", &checked),
        when.unchecked(" when", &lines),
    ];
    if rules <= quamina_rules_max(kind) {
        engines.push(quamina(rules, |rule| kind.pattern(rule), &lines)?);
    }
    measure::rows(arguments, case, engines, &expected)
}

/// Quamina 0.7.0 panics at the first event when 256 rules share the value of a field that others follow.
const fn quamina_rules_max(kind: Kind) -> usize {
    match kind {
        Kind::Ebs => 1000,
        Kind::Eb | Kind::Ebk => 100,
    }
}
