//! `cargo xtask history-bench`: how long it takes to read the log again: a routing diff, a list by a condition, and a
//! replay, over events of 1 KB on the embedded store.
//!
//! Each pass runs the command as a user would, its start included; what counts are the medians.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use eventyard_tests::bus::{self, Bus, Start};
use eventyard_tests::{command, load};

/// How much to measure.
#[derive(Args)]
pub struct Arguments {
    /// Stored events
    #[arg(long, default_value_t = 10_000)]
    events: u64,
    /// Passes of each
    #[arg(long, default_value_t = 5)]
    passes: usize,
}

/// Bytes of one event.
const EVENT_BYTES: usize = 1024;
/// Events of one request.
const BATCH: u64 = 1000;
/// Rules on thresholds; of the new ones the first has a lower one, which a fifth of the events are over.
const RULES: u32 = 20;

/// Measures and prints.
///
/// # Errors
/// When the bus does not start, or the command does not do what it is to.
pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.events.is_multiple_of(BATCH), "--events must be a multiple of {BATCH}");
    let binary = command::build(&["--release"])?;
    let folder = tempfile::tempdir_in(command::root().join("target"))?;
    let folder = folder.path();
    write_rules(&folder.join("rules"), 50)?;
    write_rules(&folder.join("new"), 30)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let bus = runtime.block_on(filled(arguments, folder, &binary))?;
    let url = bus.url().to_owned();
    let events = arguments.events;

    let diff = ["diff", "rules", "new", "--output", "json"];
    measure(arguments, "diff, on the folder", || command_of(&binary, folder, &diff, 2).map(drop))?;
    let on_url = [&diff[..], &["--url", &url]].concat();
    measure(arguments, "diff, of the running bus", || {
        command_of(&binary, folder, &on_url, 2).map(drop)
    })?;
    let list = ["events", "--when", "$.data.total > 99.5", "--output", "json"];
    measure(arguments, "events by a condition", || {
        command_of(&binary, folder, &list, 0).map(drop)
    })?;
    let mut pass = 0;
    measure(arguments, "replay to an embedded queue", || {
        pass += 1;
        let name = format!("pass-{pass}");
        let replay =
            ["replay", &name, "--rate", "1000000", "--only-rule", "all", "--output", "json"];
        let record = command_of(&binary, folder, &replay, 0)?;
        let record = record.lines().last().context("no record")?;
        let record: serde_json::Value = serde_json::from_str(record)?;
        let delivered = record["counts"]["delivered"].as_u64();
        ensure!(delivered == Some(events), "{delivered:?} of {events} events were replayed");
        Ok(())
    })?;
    drop(bus);
    Ok(())
}

fn write_rules(folder: &Path, threshold: u32) -> Result<()> {
    let mut text = String::from(
        "version: 1\ntargets:\n  queue: { sqs: { queue: bench } }\n  other: { sqs: { queue: other } }\nrules:\n  - \
         { name: all, when: $.type == 'OrderPlaced', to: queue }\n",
    );
    for n in 0..RULES {
        let limit = if n == 0 { threshold } else { 1000 + n };
        text += &format!("  - {{ name: over-{n}, when: $.data.total > {limit}, to: other }}\n");
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join("bench.yaml"), text)?)
}

/// A bus with its events stored.
async fn filled(arguments: &Arguments, folder: &Path, binary: &Path) -> Result<Bus> {
    let (rules, data) = (folder.join("rules"), folder.join(".eventyard"));
    let start = Start { rules: &rules, data: &data, arguments: &[], binary: Some(binary) };
    let bus = Bus::start(start).await?;
    for batch in 0..arguments.events / BATCH {
        let body = load::order_lines("h", batch * BATCH, BATCH, EVENT_BYTES);
        let request = bus::client()
            .post(format!("{}/events", bus.url()))
            .header("content-type", "application/x-ndjson")
            .body(body);
        let answer = request.send().await?.text().await?;
        let accepted = u64::try_from(answer.matches("\"accepted\"").count())?;
        ensure!(accepted == BATCH, "{accepted} of {BATCH} events were accepted");
    }
    Ok(bus)
}

fn command_of(binary: &Path, folder: &Path, arguments: &[&str], code: i32) -> Result<String> {
    let output = std::process::Command::new(binary).args(arguments).current_dir(folder).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(code), "{arguments:?}: {}\n{said}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

fn measure(arguments: &Arguments, what: &str, mut pass: impl FnMut() -> Result<()>) -> Result<()> {
    let mut seconds = Vec::with_capacity(arguments.passes);
    for _ in 0..arguments.passes.max(1) {
        let start = Instant::now();
        pass()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    let events = u32::try_from(arguments.events)?;
    println!(
        "{what:<28} {median:>7.3} s, {:>9.0} events/s (median of {}, {:.3} to {:.3} s)",
        f64::from(events) / median,
        seconds.len(),
        seconds[0],
        seconds[seconds.len() - 1]
    );
    Ok(())
}
