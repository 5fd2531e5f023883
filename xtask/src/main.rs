//! The project's own commands: `cargo xtask <command>`, one file each.

mod aws;
mod bench;
mod conformance;
mod counts;
mod crash;
mod history_bench;
mod infra;
mod instructions;
mod localstack;
mod match_bench;
mod test;
mod tools;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything that proves it: format, lints, docs, licences, tests
    Test,
    /// Runs the tests of the bus on LocalStack alone
    Aws(aws::Arguments),
    /// Kills a bus under load again and again, and looks whether anything is missing
    Crash(crash::Arguments),
    /// Measures events per second beside a bare write of the same bytes
    Bench(bench::Arguments),
    /// Measures a routing diff, a list and a replay of stored events
    HistoryBench(history_bench::Arguments),
    /// Compares EventBridge patterns with AWS's own answers and refusal texts
    Conformance(conformance::Arguments),
    /// Compares the match counts of 14 rule sets over 213,068 lines with the expected ones
    Counts(counts::Arguments),
    /// Lints the templates, as they are and as rules export them
    Infra,
    /// Runs a LocalStack on this machine, in Docker or without
    #[command(subcommand)]
    Localstack(localstack::Action),
    /// Measures the matcher beside other engines, on the same events in one run
    MatchBench(match_bench::Arguments),
    /// Counts the instructions of one event, and fails when they have grown
    Instructions(instructions::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Xtask::parse().command {
        Command::Test => test::run(),
        Command::Aws(arguments) => aws::run(&arguments),
        Command::Crash(arguments) => crash::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::HistoryBench(arguments) => history_bench::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Counts(arguments) => counts::run(&arguments),
        Command::Infra => infra::run(),
        Command::Localstack(action) => localstack::run(&action),
        Command::MatchBench(arguments) => match_bench::run(&arguments),
        Command::Instructions(arguments) => instructions::run(&arguments),
    }
}
