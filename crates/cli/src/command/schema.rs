//! `eventyard schema`

use std::io::Write as _;

use anyhow::Result;

use crate::exit::Exit;

/// Prints the JSON Schema (draft-07) of the rules file: `# yaml-language-server: $schema=…`
#[derive(Debug, clap::Args)]
pub struct Schema {}

impl Schema {
    pub fn run(self) -> Result<Exit> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &eventyard_rules::schema())?;
        out.write_all(b"\n")?;
        Ok(Exit::Done)
    }
}
