//! Events per second of the matcher beside other engines: the same events, one thread, in turns in one run.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml -- DIR [PART..]` writes Markdown tables to
//! stdout and what it is doing to stderr. `bench/README.md` says what DIR holds and how to read them.

mod engines;
mod events;
mod heap;
mod measure;
mod parts;
mod rules;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// What to measure, on which events, how often.
#[derive(Parser)]
#[command(name = "bench", about = "Events per second of the matcher beside other engines")]
pub struct Arguments {
    /// The folder that `gen.py` has written, with cl2_rules.json and expected.json beside it
    dir: PathBuf,
    /// The parts to run; all when none is named
    parts: Vec<Part>,
    /// Timed passes of each engine, in turns, after one pass that checks every answer
    #[arg(long, default_value_t = 5)]
    passes: usize,
    /// What one pass may take; a slow engine sees fewer events
    #[arg(long, default_value_t = 2.0)]
    pass_seconds: f64,
    /// The numbers of rules
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 1000, 10_000, 100_000])]
    rules: Vec<usize>,
    /// Only the cases whose name holds this text
    #[arg(long, default_value = "")]
    only: String,
    /// Events of which most match no rule, instead of events that each match one
    #[arg(long)]
    sparse: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// Fourteen published rule sets of five rules, and their unions
    Cl2,
    /// Two and three fields, 10 to 100,000 rules
    Scaling,
    /// A comparison of two fields, a nested filter, a regular expression in every rule
    Variants,
    /// What reading the events costs without matching
    Floors,
    /// Other JSONPath implementations, one rule after the other
    Loops,
    /// Rules and events made to be slow
    Adversarial,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let parts = match arguments.parts.as_slice() {
        [] => Part::value_variants(),
        named => named,
    };
    parts.iter().try_for_each(|part| match part {
        Part::Cl2 => parts::cl2::run(&arguments),
        Part::Scaling => parts::scaling::run(&arguments),
        Part::Variants => parts::variants::run(&arguments),
        Part::Floors => parts::floors::run(&arguments),
        Part::Loops => parts::loops::run(&arguments),
        Part::Adversarial => parts::adversarial::run(&arguments),
    })
}
