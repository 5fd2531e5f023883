//! `cargo xtask test`: everything that proves it, step by step, with the minutes of each.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::{aws, tools};

/// One step: its name, and what it does.
type Step = (&'static str, fn() -> Result<()>);

/// The command and the handler kit are tested as they are built for AWS too. All steps name the same features of the same packages, so that
/// every dependency is built once.
const FEATURES: &str = "eventyard-cli/aws,eventyard-handler/aws";

const STEPS: [Step; 11] = [
    ("format", || cargo(&["fmt", "--all", "--check"], &[])),
    ("clippy", || {
        cargo(
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--features",
                FEATURES,
                "--locked",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ],
            &[],
        )
    }),
    ("docs", || {
        let deny = [("RUSTDOCFLAGS", "-D warnings")];
        cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"], &deny)
    }),
    ("deny", deny),
    ("clients", || tools::aws_clients().map(drop)),
    ("infra", crate::infra::run),
    ("functions", aws::functions),
    ("tests", tests),
    ("doctests", || cargo(&["test", "--workspace", "--doc", "--locked", "--quiet"], &[])),
    ("fuzz builds", || {
        cargo(&["build", "--manifest-path", "fuzz/Cargo.toml", "--locked", "--quiet"], &[])
    }),
    ("instructions", instructions),
];

/// Runs every step, even after one failed, and prints a table of minutes and verdicts.
///
/// # Errors
/// When any step failed, naming them.
pub fn run() -> Result<()> {
    println!(
        "Needs: a Rust toolchain with rustfmt and clippy, and python3 with venv (for the AWS CLI and boto3, which talk to \
the bus as clients), a C++ compiler (for the fuzz target), valgrind (which counts the matcher's instructions), and Docker, or Java 17, npm \
and Python 3.13 (for LocalStack, which goes on afterwards: `cargo xtask localstack down` ends it); cargo-deny and the \
Python packages are installed by this command, the latter under target/."
    );
    let mut rows = Vec::new();
    for (name, step) in STEPS {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = step();
        if let Err(error) = &result {
            println!("{name}: {error:#}");
        }
        rows.push((name, start.elapsed().as_secs_f64() / 60.0, result.is_ok()));
    }
    println!("\nstep        minutes");
    for (name, minutes, passed) in &rows {
        println!("{name:<11} {minutes:>7.1}  {}", if *passed { "passed" } else { "FAILED" });
    }
    let failed: Vec<_> =
        rows.iter().filter(|(_, _, passed)| !passed).map(|(name, _, _)| *name).collect();
    let (passed, failures) = (rows.len() - failed.len(), failed.len());
    println!("\nsteps: {passed} passed, {failures} failed");
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn deny() -> Result<()> {
    tools::cargo_deny()?;
    // The advisory database is not in the repository: `cargo deny check` alone fetches and checks it.
    cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"], &[])
}

/// The command and the functions are built once and handed to every end-to-end test.
fn tests() -> Result<()> {
    let found = aws::found()?;
    let found: Vec<_> = found.iter().map(|(name, path)| (*name, path.as_str())).collect();
    cargo(
        &[
            "test",
            "--workspace",
            "--features",
            FEATURES,
            "--lib",
            "--bins",
            "--tests",
            "--locked",
            "--no-fail-fast",
        ],
        &found,
    )
}

/// The guard of the matcher's speed. Its counts need valgrind, which is no part of a Rust toolchain.
fn instructions() -> Result<()> {
    tools::valgrind()?;
    crate::instructions::run(&crate::instructions::Arguments::default())
}

/// Runs cargo at the root of the project.
///
/// # Errors
/// When it cannot be started or exits with a failure.
pub fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(eventyard_tests::command::root())
        .status()
        .context("cargo could not be started")?;
    if status.success() { Ok(()) } else { bail!("`cargo {}`: {status}", arguments.join(" ")) }
}
