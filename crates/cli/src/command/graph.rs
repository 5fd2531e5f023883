//! `eventyard graph`

use std::io::Write as _;

use anyhow::Result;
use clap::ValueEnum;

use crate::arguments::RulesArguments;
use crate::exit::Exit;
use crate::output::Format;
use crate::ruleset;

/// Draws sources, rules and targets.
#[derive(Debug, clap::Args)]
pub struct Graph {
    #[command(flatten)]
    rules: RulesArguments,
    /// How to draw.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: Drawing,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Drawing {
    /// Mermaid text, which code hosts and documentation tools render.
    #[default]
    Mermaid,
    /// A picture for a browser.
    Svg,
}

impl Graph {
    pub fn run(self) -> Result<Exit> {
        let Some(rules) = ruleset::load_or_report(&self.rules, ruleset::View::Event, Format::Text)?
        else {
            return Ok(Exit::Refused);
        };
        let text = match self.format {
            Drawing::Mermaid => eventyard_rules::mermaid(&rules),
            Drawing::Svg => eventyard_rules::svg(&rules),
        };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(Exit::Done)
    }
}
