//! What a program without a matcher does: one JSONPath after the other over a tree of the event.

use anyhow::Result;
use jsonpath_rust::{parser::parse_json_path, query::js_path_process};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::Arguments;
use crate::engines::{Engine, Ours};
use crate::events::{self, File};
use crate::measure;
use crate::rules::{self, Kind};

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading(
        "EB as a loop over JSONPath queries, the event wrapped in an array (reading included)",
    );
    [1, 10, 100, 1000].into_iter().try_for_each(|rules| measure_one(arguments, rules))
}

fn measure_one(arguments: &Arguments, rules: usize) -> Result<()> {
    let file = File::read(&arguments.dir, &rules::events_file(rules, arguments.sparse))?;
    let lines = file.lines();
    let checked = events::check(&lines)?;
    let expected: Vec<usize> =
        rules::facts(&lines)?.iter().map(|facts| Kind::Eb.hits(rules, facts)).collect();
    let ours = Ours::build(rules, |rule| Kind::Eb.when_text(rule))?;
    let texts: Vec<String> =
        (0..rules).map(|rule| format!("$[?{}]", Kind::Eb.condition(rule, '@'))).collect();
    let engines = vec![
        ours.checked(" when", &checked),
        ours.unchecked(" when", &lines),
        serde_json_path_loop(&texts, &lines)?,
        jsonpath_rust_loop(&texts, &lines)?,
    ];
    measure::rows(arguments, &format!("EB {rules}"), engines, &expected)
}

fn wrapped(line: &[u8]) -> Value {
    Value::Array(vec![serde_json::from_slice(line).unwrap_or_default()])
}

fn serde_json_path_loop<'a>(texts: &[String], lines: &'a [&'a [u8]]) -> Result<Engine<'a>> {
    let paths = texts.iter().map(|text| JsonPath::parse(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(Engine::counting("serde_json_path 0.7.2, from bytes", move |event| {
        let event = wrapped(lines[event]);
        paths.iter().filter(|path| !path.query(&event).is_empty()).count()
    }))
}

fn jsonpath_rust_loop<'a>(texts: &[String], lines: &'a [&'a [u8]]) -> Result<Engine<'a>> {
    let paths = texts.iter().map(|text| parse_json_path(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(Engine::counting("jsonpath-rust 1.0.12, from bytes", move |event| {
        let event = wrapped(lines[event]);
        let found = |path: &&_| js_path_process(path, &event).is_ok_and(|found| !found.is_empty());
        paths.iter().filter(found).count()
    }))
}
