//! The proxy by itself, one function in a process of its own, and the long form of the crash test.

use anyhow::{Context as _, Result, bail};
use eventyard_busfault::{Busfault, kills, once};

const USAGE: &str = "busfault proxy UPSTREAM [ADDRESS] [RULES.json]
busfault once < JOB.json
busfault crash KILLS WORKERS";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["proxy", upstream] => proxy(upstream, "127.0.0.1:0", None).await,
        ["proxy", upstream, address] => proxy(upstream, address, None).await,
        ["proxy", upstream, address, rules] => proxy(upstream, address, Some(rules)).await,
        ["once"] => once::run().await,
        ["crash", count, workers] => crash(count.parse()?, workers.parse()?).await,
        _ => bail!("{USAGE}"),
    }
}

async fn proxy(upstream: &str, address: &str, rules: Option<&str>) -> Result<()> {
    let proxy = Busfault::listen(address, upstream).await?;
    if let Some(rules) = rules {
        let text = std::fs::read_to_string(rules).with_context(|| rules.to_owned())?;
        proxy.set_rules_json(&text)?;
    }
    println!("{}", proxy.endpoint());
    std::future::pending().await
}

async fn crash(count: u64, workers: u64) -> Result<()> {
    let program = std::env::current_exe()?;
    let summary = kills::run(&program, count, workers, |line| println!("{line}")).await?;
    println!(
        "{count} kills of {workers} workers: {} events acknowledged, {} stored, {} deliveries planned and made; {} messages \
received, {} events more than once; nothing lost, accepted = delivered + parked + in flight after each kill",
        summary.acknowledged,
        summary.report.accepted,
        summary.report.delivered,
        summary.received,
        summary.repeated,
    );
    Ok(())
}
