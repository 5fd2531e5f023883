//! What an event costs once a function is warm.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::aws::Aws;
use crate::function::Function;
use crate::load::{self, BATCH};

/// Invocations before anything is measured.
const WARM_UP: usize = 50;
/// Batches of the two runs under valgrind, whose difference is counted.
const COUNTED: (usize, usize) = (20, 120);

/// Measures `ingest-sqs` and prints what an event costs.
pub async fn run(functions: &Path, batches: usize) -> Result<()> {
    let binary = functions.join("ingest-sqs");
    let rules = load::rules(functions)?;
    let aws = Aws::start(None).await?;
    let mut function = Function::start(&binary, &rules, &aws, &[]).await?;
    for batch in 0..WARM_UP {
        function.invoke(load::sqs_batch(batch)).await?;
    }
    let before = function.cpu()?;
    aws.take();
    let mut times = Vec::with_capacity(batches);
    for batch in WARM_UP..WARM_UP + batches {
        let (answer, took) = function.invoke(load::sqs_batch(batch)).await?;
        anyhow::ensure!(&answer[..] == br#"{"batchItemFailures":[]}"#, "the batch was not taken");
        times.push(took);
    }
    let events = u32::try_from(batches * BATCH)?;
    let cpu = (function.cpu()? - before) / events;
    let counts = aws.take();
    println!(
        "ingest-sqs, {batches} batches of {BATCH} events of 1 KB, {} rules, one SQS target",
        load::RULES
    );
    println!("processor time per event   {:>8.1} µs", cpu.as_secs_f64() * 1e6);
    println!(
        "median batch               {:>8.2} ms",
        crate::cold::median(&mut times).as_secs_f64() * 1e3
    );
    println!("calls per event            {:>8.2}", ratio(counts.total(), u64::from(events)));
    for (operation, calls) in &counts.calls {
        println!("  {operation:<24} {:>8.2}", ratio(*calls, u64::from(events)));
    }
    function.end().await?;
    match allocations(&binary, &rules, &aws).await {
        Ok(per_event) => println!("allocations per event      {per_event:>8.0}"),
        Err(error) => println!("allocations per event      not counted: {error:#}"),
    }
    Ok(())
}

/// Counts under valgrind, twice, so that what is allocated once cancels out.
async fn allocations(binary: &Path, rules: &Path, aws: &Aws) -> Result<f64> {
    let few = allocated(binary, rules, aws, COUNTED.0).await?;
    let many = allocated(binary, rules, aws, COUNTED.1).await?;
    Ok(ratio(many.saturating_sub(few), u64::try_from((COUNTED.1 - COUNTED.0) * BATCH)?))
}

async fn allocated(binary: &Path, rules: &Path, aws: &Aws, batches: usize) -> Result<u64> {
    let log = std::env::temp_dir().join(format!("eventyard-allocations-{}", std::process::id()));
    let file = format!("--log-file={}", log.display());
    let under = ["valgrind", "--leak-check=no", &file];
    let mut function = Function::start(binary, rules, aws, &under).await?;
    for batch in 0..batches {
        function.invoke(load::sqs_batch(batch)).await?;
    }
    function.end().await?;
    let text = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    let line = text.lines().find_map(|line| line.split("total heap usage: ").nth(1));
    let count = line.and_then(|line| line.split(' ').next()).context("valgrind says no total")?;
    Ok(count.replace(',', "").parse()?)
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
pub fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}
