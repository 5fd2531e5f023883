//! Wake-ups by SQS: a message to the target's work queue, delayed until the delivery is due.
//!
//! ```json
//! {"target":"payments","deliveries":["<identity>/<delivery id>"]}
//! ```
//! A message names at most [`KEYS_MAX`] deliveries; one that names none asks its target's worker to look
//! at what is due. SQS delays a message by at most 900 s
//! ([`DelaySeconds`](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html)):
//! a wake-up that comes before its time is sent again by who receives it.

use crate::{Wake, WakeUp};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use eventyard_bus::{Clock, DeliveryKey};
use eventyard_event::{DeliveryId, Identity};
use eventyard_rules::TargetName;
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The most deliveries that one message names.
pub const KEYS_MAX: usize = 25;
/// The longest delay of a message, in seconds.
const DELAY_S_MAX: u64 = 900;
/// Messages of one call.
const ENTRIES_MAX: usize = 10;

/// One message of a work queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkMessage {
    /// Whose worker is woken.
    pub target: TargetName,
    /// The deliveries it is woken for; empty for whatever is due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deliveries: Vec<String>,
}

impl WorkMessage {
    /// A message about these deliveries.
    #[must_use]
    pub fn new(target: TargetName, keys: &[DeliveryKey]) -> Self {
        let deliveries = keys.iter().map(|key| format!("{}/{}", key.identity, key.id)).collect();
        Self { target, deliveries }
    }

    /// The deliveries it names; what is no key is left out, since the sweeper finds its delivery.
    #[must_use]
    pub fn keys(&self) -> Vec<DeliveryKey> {
        let key = |text: &String| {
            let (identity, id) = text.split_once('/')?;
            let identity: Identity = identity.parse().ok()?;
            let id: DeliveryId = id.parse().ok()?;
            Some(DeliveryKey { identity, id })
        };
        self.deliveries.iter().filter_map(key).collect()
    }

    /// Whether it asks for whatever is due.
    #[must_use]
    pub fn is_for_all_due(&self) -> bool {
        self.deliveries.is_empty()
    }
}

/// The queues whose messages wake the workers of targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkQueues {
    /// The URL of the queue that targets share.
    pub shared: String,
    /// The URLs of the queues of targets that have one of their own.
    pub own: BTreeMap<TargetName, String>,
}

impl WorkQueues {
    fn of(&self, target: &TargetName) -> &str {
        self.own.get(target).unwrap_or(&self.shared)
    }
}

/// Sends wake-ups.
#[derive(Clone)]
pub struct SqsWake {
    client: Client,
    queues: WorkQueues,
    clock: Arc<dyn Clock>,
}

/// A message with the second it is due in.
type Slip = (TargetName, u64, Vec<DeliveryKey>);

impl SqsWake {
    /// Wake-ups by these queues.
    #[must_use]
    pub fn new(client: Client, queues: WorkQueues, clock: Arc<dyn Clock>) -> Self {
        Self { client, queues, clock }
    }

    async fn send(&self, slips: Vec<Slip>) {
        let mut by_queue: BTreeMap<&str, Vec<&Slip>> = BTreeMap::new();
        for slip in &slips {
            by_queue.entry(self.queues.of(&slip.0)).or_default().push(slip);
        }
        let calls = by_queue.iter().flat_map(|(queue, slips)| {
            slips.chunks(ENTRIES_MAX).map(|slips| self.send_batch(queue, slips))
        });
        join_all(calls).await;
    }

    /// Sends at most ten messages; what is not taken is left to the sweeper.
    async fn send_batch(&self, queue: &str, slips: &[&Slip]) {
        let entries = slips.iter().enumerate().filter_map(|(n, slip)| entry(n, slip));
        let entries: Vec<_> = entries.collect();
        let sent = self
            .client
            .send_message_batch()
            .queue_url(queue)
            .set_entries(Some(entries))
            .send()
            .await;
        match sent {
            Ok(sent) if sent.failed.is_empty() => {}
            Ok(sent) => {
                let (failed, code) = (sent.failed.len(), sent.failed.first().map(|f| f.code()));
                tracing::warn!(
                    queue,
                    failed,
                    code,
                    "wake-ups were refused; the sweeper wakes later"
                );
            }
            Err(error) => {
                let error = crate::failure::summary(&error);
                tracing::warn!(queue, error, "wake-ups were not sent; the sweeper wakes later");
            }
        }
    }
}

/// An entry of a batch. The target is its message group: one that has many does not delay the others
/// ([fair queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html)).
fn entry(n: usize, (target, delay_s, keys): &Slip) -> Option<SendMessageBatchRequestEntry> {
    let body = serde_json::to_string(&WorkMessage::new(target.clone(), keys)).ok()?;
    SendMessageBatchRequestEntry::builder()
        .id(n.to_string())
        .message_body(body)
        .message_group_id(target.as_str())
        .delay_seconds(i32::try_from(*delay_s).unwrap_or_default())
        .build()
        .ok()
}

/// Deliveries of one target that are due in the same second share messages.
fn slips(wake_ups: Vec<WakeUp>, now: Timestamp) -> Vec<Slip> {
    let mut together: BTreeMap<(TargetName, u64), Vec<DeliveryKey>> = BTreeMap::new();
    for WakeUp { target, key, due } in wake_ups {
        together.entry((target, delay_s(due, now))).or_default().push(key);
    }
    let cut = |((target, delay), keys): ((TargetName, u64), Vec<DeliveryKey>)| {
        let cut: Vec<_> = keys.chunks(KEYS_MAX).map(<[_]>::to_vec).collect();
        cut.into_iter().map(move |keys| (target.clone(), delay, keys))
    };
    together.into_iter().flat_map(cut).collect()
}

/// Whole seconds until `due`, rounded up, so that a message never comes before its time.
fn delay_s(due: Timestamp, now: Timestamp) -> u64 {
    let wait = Duration::try_from(due.duration_since(now)).unwrap_or_default();
    let up = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(up).min(DELAY_S_MAX)
}

impl Wake for SqsWake {
    fn wake(&self, wake_ups: Vec<WakeUp>) -> BoxFuture<'_, ()> {
        Box::pin(self.send(slips(wake_ups, self.clock.now())))
    }

    fn wake_targets(&self, targets: Vec<TargetName>) -> BoxFuture<'_, ()> {
        let slips = targets.into_iter().map(|target| (target, 0, Vec::new()));
        Box::pin(self.send(slips.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::{DELAY_S_MAX, KEYS_MAX, WorkMessage, slips};
    use crate::WakeUp;
    use eventyard_bus::contract::fixture::{at, item, target};

    fn wake_up(n: u32, due_s: u64) -> WakeUp {
        WakeUp { target: target("x"), key: item(n, "x", 0).key, due: at(due_s) }
    }

    #[test]
    fn a_message_comes_back_as_it_was_written_and_what_is_no_key_is_left_out() {
        let keys = [item(1, "x", 0).key, item(2, "x", 0).key];
        let text = serde_json::to_string(&WorkMessage::new(target("x"), &keys)).unwrap();
        let read: WorkMessage = serde_json::from_str(&text).unwrap();
        assert_eq!(read.keys(), keys);
        assert!(!read.is_for_all_due());
        let odd: WorkMessage =
            serde_json::from_str(r#"{"target":"x","deliveries":["?","a/b"]}"#).unwrap();
        assert!(odd.keys().is_empty() && !odd.is_for_all_due());
        let all: WorkMessage = serde_json::from_str(r#"{"target":"x"}"#).unwrap();
        assert!(all.is_for_all_due());
    }

    #[test]
    fn deliveries_that_are_due_together_share_messages_of_a_bounded_size() {
        let many = (0..60).map(|n| wake_up(n, 5)).collect();
        let sizes: Vec<_> =
            slips(many, at(0)).iter().map(|(_, delay, keys)| (*delay, keys.len())).collect();
        assert_eq!(sizes, [(5, KEYS_MAX), (5, KEYS_MAX), (5, 10)]);
    }

    #[test]
    fn a_message_is_delayed_until_its_time_and_by_no_more_than_sqs_allows() {
        let wakes = vec![wake_up(1, 0), wake_up(2, 90), wake_up(3, 90_000)];
        let delays: Vec<_> = slips(wakes, at(10)).iter().map(|(_, delay, _)| *delay).collect();
        assert_eq!(delays, [0, 80, DELAY_S_MAX]);
    }
}
