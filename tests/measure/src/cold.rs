//! How soon a function is ready, and how long its first invocation takes.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::aws::Aws;
use crate::function::Function;
use crate::load;

/// Every function, by the name of its binary.
pub const FUNCTIONS: [&str; 8] = [
    "ingest-sqs",
    "ingest-sns",
    "ingest-eventbridge",
    "ingest-http",
    "ingest-stream",
    "deliver",
    "replay",
    "sweep",
];
/// Starts of each function.
const STARTS: usize = 20;

/// Starts each function again and again and prints the medians.
pub async fn run(functions: &Path) -> Result<()> {
    println!("function            start to ready   first invocation   memory     binary");
    for function in FUNCTIONS {
        let (mut starts, mut firsts, mut memory) = (Vec::new(), Vec::new(), 0);
        let aws = Aws::start(None).await?;
        for _ in 0..STARTS {
            let binary = functions.join(function);
            let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
            let mut running = Function::start(&binary, &rules, &aws, &[]).await?;
            starts.push(running.start);
            firsts.push(running.invoke(load::first(function)).await?.1);
            memory = running.memory()?;
            running.end().await?;
        }
        let bytes = std::fs::metadata(functions.join(function))?.len();
        println!(
            "{function:<19} {:>10.1} ms {:>15.1} ms {:>7.1} MB {:>7.1} MB",
            median(&mut starts).as_secs_f64() * 1e3,
            median(&mut firsts).as_secs_f64() * 1e3,
            mega(memory),
            mega(bytes),
        );
    }
    Ok(())
}

/// The middle one.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
