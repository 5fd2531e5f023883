//! What reading the events costs when nothing is matched: no engine that reads all of an event is faster.

use anyhow::Result;
use eventyard_event::{Limits, json};
use serde::de::IgnoredAny;
use sonic_rs::PointerTree;

use crate::Arguments;
use crate::engines::Engine;
use crate::events::File;
use crate::measure;

/// How many events of each file.
const EVENTS: usize = 100_000;

pub fn run(arguments: &Arguments) -> Result<()> {
    measure::heading("Floors: reading only");
    for name in ["eb.jsonl", "synlots2.jsonl"] {
        let file = File::read(&arguments.dir, name)?;
        let mut lines = file.lines();
        lines.truncate(EVENTS);
        let mut engines = readers(&lines);
        if name == "eb.jsonl" {
            engines.push(three_fields(&lines));
        }
        measure::rows(arguments, name, engines, &vec![1; lines.len()])?;
    }
    Ok(())
}

fn readers<'a>(lines: &'a [&'a [u8]]) -> Vec<Engine<'a>> {
    let limits = Limits::default();
    vec![
        Engine::counting("our Checked::parse", move |event| {
            json::Checked::parse(lines[event], &limits).is_ok().into()
        }),
        Engine::counting("serde_json IgnoredAny (keeps nothing)", |event| {
            serde_json::from_slice::<IgnoredAny>(lines[event]).is_ok().into()
        }),
        Engine::counting("serde_json Value (a tree)", |event| {
            serde_json::from_slice::<serde_json::Value>(lines[event]).is_ok().into()
        }),
    ]
}

/// The three fields of EB, found by vector instructions; checks what it passes, stops after the last.
fn three_fields<'a>(lines: &'a [&'a [u8]]) -> Engine<'a> {
    let mut tree = PointerTree::new();
    tree.add_path(&["source"]);
    tree.add_path(&["detail", "type"]);
    tree.add_path(&["detail", "total"]);
    Engine::counting("sonic-rs get_many of 3 fields, checked", move |event| {
        let found = sonic_rs::get_many(lines[event], &tree);
        found.is_ok_and(|found| found.iter().flatten().count() == 3).into()
    })
}
