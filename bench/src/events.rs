//! The events of a file: its lines, read and checked before any clock starts.

use std::path::Path;

use anyhow::{Context as _, Result};
use eventyard_event::{Limits, json};

/// A file whose lines are events.
pub struct File {
    bytes: Vec<u8>,
}

impl File {
    pub fn read(dir: &Path, name: &str) -> Result<Self> {
        let path = dir.join(name);
        let hint = || format!("{} (written by `python3 bench/gen.py DIR`)", path.display());
        Ok(Self { bytes: std::fs::read(&path).with_context(hint)? })
    }

    pub fn lines(&self) -> Vec<&[u8]> {
        self.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
    }
}

/// The events as the matcher takes them once they were read.
pub fn check<'a>(lines: &[&'a [u8]]) -> Result<Vec<json::Checked<'a>>> {
    let limits = Limits::default();
    let checked = lines.iter().map(|line| json::Checked::parse(line, &limits));
    checked.collect::<Result<_, _>>().context("an event")
}
