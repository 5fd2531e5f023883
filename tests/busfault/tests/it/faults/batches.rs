//! Batches of which some entries fail.

use super::{each_once, ten, ten_without};
use anyhow::Result;
use eventyard_busfault::{Cloud, Got, Yard, work};
use serde_json::json;
use std::collections::BTreeSet;

/// `e7` says a word by which the proxy knows it.
fn ten_with_a_bad_one() -> Vec<serde_json::Value> {
    let mut records = ten();
    records[7] = work::event_with("e7", "Thing", &json!({ "word": "unlucky" }));
    records
}

#[tokio::test]
async fn of_put_events_only_the_entries_that_failed_are_sent_again() -> Result<()> {
    let cloud = Cloud::up().await?;
    let (bus, queue) = cloud.event_bus().await?;
    let rules = format!(
        "targets:
  audit: {{ eventbridge: {{ bus: {bus} }}, envelope: cloudevents }}
rules:
  - {{ name: all, when: $, to: audit }}
"
    );
    let yard = Yard::start(cloud, &rules).await?;
    yard.proxy.set_rules_json(
        r#"[{"service":"events","operation":"PutEvents","times":1,
            "partial":{"entries":[2,5],"code":"ThrottlingException"}}]"#,
    )?;
    assert!(yard.ingest(&ten()).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.planned, report.delivered), (10, 10));
    assert_eq!(yard.told("retried"), 2);
    assert_eq!(each_once(&queue.take(10).await?)?, ten_without(&[]));
    Ok(())
}

#[tokio::test]
async fn an_entry_of_put_events_that_fails_for_ever_is_parked_and_disturbs_no_other() -> Result<()>
{
    let cloud = Cloud::up().await?;
    let ((bus, audit), copies) = (cloud.event_bus().await?, cloud.queue().await?);
    let rules = format!(
        "targets:
  audit: {{ eventbridge: {{ bus: {bus} }}, envelope: cloudevents }}
  copies: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: all, when: $, to: [audit, copies], retry: {{ attempts: 4 }} }}
",
        copies.name()
    );
    let yard = Yard::start(cloud, &rules).await?;
    yard.proxy.set_rules_json(
        r#"[{"service":"events","partial":{"containing":"unlucky","code":"InternalFailure"}}]"#,
    )?;
    assert!(yard.ingest(&ten_with_a_bad_one()).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.planned, report.delivered, report.parked), (20, 19, 1));
    let parked = yard.parked().await?;
    assert_eq!(parked[0].attempts, 4, "its whole budget");
    assert_eq!(parked[0].cause.as_ref().unwrap().code, "InternalFailure");
    assert_eq!(each_once(&audit.take(9).await?)?, ten_without(&["e7"]));
    assert_eq!(each_once(&copies.take(10).await?)?, ten_without(&[]));
    Ok(())
}

#[tokio::test]
async fn a_message_that_is_the_senders_fault_is_parked_at_once_with_its_code() -> Result<()> {
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
    let yard = Yard::start(cloud, &rules).await?;
    yard.proxy.set_rules_json(
        r#"[{"operation":"SendMessageBatch",
            "partial":{"containing":"unlucky","code":"SomethingNew","senderFault":true}}]"#,
    )?;
    assert!(yard.ingest(&ten_with_a_bad_one()).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.delivered, report.parked), (9, 1));
    let parked = yard.parked().await?;
    let cause = parked[0].cause.as_ref().unwrap();
    assert_eq!(cause.code, "SomethingNew");
    assert!(cause.message.contains("refuses"), "{cause:?}");
    assert_eq!((yard.told("retried"), yard.proxy.count("sqs", "SendMessageBatch")), (0, 1));
    assert_eq!(each_once(&queue.take(9).await?)?, ten_without(&["e7"]));
    Ok(())
}

async fn topic_yard() -> Result<(Yard, eventyard_busfault::Queue)> {
    let cloud = Cloud::up().await?;
    let (topic, queue) = cloud.topic().await?;
    let rules = format!(
        "targets:
  topic: {{ sns: {{ topic: \"{topic}\" }} }}
rules:
  - {{ name: all, when: $, to: topic }}
"
    );
    Ok((Yard::start(cloud, &rules).await?, queue))
}

#[tokio::test]
async fn a_published_message_that_is_not_the_senders_fault_goes_again_under_its_delivery_id()
-> Result<()> {
    let (yard, queue) = topic_yard().await?;
    yard.proxy.set_rules_json(
        r#"[{"operation":"PublishBatch","times":1,
            "partial":{"entries":[3],"code":"SomethingNew","senderFault":false}}]"#,
    )?;
    assert!(yard.ingest(&ten()).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.planned, report.delivered, yard.told("retried")), (10, 10, 1));
    let got = queue.take(10).await?;
    assert_eq!(each_once(&got)?, ten_without(&[]));
    let ids: BTreeSet<_> = got.iter().map(Got::delivery).collect();
    assert_eq!(ids, yard.planned_to("topic").await?);
    Ok(())
}

#[tokio::test]
async fn messages_whose_answer_was_lost_are_published_twice_under_one_delivery_id() -> Result<()> {
    let (yard, queue) = topic_yard().await?;
    yard.proxy.set_rules_json(r#"[{"operation":"PublishBatch","times":1,"drop-after":true}]"#)?;
    assert!(yard.ingest(&ten()).await?.is_empty());
    assert_eq!(yard.settle().await?.delivered, 10);
    let counts = super::counts(queue.take(20).await?.iter().map(Got::delivery));
    assert!(counts.values().all(|count| *count == 2), "{counts:?}");
    let ids: BTreeSet<_> = counts.into_keys().collect();
    assert_eq!(ids, yard.planned_to("topic").await?);
    Ok(())
}
