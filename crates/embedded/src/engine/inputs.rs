//! Embedded queues that the rules name as inputs, consumed as sources.
//!
//! In: messages of the queues under `bus.inputs` (`sqs`, `sns`, `eventbridge`). Out: accepted events, and
//! parked messages that are none, with their bytes. A message is deleted once everything in it is
//! durable; until then it comes again, as with SQS. One pump per queue, so order within it is kept.

mod message;
mod pump;

use super::targets::input_queue;
use super::{EmbeddedBus, Intake, Stop};
use crate::queues::{QueueName, Queues};
use eventyard_event::Limits;
use eventyard_rules::{Input, RuleSet};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// What every pump works with.
#[derive(Clone)]
pub(crate) struct Pumping {
    pub(crate) bus: Arc<EmbeddedBus>,
    pub(crate) intake: Intake,
    pub(crate) queues: Queues,
    pub(crate) limits: Limits,
    /// How long to wait before a failed store is asked again.
    pub(crate) pause: Duration,
}

/// Runs a pump for every input of the live rules; follows them when they are reloaded.
pub(crate) async fn run(pumping: Pumping, mut reloaded: watch::Receiver<()>, mut stop: Stop) {
    let mut pumps = JoinSet::new();
    let mut running: BTreeMap<QueueName, AbortHandle> = BTreeMap::new();
    loop {
        let wanted = inputs(&pumping.bus.rules());
        running.retain(|queue, pump| {
            let stays = wanted.contains_key(queue);
            if !stays {
                // A message that is cut off in the middle comes again.
                pump.abort();
            }
            stays
        });
        for (queue, via) in wanted {
            running.entry(queue.clone()).or_insert_with(|| {
                pumps.spawn(pump::run(pumping.clone(), queue, via, stop.clone()))
            });
        }
        tokio::select! {
            () = stop.requested() => break,
            changed = reloaded.changed() => if changed.is_err() { break },
        }
    }
    // Aborted pumps end as well; none of them matters any more.
    while pumps.join_next().await.is_some() {}
}

/// The queues of the inputs, each with the name people see (`sqs:events`).
fn inputs(rules: &RuleSet) -> BTreeMap<QueueName, String> {
    let mut inputs = BTreeMap::new();
    for input in &rules.bus.inputs {
        let (kind, resource) = match input {
            Input::Sqs { queue } => ("sqs", queue),
            Input::Sns { topic } => ("sns", topic),
            Input::EventBridge { bus } => ("eventbridge", bus),
            _ => continue,
        };
        if let Ok(queue) = input_queue(resource) {
            inputs.entry(queue).or_insert_with(|| format!("{kind}:{}", resource.name()));
        }
    }
    inputs
}
