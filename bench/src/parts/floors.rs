//! What reading the events costs when nothing is matched: no engine that reads all of an event is faster.

use anyhow::Result;
use eventyard_event::{Limits, json};
use serde::de::IgnoredAny;
use sonic_rs::PointerTree;

use crate::Arguments;
use crate::engines::Engine;
use crate::events::File;
use crate::measure;

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading("Floors: reading only");
    for name in ["eb.jsonl", "synlots2.jsonl"] {
        let file = File::read(&arguments.dir, name)?;
        let mut lines = file.lines();
        lines.truncate(100_000);
        let limits = Limits::default();
        let engines = vec![
            Engine::counting("our Checked::parse", |event| {
                json::Checked::parse(lines[event], &limits).is_ok().into()
            }),
            Engine::counting("serde_json IgnoredAny (keeps nothing)", |event| {
                serde_json::from_slice::<IgnoredAny>(lines[event]).is_ok().into()
            }),
            Engine::counting("serde_json Value (a tree)", |event| {
                serde_json::from_slice::<serde_json::Value>(lines[event]).is_ok().into()
            }),
        ];
        measure::rows(arguments, name, engines, &vec![1; lines.len()])?;
    }
    three_fields(arguments)
}

/// The three fields of EB, found by vector instructions; checks what it passes, stops after the last.
fn three_fields(arguments: &Arguments) -> Result<()> {
    let file = File::read(&arguments.dir, "eb.jsonl")?;
    let lines = file.lines();
    let mut tree = PointerTree::new();
    tree.add_path(&["source"]);
    tree.add_path(&["detail", "type"]);
    tree.add_path(&["detail", "total"]);
    let found = |event: usize| {
        sonic_rs::get_many(lines[event], &tree).map_or(0, |found| found.iter().flatten().count())
    };
    let engine = Engine::counting("sonic-rs get_many of 3 fields, checked", found);
    measure::rows(arguments, "eb.jsonl", vec![engine], &vec![3; lines.len()])
}
