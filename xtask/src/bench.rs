//! `cargo xtask bench`: events per second through `POST /events`, beside a bare write of the same bytes.
//!
//! Both commit 1,000 events of 1 KB at a time with the same durability, in turns in one run, so that what the machine
//! does meanwhile is done to both; what counts is the ratio of the medians.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use eventyard_tests::bus::{self, Bus, Start};
use eventyard_tests::{command, load};
use redb::{Database, TableDefinition};

/// How much to measure.
#[derive(Args)]
pub struct Arguments {
    /// Events in one pass
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Passes of each, in turns
    #[arg(long, default_value_t = 5)]
    passes: usize,
    /// Requests at the same time
    #[arg(long, default_value_t = 2)]
    clients: u64,
}

/// Events in one commit.
const BATCH: u64 = 1000;
/// Bytes of one event.
const EVENT_BYTES: usize = 1024;
/// Five rules, of which one matches.
const RULES: &str = "version: 1
targets:
  queue: { sqs: { queue: bench } }
rules:
  - { name: one, when: \"$.type == 'OrderPlaced' && $.data.total >= 0\", to: queue }
  - { name: two, when: \"$.type == 'PaymentProcessed' && $.data.total > 10\", to: queue }
  - { name: three, when: \"$.source == 'warehouse' || $.data.currency == 'USD'\", to: queue }
  - { name: four, when: \"match($.subject, 'sensor-[0-9]+')\", to: queue }
  - { name: five, pattern: { source: [factory], detail: { total: [ { numeric: [ '>', 5 ] } ] } }, to: queue }
";

/// Measures and prints a table.
///
/// # Errors
/// When the bus does not start, or does not accept every event.
pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(
        arguments.events.is_multiple_of(BATCH * arguments.clients),
        "--events must be a multiple of 1000 times --clients"
    );
    let binary = command::build(&["--release"])?;
    let folder = tempfile::tempdir_in(command::root().join("target"))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (mut through_bus, mut bare) = (Vec::new(), Vec::new());
    for pass in 0..arguments.passes {
        let data = folder.path().join(format!("bus-{pass}"));
        through_bus.push(runtime.block_on(post(arguments, folder.path(), &data, &binary))?);
        bare.push(write_bare(arguments.events, &folder.path().join(format!("bare-{pass}.redb")))?);
        println!(
            "pass {}: bus {:>9.0} events/s, bare write {:>9.0} events/s",
            pass + 1,
            through_bus[pass],
            bare[pass]
        );
    }
    let (bus, bare) = (median(&mut through_bus), median(&mut bare));
    println!(
        "median of {}: bus {bus:.0} events/s, bare write {bare:.0} events/s, ratio {:.2}",
        arguments.passes,
        bus / bare
    );
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Events per second from the first byte sent to the last answer: stored with their plans, durable.
async fn post(arguments: &Arguments, folder: &Path, data: &Path, binary: &Path) -> Result<f64> {
    let rules = folder.join("rules");
    std::fs::create_dir_all(&rules)?;
    std::fs::write(rules.join("bench.yaml"), RULES)?;
    let bus =
        Bus::start(Start { rules: &rules, data, arguments: &[], binary: Some(binary) }).await?;
    let url = format!("{}/events", bus.url());
    let share = arguments.events / arguments.clients;
    // The bodies are made before the clock starts: the generator shares the two cores.
    let bodies: Vec<Vec<String>> = (0..arguments.clients)
        .map(|client| {
            let batches = 0..share / BATCH;
            batches
                .map(|n| load::order_lines(&format!("c{client}"), n * BATCH, BATCH, EVENT_BYTES))
                .collect()
        })
        .collect();
    let start = Instant::now();
    let clients: Vec<_> =
        bodies.into_iter().map(|batches| tokio::spawn(stream(url.clone(), batches))).collect();
    for client in clients {
        client.await??;
    }
    Ok(per_second(arguments.events, start))
}

/// One request whose body is the batches, one after the other; every event must be accepted.
async fn stream(url: String, batches: Vec<String>) -> Result<()> {
    let wanted = u64::try_from(batches.len())? * BATCH;
    let body = futures::stream::iter(batches.into_iter().map(Ok::<_, std::io::Error>));
    let request = bus::client()
        .post(url)
        .header("content-type", "application/x-ndjson")
        .body(reqwest::Body::wrap_stream(body));
    let answer = request.send().await?.text().await?;
    let accepted = u64::try_from(answer.matches("\"accepted\"").count())?;
    ensure!(accepted == wanted, "{accepted} of {wanted} events were accepted");
    Ok(())
}

/// The same bytes, keyed by their number, 1,000 to a durable commit.
fn write_bare(events: u64, path: &Path) -> Result<f64> {
    const TABLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");
    let lines: Vec<String> = (0..events).map(|n| load::order_line("c0", n, EVENT_BYTES)).collect();
    let database = Database::create(path)?;
    let start = Instant::now();
    for (batch, lines) in lines.chunks(usize::try_from(BATCH)?).enumerate() {
        let write = database.begin_write()?;
        {
            let mut table = write.open_table(TABLE)?;
            for (n, line) in (u64::try_from(batch)? * BATCH..).zip(lines) {
                table.insert(n, line.as_bytes())?;
            }
        }
        write.commit().context("redb could not commit")?;
    }
    Ok(per_second(events, start))
}

#[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
fn per_second(events: u64, start: Instant) -> f64 {
    events as f64 / start.elapsed().as_secs_f64()
}
