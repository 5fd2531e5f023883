//! Every line of the protocol's crash table: a process ends there, and what the sweeper and the source do
//! then comes to nothing lost.
//!
//! | the process ends | test |
//! |---|---|
//! | before the page is claimed | `before_the_claim_the_source_sends_again` |
//! | between claim and event | `a_page_without_events_is_void…` |
//! | between event and seal | `some_events…`, `all_events…`, `after_the_sends…`, `killed_between_two_targets…` |
//! | between seal and acknowledgement | `a_sealed_page…` |
//! | after the delivery item, before its send | `an_item…`, `an_attempt…` |
//! | wake-up lost, duplicated | `a_lost_wake_up…`, `a_duplicated_wake_up…` |
//! | table down | `faults::table` |

mod ingest;
mod items;
mod kills;
mod wake_ups;

use anyhow::{Result, ensure};
use eventyard_busfault::once::{Job, Task};
use eventyard_busfault::{Cloud, Queue, Yard, work};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long what a dead process held stays held. A live one needs less for what it does.
const LEASE: Duration = Duration::from_secs(4);

/// The program that is killed.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_busfault"))
}

/// A bus with one queue as target, and short leases.
pub async fn queue_yard() -> Result<(Yard, Queue)> {
    let cloud = Cloud::up().await?;
    let queue = cloud.queue().await?;
    let rules = format!(
        "targets:
  queue: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: all, when: $, to: queue }}
",
        queue.name()
    );
    Ok((short(Yard::start(cloud, &rules).await?).await?, queue))
}

/// The same with leases that end soon.
pub async fn short(mut yard: Yard) -> Result<Yard> {
    yard.plan.lease_ms = u64::try_from(LEASE.as_millis())?;
    yard.bus = yard.plan.start().await?;
    Ok(yard)
}

/// Lets a process do it until it ends itself at a point.
pub async fn crash(yard: &Yard, task: Task, point: &'static str) -> Result<()> {
    let job = Job { plan: yard.plan.clone(), task };
    tokio::task::spawn_blocking(move || job.crash(program(), point)).await?
}

/// Lets a process do it until something is true, and kills it then.
pub async fn kill_when(yard: &Yard, task: Task, is_time: impl Fn() -> bool) -> Result<()> {
    let job = Job { plan: yard.plan.clone(), task };
    let mut child = job.spawn(program(), None)?;
    let begin = Instant::now();
    while !is_time() {
        ensure!(begin.elapsed() < Duration::from_secs(60), "it is never time to kill");
        ensure!(child.try_wait()?.is_none(), "the process ended before it was killed");
        sleep(Duration::from_millis(5)).await;
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Sweeps when the leases are over, and does what is due.
pub async fn recover(yard: &Yard) -> Result<()> {
    sleep(LEASE).await;
    work::sweep(&yard.bus).await?;
    yard.settle().await?;
    Ok(())
}

/// How often each delivery came, each under the id that was planned.
pub async fn came(yard: &Yard, queue: &Queue, at_least: usize) -> Result<BTreeMap<String, usize>> {
    let got = queue.take(at_least).await?;
    let planned = yard.planned().await?;
    let mut counts = BTreeMap::new();
    for got in got {
        let known = planned.get(&got.delivery());
        ensure!(known.is_some_and(|it| it.event == got.event()), "{got:?} was not planned");
        *counts.entry(got.event()).or_default() += 1;
    }
    Ok(counts)
}

/// The events of ten messages, each so often.
pub fn each(times: usize) -> BTreeMap<String, usize> {
    (0..10).map(|n| (format!("e{n}"), times)).collect()
}

pub fn ten() -> Vec<Value> {
    crate::faults::ten()
}
