//! A table that takes nothing, for a while or for ever.

use super::{each_once, ten, ten_without};
use anyhow::Result;
use eventyard_busfault::{Cloud, Queue, Yard, work};

/// The write of an event, which is the item whose sort key is `E`.
const EVENT: &str =
    r#""service":"dynamodb","operation":"PutItem","contains":"\"sk\":{\"S\":\"E\"}""#;
const THROTTLED: &str =
    r#""error":{"statusCode":400,"code":"ProvisionedThroughputExceededException"}"#;

async fn queue_yard() -> Result<(Yard, Queue)> {
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
    Ok((Yard::start(cloud, &rules).await?, queue))
}

#[tokio::test]
async fn an_event_whose_write_is_throttled_three_times_is_stored() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    yard.proxy.set_rules_json(&format!("[{{{EVENT},{THROTTLED},\"times\":3}}]"))?;
    let one = [work::event("e0", "Thing")];
    assert_eq!(yard.ingest(&one).await?, ["m-e0"], "the SDK tries three times, then it goes back");
    yard.ingest_all(&one).await?;
    assert_eq!(yard.settle().await?.delivered, 1);
    assert_eq!(each_once(&queue.take(1).await?)?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn ten_events_of_which_three_writes_are_throttled_are_all_stored() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    yard.proxy.set_rules_json(&format!("[{{{EVENT},{THROTTLED},\"times\":3}}]"))?;
    yard.ingest_all(&ten()).await?;
    let report = yard.settle().await?;
    assert_eq!((report.accepted, report.delivered, yard.proxy.applied(0)), (10, 10, 3));
    assert_eq!(each_once(&queue.take(10).await?)?, ten_without(&[]));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_stored_goes_back_and_nothing_of_it_is_delivered() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    yard.proxy.set_rules_json(&format!("[{{{EVENT},{THROTTLED}}}]"))?;
    let back = yard.ingest(&ten()).await?;
    assert_eq!(back.len(), 10, "all of them: {back:?}");
    assert_eq!(
        yard.proxy.count("sqs", "SendMessageBatch"),
        0,
        "nothing is sent before it is stored"
    );
    yard.proxy.set_rules(Vec::new());
    yard.ingest_all(&ten()).await?;
    assert_eq!(yard.settle().await?.delivered, 10);
    assert_eq!(each_once(&queue.take(10).await?)?, ten_without(&[]));
    Ok(())
}

#[tokio::test]
async fn a_table_that_fails_half_of_the_time_and_then_wholly_loses_nothing() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    let failing = r#""service":"dynamodb","error":{"statusCode":500,"code":"InternalServerError"}"#;
    let rules =
        format!("[{{{failing},\"probability\":0.5,\"times\":25}},{{{failing},\"times\":25}}]");
    yard.proxy.set_rules_json(&rules)?;
    yard.ingest_all(&ten()).await?;
    assert!(yard.proxy.applied(0) > 0, "it failed");
    yard.proxy.set_rules(Vec::new());
    let report = yard.settle().await?;
    assert_eq!((report.accepted, report.delivered), (10, 10));
    let got = super::counts(queue.take(10).await?.iter().map(eventyard_busfault::Got::event));
    assert_eq!(got.into_keys().collect::<std::collections::BTreeSet<_>>(), ten_without(&[]));
    Ok(())
}
