//! `eventyard lint`: rules that are legal and probably not meant.

use std::io::Write as _;

use anyhow::Result;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::output;
use crate::ruleset;

/// Looks for rules that are legal and probably not meant; exit 1 when there are any.
#[derive(Debug, clap::Args)]
pub struct Lint {
    #[command(flatten)]
    rules: RulesArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Lint {
    pub fn run(self) -> Result<Exit> {
        let Some(rules) =
            ruleset::load_or_report(&self.rules, ruleset::View::Event, self.output.output)?
        else {
            return Ok(Exit::Refused);
        };
        let findings = eventyard_rules::lint(&rules);
        if findings.is_empty() && !self.output.output.is_json() {
            let mut out = output::stdout();
            writeln!(
                out,
                "{}: nothing to say about {} rules",
                output::styled(output::GOOD, "ok"),
                rules.rules.len()
            )?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        ruleset::report(&findings, self.output.output)?;
        Ok(if findings.is_empty() { Exit::Done } else { Exit::Found })
    }
}
