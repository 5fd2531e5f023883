//! The same events again and again, by many workers at once.

use super::each_once;
use anyhow::Result;
use eventyard_busfault::{Cloud, Yard, work};
use futures::future::try_join_all;
use serde_json::Value;

const EVENTS: usize = 1_000;
const COPIES: usize = 3;
const WORKERS: usize = 8;
const BATCH: usize = 100;

fn batch(n: usize) -> Vec<Value> {
    (0..BATCH).map(|at| work::event(&format!("e{}", n * BATCH + at), "Thing")).collect()
}

#[tokio::test]
async fn of_1000_events_that_come_three_times_to_eight_workers_each_is_delivered_once() -> Result<()>
{
    let cloud = Cloud::up().await?;
    let (one, two) = (cloud.queue().await?, cloud.queue().await?);
    let rules = format!(
        "targets:
  one: {{ sqs: {{ queue: {} }} }}
  two: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: all, when: $, to: [one, two] }}
",
        one.name(),
        two.name()
    );
    let yard = Yard::start(cloud, &rules).await?;
    let workers = try_join_all((0..WORKERS).map(|_| yard.plan.start())).await?;
    // The copies of a batch stand beside each other, so that workers race for it.
    let jobs: Vec<_> = (0..EVENTS / BATCH).flat_map(|n| [n; COPIES]).collect();
    let work = workers.iter().enumerate().map(|(worker, bus)| {
        let mine: Vec<_> = jobs.iter().copied().skip(worker).step_by(WORKERS).collect();
        async move {
            for n in mine {
                work::ingest_all(bus, &batch(n)).await?;
            }
            Ok::<_, anyhow::Error>(())
        }
    });
    try_join_all(work).await?;
    let report = yard.settle().await?;
    let all = u64::try_from(EVENTS)?;
    assert_eq!((report.accepted, report.planned, report.delivered), (all, 2 * all, 2 * all));
    for queue in [one, two] {
        assert_eq!(each_once(&queue.take(EVENTS).await?)?.len(), EVENTS);
    }
    Ok(())
}
