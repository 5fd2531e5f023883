//! `cargo xtask instructions`: what matching costs in instructions, against the counts in the repository.
//!
//! Seconds depend on the machine and its neighbours, instructions do not: a matcher that became slower
//! is seen here in any continuous integration. valgrind counts a run over N events and one over 2N; the
//! difference is what N events cost, without building and without the first use of caches.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use eventyard_tests::command::root;

/// Whether to compare or to take over.
#[derive(Default, clap::Args)]
pub struct Arguments {
    /// Writes the counts to bench/instructions.json instead of comparing with it
    #[arg(long)]
    bless: bool,
}

/// Instructions of one event, by workload.
type Counts = BTreeMap<String, u64>;

/// The workloads of `bench/src/bin/instructions.rs`.
const WORKLOADS: [&str; 4] = ["read", "exact-5", "fields-1000", "nested-1000"];
/// Events of the shorter run: whole rounds of the workload's hundred events.
const EVENTS: u64 = 1000;
/// More than the counts in the repository by this many per cent is a failure.
const TOLERANCE_PERCENT: u64 = 5;

/// Counts, prints a table, and compares.
///
/// # Errors
/// When a workload needs over 5 % more instructions than the repository says, or valgrind is missing.
pub fn run(arguments: &Arguments) -> Result<()> {
    let program = build()?;
    let counts = WORKLOADS.into_iter().map(|name| Ok((name.to_owned(), count(&program, name)?)));
    let counts: Counts = counts.collect::<Result<_>>()?;
    let path = root().join("bench/instructions.json");
    if arguments.bless {
        let text = serde_json::to_string_pretty(&counts)?;
        return fs::write(&path, text + "\n").context("bench/instructions.json");
    }
    let text = fs::read(&path).context("bench/instructions.json")?;
    compare(&counts, &serde_json::from_slice(&text).context("bench/instructions.json")?)
}

fn compare(counts: &Counts, agreed: &Counts) -> Result<()> {
    println!("{:14} {:>10} {:>10}", "workload", "per event", "agreed");
    let mut over = Vec::new();
    for (name, count) in counts {
        let agreed = *agreed.get(name).with_context(|| format!("{name} is not in the file"))?;
        let is_over = count * 100 > agreed * (100 + TOLERANCE_PERCENT);
        println!("{name:14} {count:>10} {agreed:>10}  {}", if is_over { "OVER" } else { "" });
        if is_over {
            over.push(name.as_str());
        }
    }
    let way_out =
        "if that is the price of something, say so and run `cargo xtask instructions --bless`";
    ensure!(
        over.is_empty(),
        "over {TOLERANCE_PERCENT} % more instructions: {}; {way_out}",
        over.join(", ")
    );
    Ok(())
}

/// Instructions of one event.
fn count(program: &Path, workload: &str) -> Result<u64> {
    let (once, twice) = (total(program, workload, EVENTS)?, total(program, workload, 2 * EVENTS)?);
    let both = twice.checked_sub(once).context("more events need fewer instructions")?;
    Ok(both / EVENTS)
}

/// Instructions of a whole run, as callgrind reports them.
fn total(program: &Path, workload: &str, events: u64) -> Result<u64> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([workload, &events.to_string()])
        .output()
        .context("valgrind (`apt-get install valgrind`)")?;
    let report = String::from_utf8_lossy(&run.stderr);
    ensure!(run.status.success(), "valgrind {workload}: {}\n{report}", run.status);
    let collected = report.lines().find_map(|line| line.split_once("Collected :"));
    let (_, collected) = collected.with_context(|| format!("no count in:\n{report}"))?;
    collected.trim().parse().context("the count is not a number")
}

/// The program without the engines that it is not about.
fn build() -> Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--manifest-path", "bench/Cargo.toml"])
        .args(["--no-default-features", "--bin", "instructions"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("cargo build: {}", output.status);
    }
    let messages =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    let executables =
        messages.filter_map(|message| message.ok()?.get("executable")?.as_str().map(PathBuf::from));
    executables.last().context("cargo names no executable")
}
