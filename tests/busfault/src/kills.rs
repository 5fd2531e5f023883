//! Workers under load are killed at any moment, again and again; then it is judged whether anything they
//! acknowledged is missing.

use crate::cloud::Cloud;
use crate::inbox::Queue;
use crate::once::{Job, Task};
use crate::ports::FaultPorts;
use crate::work;
use crate::yard::Yard;
use anyhow::{Context as _, Result, ensure};
use eventyard_aws::WorkMessage;
use eventyard_bus::Bus;
use eventyard_bus::audit::Report;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Events of one batch.
const BATCH: usize = 10;
/// How long a page or an attempt stays with a worker that is gone.
const LEASE_MS: u64 = 5_000;
/// How long the first page of new workers may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Events whose messages were done with.
    pub acknowledged: usize,
    /// Messages that came to the targets.
    pub received: usize,
    /// How many of them came more than once: only a kill may cause that.
    pub repeated: usize,
    /// The audit.
    pub report: Report,
}

/// What a worker does until it is killed.
pub(crate) async fn load(bus: &Bus<FaultPorts>, prefix: &str) -> Result<()> {
    for batch in 0_u64.. {
        let event = |n| work::event(&format!("{prefix}-{batch}-{n}"), "Load");
        let records: Vec<_> = (0..BATCH).map(event).collect();
        let back = work::ingest(bus, &records).await?;
        if back.is_empty() {
            println!("{prefix}-{batch}");
        }
        if batch % 4 == 3 {
            for target in bus.rules().targets.keys() {
                work::deliver(bus, &WorkMessage::new(target.clone(), &[])).await;
            }
            work::sweep(bus).await?;
        }
    }
    Ok(())
}

/// Kills a worker in each round, and its successor in the next; `say` hears of every kill.
///
/// # Errors
/// An acknowledged event is missing, the audit finds a violation, or a planned delivery never came.
pub async fn run(program: &Path, kills: u64, workers: u64, say: impl Fn(&str)) -> Result<Summary> {
    let cloud = Cloud::up().await?;
    let (queue, (bus, copies)) = (cloud.queue().await?, cloud.event_bus().await?);
    let mut yard = Yard::start(cloud, &rules(queue.name(), &bus)).await?;
    yard.plan.lease_ms = LEASE_MS;
    yard.bus = yard.plan.start().await?;
    let mut acknowledged = BTreeSet::new();
    for kill in 0..kills {
        acknowledged.extend(round(program, &yard, kill, workers).await?);
        let count = acknowledged.len();
        say(&format!("kill {:>3} of {kills}: {count} events acknowledged so far", kill + 1));
        yard.audit().await?;
    }
    let report = recover(&yard).await?;
    judge(&yard, &acknowledged, report, [("queue", queue), ("copies", copies)]).await
}

/// A batch API whose entries fail now and then, and a bus beside it.
fn rules(queue: &str, bus: &str) -> String {
    format!(
        "targets:
  queue: {{ sqs: {{ queue: {queue} }} }}
  copies: {{ eventbridge: {{ bus: {bus} }}, envelope: cloudevents }}
rules:
  - {{ name: all, when: $, to: [queue, copies] }}
"
    )
}

/// Lets workers run for a while and kills them all; the ids that they acknowledged.
async fn round(program: &Path, yard: &Yard, kill: u64, workers: u64) -> Result<Vec<String>> {
    let faults = r#"[
        {"service":"sqs","operation":"SendMessageBatch","probability":0.3,"partial":{"entries":[1,4]}},
        {"service":"events","operation":"PutEvents","probability":0.2,"partial":{"entries":[0]}}
    ]"#;
    yard.proxy.set_rules_json(faults)?;
    let spawn = |worker| {
        let task = Task::Load(format!("k{kill}w{worker}"));
        Job { plan: yard.plan.clone(), task }.spawn(program, None)
    };
    let before = sealed(yard);
    let mut children = (0..workers).map(spawn).collect::<Result<Vec<_>>>()?;
    let begin = Instant::now();
    while sealed(yard) <= before {
        ensure!(begin.elapsed() < PATIENCE, "no worker seals a page");
        sleep(Duration::from_millis(10)).await;
    }
    // Where in the work the kill falls is left to a spread of delays.
    sleep(Duration::from_millis(kill.wrapping_mul(7919) % 2_500)).await;
    let mut acknowledged = Vec::new();
    for child in &mut children {
        child.kill()?;
        let mut text = String::new();
        child.stdout.take().context("no standard output")?.read_to_string(&mut text)?;
        child.wait()?;
        // A line that was cut off by the kill acknowledges nothing.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let ids = whole.lines().flat_map(|batch| (0..BATCH).map(move |n| format!("{batch}-{n}")));
        acknowledged.extend(ids);
    }
    yard.proxy.set_rules(Vec::new());
    Ok(acknowledged)
}

/// Pages that were sealed, and what else was changed.
fn sealed(yard: &Yard) -> usize {
    yard.proxy.count("dynamodb", "UpdateItem")
}

/// What the sweeper does when the leases of the dead are over.
async fn recover(yard: &Yard) -> Result<Report> {
    sleep(Duration::from_millis(LEASE_MS)).await;
    work::sweep(&yard.bus).await?;
    yard.settle().await
}

async fn judge(
    yard: &Yard,
    acknowledged: &BTreeSet<String>,
    report: Report,
    queues: [(&str, Queue); 2],
) -> Result<Summary> {
    let stored: BTreeSet<_> = yard.planned().await?.into_values().map(|it| it.event).collect();
    let lost: Vec<_> = acknowledged.difference(&stored).take(3).collect();
    ensure!(lost.is_empty(), "acknowledged and not stored: {lost:?} and maybe more");
    ensure!(report.delivered == report.planned, "not all was delivered: {report:?}");
    let mut summary =
        Summary { acknowledged: acknowledged.len(), received: 0, repeated: 0, report };
    for (target, queue) in queues {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for got in queue.take(stored.len()).await? {
            *counts.entry(got.event()).or_default() += 1;
        }
        let missing: Vec<_> = stored.iter().filter(|id| !counts.contains_key(*id)).collect();
        ensure!(missing.is_empty(), "{} events never came to {target}", missing.len());
        summary.received += counts.values().sum::<usize>();
        summary.repeated += counts.values().filter(|count| **count > 1).count();
    }
    Ok(summary)
}
