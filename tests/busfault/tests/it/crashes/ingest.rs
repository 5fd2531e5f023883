//! A process ends while it takes a batch.

use super::{came, crash, each, kill_when, queue_yard, recover, short, ten};
use anyhow::Result;
use eventyard_busfault::once::Task;
use eventyard_busfault::{Cloud, Yard, work};

/// The write of a page.
const CLAIM: &str =
    r##"[{"service":"dynamodb","operation":"PutItem","contains":"#L#","delay":60000}]"##;

#[tokio::test]
async fn before_the_claim_the_source_sends_again() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    yard.proxy.set_rules_json(CLAIM)?;
    kill_when(&yard, Task::Ingest(ten()), || yard.proxy.applied(0) > 0).await?;
    yard.proxy.set_rules(Vec::new());
    assert_eq!(yard.audit().await?.accepted, 0);
    yard.ingest_all(&ten()).await?;
    assert_eq!(yard.settle().await?.delivered, 10);
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn a_page_without_events_is_void_and_the_source_sends_into_a_new_one() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "page-claimed").await?;
    recover(&yard).await?;
    assert_eq!(yard.audit().await?.accepted, 0, "nothing was accepted");
    assert_eq!(yard.bus.ports().store.oldest_open_page().await?, None, "the page is sealed");
    yard.ingest_all(&ten()).await?;
    assert_eq!(yard.settle().await?.delivered, 10);
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn a_page_without_events_is_void_also_where_the_source_was_quicker() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "page-claimed").await?;
    yard.ingest_all(&ten()).await?;
    recover(&yard).await?;
    let report = yard.audit().await?;
    assert_eq!((report.accepted, report.delivered, report.open), (10, 10, 0));
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn some_events_were_stored_and_the_sweeper_sends_those_and_the_source_the_others()
-> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "event-stored").await?;
    let stored = yard.audit().await?;
    assert!(stored.accepted >= 1 && stored.open == stored.accepted, "{stored:?}");
    yard.ingest_all(&ten()).await?;
    recover(&yard).await?;
    let report = yard.audit().await?;
    assert_eq!((report.accepted, report.delivered, report.open), (10, 10, 0));
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn all_events_were_stored_and_the_sweeper_sends_their_plan() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "accepted").await?;
    assert_eq!(yard.audit().await?.open, 10);
    assert!(yard.ingest(&ten()).await?.is_empty(), "the bus owns them: they are acknowledged");
    assert_eq!(yard.proxy.count("sqs", "SendMessageBatch"), 0, "and still held by the dead");
    recover(&yard).await?;
    assert_eq!(yard.told("taken-over"), 1);
    assert_eq!(yard.audit().await?.delivered, 10);
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn after_the_sends_they_are_sent_again_under_the_same_ids() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "before-seal").await?;
    recover(&yard).await?;
    assert_eq!(yard.audit().await?.delivered, 10);
    assert_eq!(came(&yard, &queue, 20).await?, each(2));
    Ok(())
}

#[tokio::test]
async fn a_sealed_page_is_acknowledged_and_not_sent_again() -> Result<()> {
    let (yard, queue) = queue_yard().await?;
    crash(&yard, Task::Ingest(ten()), "sealed").await?;
    assert!(yard.ingest(&ten()).await?.is_empty());
    recover(&yard).await?;
    assert_eq!((yard.told("duplicate"), yard.told("taken-over")), (10, 0));
    assert_eq!(yard.audit().await?.delivered, 10);
    assert_eq!(came(&yard, &queue, 10).await?, each(1));
    Ok(())
}

#[tokio::test]
async fn killed_between_two_targets_all_of_the_stored_plan_is_sent_again() -> Result<()> {
    let cloud = Cloud::up().await?;
    let (first, second) = (cloud.queue().await?, cloud.queue().await?);
    let rules = |when: &str| {
        format!(
            "targets:
  first: {{ sqs: {{ queue: {} }} }}
  second: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: all, when: \"{when}\", to: [first, second] }}
",
            first.name(),
            second.name()
        )
    };
    let mut yard = short(Yard::start(cloud, &rules("$")).await?).await?;
    let hang = format!(
        r#"[{{"operation":"SendMessageBatch","contains":"{}","delay":60000}}]"#,
        second.name()
    );
    yard.proxy.set_rules_json(&hang)?;
    let first_is_sent =
        || yard.proxy.count("sqs", "SendMessageBatch") > 0 && yard.proxy.applied(0) > 0;
    kill_when(&yard, Task::Ingest(ten()), first_is_sent).await?;
    yard.proxy.set_rules(Vec::new());
    // Rules that would plan nothing: what was planned is sent all the same.
    yard.plan.rules = yard.plan.rules.replace("when: \"$\"", "when: \"$.type == 'Nothing'\"");
    yard.bus = yard.plan.start().await?;
    recover(&yard).await?;
    assert_eq!(yard.audit().await?.delivered, 20);
    assert_eq!(came(&yard, &first, 20).await?, each(2));
    let seconds = came(&yard, &second, 10).await?;
    assert_eq!(seconds.len(), 10, "{seconds:?}");
    assert!(work::sweep(&yard.bus).await?.woken.is_empty());
    Ok(())
}
