//! `cargo xtask crash`: the long form of the crash test, on the release build.

use anyhow::Result;
use clap::Args;
use eventyard_tests::{command, crash};

use crate::test::cargo;

/// How often to kill, and under what load.
#[derive(Args)]
pub struct Arguments {
    /// How many times the bus is killed with SIGKILL
    #[arg(long, default_value_t = 50)]
    kills: u64,
    /// Clients that post at the same time
    #[arg(long, default_value_t = 4)]
    clients: u64,
    /// Events in one request
    #[arg(long, default_value_t = 100)]
    batch: u64,
    /// Kills workers of the bus on AWS, over LocalStack, instead of the bus on one machine
    #[arg(long, conflicts_with = "batch")]
    aws: bool,
}

/// Runs it in a temporary folder and prints what came of it.
///
/// # Errors
/// When an acknowledged event is missing, the audit finds a violation, or a delivery never comes.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.aws {
        return on_aws(arguments);
    }
    let plan = crash::Plan {
        kills: arguments.kills,
        clients: arguments.clients,
        batch: arguments.batch,
        binary: Some(command::build(&["--release"])?),
    };
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let summary = runtime.block_on(crash::run(&plan, folder.path(), |line| println!("{line}")))?;
    println!(
        "{} kills: {} events acknowledged, {} stored, {} delivered, {} of them more than once; nothing lost, \
accepted = delivered + parked + in flight after each restart",
        plan.kills, summary.acknowledged, summary.stored, summary.delivered, summary.repeated
    );
    Ok(())
}

/// A program of its own, so that this one is built without the AWS SDK.
fn on_aws(arguments: &Arguments) -> Result<()> {
    let (kills, workers) = (arguments.kills.to_string(), arguments.clients.to_string());
    cargo(
        &[
            "run",
            "--release",
            "--locked",
            "--quiet",
            "-p",
            "eventyard-busfault",
            "--",
            "crash",
            &kills,
            &workers,
        ],
        &[],
    )
}
