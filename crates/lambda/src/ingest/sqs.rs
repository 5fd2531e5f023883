//! Messages of SQS queues: an event source mapping with partial batch responses.
//!
//! A message of a FIFO queue goes back together with the later ones of its group; other groups complete
//! ([partial batch responses](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)).

use super::{Message, Source, Verdict, take};
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use eventyard_bus::{Bus, Ports};
use eventyard_event::Limits;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::time::Instant;

/// The attribute that carries an event's hops.
const HOPS: &str = "eventyard-hops";
/// The system attribute with a FIFO message's group.
const GROUP: &str = "MessageGroupId";

/// Takes a batch; answers the messages that SQS is to send again.
pub async fn batch<P: Ports>(
    bus: &Bus<P>,
    event: &SqsEvent,
    limits: &Limits,
    deadline: Instant,
) -> SqsBatchResponse {
    let groups = groups(&event.records);
    let taken = groups.iter().map(|((queue, order), records)| async move {
        let via = format!("sqs:{queue}");
        let messages: Vec<_> = records.iter().map(|record| message(record)).collect();
        let source = Source { via: &via, order: order.clone(), deadline };
        let verdicts = take(bus, &messages, &source, limits).await;
        let back = records.iter().zip(verdicts).filter(|(_, verdict)| *verdict == Verdict::Back);
        back.filter_map(|(record, _)| failure(record)).collect::<Vec<_>>()
    });
    let failures: Vec<_> = join_all(taken).await.into_iter().flatten().collect();
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    response
}

/// The messages of each queue in their order; of a FIFO queue those of each group.
fn groups(records: &[SqsMessage]) -> BTreeMap<(&str, Option<Arc<str>>), Vec<&SqsMessage>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for record in records {
        let queue = queue_name(record);
        let group = record.attributes.get(GROUP).filter(|_| queue.ends_with(".fifo"));
        groups.entry((queue, group.map(|group| group.as_str().into()))).or_default().push(record);
    }
    groups
}

/// The name of the queue a message came by: the last part of its ARN.
fn queue_name(record: &SqsMessage) -> &str {
    let arn = record.event_source_arn.as_deref().unwrap_or_default();
    arn.rsplit(':').next().unwrap_or(arn)
}

fn message(record: &SqsMessage) -> Message<'_> {
    let hops = record.message_attributes.get(HOPS).and_then(|hops| hops.string_value.as_deref());
    Message {
        id: record.message_id.as_deref().unwrap_or_default(),
        body: record.body.as_deref().unwrap_or_default().as_bytes(),
        hops: hops.and_then(|hops| hops.parse().ok()).unwrap_or(0),
    }
}

/// The entry of a message that goes back. One without an id would fail the whole batch: Lambda gives
/// every message one.
fn failure(record: &SqsMessage) -> Option<BatchItemFailure> {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = record.message_id.clone().filter(|id| !id.is_empty())?;
    Some(failure)
}
