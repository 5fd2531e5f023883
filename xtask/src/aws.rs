//! `cargo xtask aws`: the bus on LocalStack, end to end. The functions are built once for all ways to deploy them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;
use eventyard_tests::command;

use crate::test::cargo;
use crate::tools;

/// Which of the tests.
#[derive(Args)]
pub struct Arguments {
    /// What the test binary is given: names of tests, `--nocapture`, `--ignored`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    tests: Vec<String>,
}

/// Builds the functions and runs the tests.
///
/// # Errors
/// When something that they need is missing, or a test fails.
pub fn run(arguments: &Arguments) -> Result<()> {
    functions()?;
    tests(&arguments.tests)
}

/// Builds the functions into `target/lambda`, for this machine: LocalStack runs them as its processes.
///
/// # Errors
/// When cargo-lambda cannot be had, or the build fails.
pub fn functions() -> Result<()> {
    let mut paths = vec![deployers()?];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    // What is shipped is optimised further, for many minutes: tests do without.
    let build = [
        "lambda",
        "build",
        "--release",
        "--disable-optimizations",
        "--package",
        "eventyard-functions",
        "--locked",
    ];
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(build)
        .args(["--compiler", "cargo", "--lambda-dir"])
        .arg(built())
        .env("PATH", std::env::join_paths(paths)?)
        .current_dir(command::root());
    tools::run(&mut cargo)
}

/// Runs tests with what was built and installed for them.
///
/// # Errors
/// When a test fails.
fn tests(arguments: &[String]) -> Result<()> {
    let found = found()?;
    let found: Vec<_> = found.iter().map(|(name, path)| (*name, path.as_str())).collect();
    let mut test = vec!["test", "-p", "eventyard-aws-tests", "--test", "it", "--locked", "--"];
    test.extend(arguments.iter().map(String::as_str));
    cargo(&test, &found)
}

/// What end-to-end tests are told of: the command, the functions, the clients of AWS and what deploys.
///
/// # Errors
/// When something cannot be built or installed.
pub fn found() -> Result<Vec<(&'static str, String)>> {
    let found = [
        ("EVENTYARD_BIN", plain_command()?),
        ("EVENTYARD_AWS_CLIENTS", tools::aws_clients()?),
        ("EVENTYARD_DEPLOYERS", deployers()?),
        ("EVENTYARD_FUNCTIONS", built()),
    ];
    let text = |(name, path): (&'static str, PathBuf)| {
        let path = path.into_os_string().into_string();
        Ok((name, path.map_err(|path| anyhow::anyhow!("{} is not UTF-8", path.display()))?))
    };
    found.into_iter().map(text).collect()
}

/// The command as `cargo run` builds it, in a place where the build of the tests, which has the feature `aws`, does
/// not replace it.
fn plain_command() -> Result<PathBuf> {
    let kept = command::root().join("target/plain/eventyard");
    std::fs::create_dir_all(command::root().join("target/plain"))?;
    // A running one cannot be written to, but replaced.
    let fresh = kept.with_extension("new");
    std::fs::copy(command::build(&[])?, &fresh)?;
    std::fs::rename(&fresh, &kept)?;
    Ok(kept)
}

/// The folder of `sam` and `cargo-lambda`.
fn deployers() -> Result<PathBuf> {
    tools::python_packages("aws-deployers", "tests/aws/requirements.txt")
}

fn built() -> PathBuf {
    command::root().join("target/lambda")
}
