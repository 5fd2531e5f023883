//! An SQS batch: each message on its own, those of a FIFO group in their order, and a partial answer.
//!
//! A message of a FIFO queue that fails goes back together with the later ones of its group; other groups
//! complete
//! ([partial batch responses](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)).

use super::{Back, Message, Worker};
use crate::{Journal, Publisher};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// What of a batch is needed.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
    #[serde(default, rename = "eventSourceARN")]
    queue: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    string_value: Option<String>,
}

/// The attributes that the bus gives each of its messages.
const DELIVERY: &str = "eventyard-delivery";
const HOPS: &str = "eventyard-hops";
/// The system attribute with a FIFO message's group.
const GROUP: &str = "MessageGroupId";

impl Batch {
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        serde_json::from_slice(payload).ok()
    }

    /// Messages that must follow each other: those of one FIFO group; every other is alone.
    fn lanes(&self) -> Vec<Vec<&Record>> {
        let mut lanes: Vec<Vec<&Record>> = Vec::new();
        let mut of_group: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for record in &self.records {
            let group = record.attributes.get(GROUP).filter(|_| record.queue.ends_with(".fifo"));
            let lane = group
                .map(|group| *of_group.entry((&*record.queue, &**group)).or_insert(lanes.len()));
            match lane.and_then(|lane| lanes.get_mut(lane)) {
                Some(lane) => lane.push(record),
                None => lanes.push(vec![record]),
            }
        }
        lanes
    }
}

impl Record {
    fn message(&self) -> Message<'_> {
        let attribute =
            |name| self.message_attributes.get(name).and_then(|it| it.string_value.as_deref());
        Message {
            id: Some(&self.message_id),
            body: self.body.as_bytes(),
            delivery: attribute(DELIVERY).and_then(|id| id.parse().ok()),
            hops: attribute(HOPS).and_then(|hops| hops.parse().ok()).unwrap_or(0),
        }
    }
}

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// Takes a batch; answers the messages that SQS is to send again.
    pub(super) async fn batch(&self, batch: &Batch, deadline: Instant) -> Value {
        let lanes = batch.lanes();
        let mut taken: Vec<BoxFuture<'_, Vec<&str>>> = Vec::with_capacity(lanes.len());
        for lane in lanes {
            taken.push(self.lane(lane, deadline).boxed());
        }
        let at_once = self.service.of().concurrency.max(1);
        let back: Vec<Vec<&str>> = stream::iter(taken).buffer_unordered(at_once).collect().await;
        let back = back.into_iter().flatten();
        let failures: Vec<Value> = back.map(|id| json!({ "itemIdentifier": id })).collect();
        json!({ "batchItemFailures": failures })
    }

    /// Takes messages one after the other; behind the first that fails none is begun.
    async fn lane<'b>(&self, lane: Vec<&'b Record>, deadline: Instant) -> Vec<&'b str> {
        for (at, record) in lane.iter().enumerate() {
            if let Err(Back(cause)) = self.message(&record.message(), deadline).await {
                tracing::debug!(message = record.message_id, code = %cause.code, "sent back");
                return lane.iter().skip(at).map(|record| &*record.message_id).collect();
            }
        }
        Vec::new()
    }
}
