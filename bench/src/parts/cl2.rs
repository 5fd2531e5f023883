//! The published rule sets of five rules over 213,068 lines, and their unions.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use eventyard_event::json::Checked;

use crate::Arguments;
use crate::engines::{Engine, Ours, Text, quamina};
use crate::events::{self, File};
use crate::measure;

/// The sets of the larger unions, in their published order.
const PARTIAL: [&str; 8] = [
    "NUMERIC",
    "EXACT",
    "PREFIX",
    "ANYTHING_BUT",
    "ANYTHING_BUT_IGNORE_CASE",
    "ANYTHING_BUT_PREFIX",
    "ANYTHING_BUT_SUFFIX",
    "ANYTHING_BUT_WILDCARD",
];

/// The patterns of one set, each with the number of lines it takes.
type Set = Vec<(String, usize)>;

pub fn run(arguments: &Arguments) -> Result<()> {
    let sets = sets(arguments)?;
    let file = File::read(&arguments.dir, "synlots2.jsonl")?;
    let lines = file.lines();
    let checked = events::check(&lines)?;
    measure::heading("CL2: rule sets of event-ruler's benchmark over 213,068 synthetic lines");
    for (name, set) in sets.iter().filter(|(name, _)| name.contains(&arguments.only)) {
        measure_one(arguments, &format!("{name} ({})", set.len()), set, &lines, &checked)?;
    }
    Ok(())
}

/// The sets as published, then the unions, then what Quamina accepts of the largest.
fn sets(arguments: &Arguments) -> Result<Vec<(String, Set)>> {
    let rules: BTreeMap<String, Vec<String>> = object(arguments, "cl2_rules.json")?;
    let counts: BTreeMap<String, Vec<usize>> = object(arguments, "expected.json")?;
    let mut sets = Vec::new();
    for (name, rules) in rules {
        let counts = counts.get(&name).with_context(|| format!("{name} has no counts"))?;
        sets.push((name, rules.into_iter().zip(counts.iter().copied()).collect::<Set>()));
    }
    let union = |names: &[&str]| -> Set {
        let found = names.iter().filter_map(|name| sets.iter().find(|set| set.0 == *name));
        found.flat_map(|set| set.1.clone()).collect()
    };
    let partial = union(&PARTIAL);
    let combo: Set = [partial.clone(), union(&["COMPLEX_ARRAYS"])].concat();
    let is_accepted = |(rule, _): &&(String, usize)| {
        quamina::Quamina::<usize>::new().add_pattern(0, rule).is_ok()
    };
    let accepted = combo.iter().filter(is_accepted).cloned().collect();
    sets.push(("PARTIAL_COMBO".into(), partial));
    sets.push(("COMBO".into(), combo));
    sets.push(("COMBO, accepted by quamina".into(), accepted));
    Ok(sets)
}

fn object<T: serde::de::DeserializeOwned>(arguments: &Arguments, name: &str) -> Result<T> {
    let path = arguments.dir.join(name);
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

fn measure_one(
    arguments: &Arguments,
    case: &str,
    set: &Set,
    lines: &[&[u8]],
    checked: &[Checked<'_>],
) -> Result<()> {
    let ours = Ours::build(set.len(), |rule| Text::Pattern(set[rule].0.clone()))?;
    let mut engines = vec![ours.checked("", checked), ours.unchecked("", lines)];
    match quamina(set.len(), |rule| set[rule].0.clone(), lines) {
        Ok(engine) => engines.push(engine),
        Err(error) => eprintln!("{case}: quamina refuses: {error}"),
    }
    let mut expected = Vec::new();
    for engine in &mut engines {
        expected = counted(case, engine, set, lines.len())?;
    }
    measure::rows(arguments, case, engines, &expected)
}

/// The hits of each event, once those of each rule are what they should be.
fn counted(case: &str, engine: &mut Engine<'_>, set: &Set, events: usize) -> Result<Vec<usize>> {
    let (mut by_rule, mut by_event) = (vec![0; set.len()], Vec::new());
    let mut hits = Vec::new();
    for event in 0..events {
        hits.clear();
        by_event.push((engine.answer)(event, Some(&mut hits)));
        hits.iter().for_each(|rule| by_rule[*rule] += 1);
    }
    let wanted: Vec<usize> = set.iter().map(|(_, count)| *count).collect();
    ensure!(by_rule == wanted, "{case}: {} counts {by_rule:?}, not {wanted:?}", engine.name);
    Ok(by_event)
}
