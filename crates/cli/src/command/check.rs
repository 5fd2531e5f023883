//! `eventyard check`: the rules load, or every reason why not.

use anyhow::Result;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::output;
use crate::ruleset::{self, Loaded};

/// Checks the rules: all errors of all files at once.
#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    rules: RulesArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Check {
    pub fn run(self) -> Result<Exit> {
        match ruleset::load(&self.rules, ruleset::View::Event)? {
            Loaded::Rules(rules) => {
                use std::io::Write as _;
                let mut out = output::stdout();
                if self.output.output.is_json() {
                    out.write_all(b"[]\n")?;
                } else {
                    let (rules, targets, sources) =
                        (rules.rules.len(), rules.targets.len(), rules.sources.len());
                    writeln!(
                        out,
                        "{}: {rules} rules, {targets} targets, {sources} sources",
                        output::styled(output::GOOD, "ok")
                    )?;
                }
                out.flush()?;
                Ok(Exit::Done)
            }
            Loaded::Refused(diagnostics) => {
                ruleset::report(&diagnostics, self.output.output)?;
                Ok(Exit::Refused)
            }
        }
    }
}
