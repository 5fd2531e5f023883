//! `eventyard doctor`: what is wrong with a bus on AWS, before traffic finds it.

use anyhow::Result;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::stack;

/// Checks a bus on AWS: table, functions, mappings, queues, every target and secret of the rules, roles.
/// Reads, and changes nothing. Exit 1 when something is wrong.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// What the names of the stack begin with, its parameter `Prefix`.
    #[arg(long, value_name = "NAME")]
    pub stack: String,
    /// The rules.
    #[command(flatten)]
    pub rules: RulesArguments,
    /// The form of the answer.
    #[command(flatten)]
    pub output: OutputArguments,
}

impl Doctor {
    pub fn run(self) -> Result<Exit> {
        stack::doctor(&self)
    }
}
