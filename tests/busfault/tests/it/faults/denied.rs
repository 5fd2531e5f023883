//! Targets that are gone, or deny us.

use anyhow::Result;
use eventyard_bus::{DeliveryState, What};
use eventyard_busfault::{Cloud, Queue, Yard, work};

/// A bus with a queue, and how long it may deny us.
async fn queue_yard(denied: &str) -> Result<(Yard, Queue)> {
    let cloud = Cloud::up().await?;
    let queue = cloud.queue().await?;
    let rules = format!(
        "targets:
  queue: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: all, when: $, to: queue, retry: {{ denied: {denied} }} }}
",
        queue.name()
    );
    Ok((Yard::start(cloud, &rules).await?, queue))
}

/// The breaker opens with the first answer, and what waits behind it is parked with the code of AWS.
async fn is_denied(yard: &Yard, code: &str) -> Result<()> {
    assert!(yard.ingest(&[work::event("e0", "Thing")]).await?.is_empty());
    let opened: Vec<_> = yard
        .bus
        .ports()
        .observer
        .stages()
        .into_iter()
        .filter_map(|stage| match stage.what {
            What::BreakerOpened { denied, cause, .. } => Some((denied, cause.code)),
            _ => None,
        })
        .collect();
    assert_eq!(opened, [(true, code.to_owned())], "at once, and once");
    let items = yard.items().await?;
    assert!(matches!(items[0].state, DeliveryState::Waiting { .. }), "it may be granted yet");
    assert_eq!(yard.settle().await?.parked, 1);
    let parked = yard.parked().await?;
    let cause = parked[0].cause.as_ref().unwrap();
    assert_eq!(cause.code, code, "{cause:?}");
    assert_eq!(yard.told("delivered"), 0);
    Ok(())
}

#[tokio::test]
async fn a_queue_that_was_deleted() -> Result<()> {
    let (yard, queue) = queue_yard("3s").await?;
    queue.delete().await?;
    is_denied(&yard, "AWS.SimpleQueueService.NonExistentQueue").await
}

#[tokio::test]
async fn a_queue_that_denies_us() -> Result<()> {
    let (yard, _) = queue_yard("3s").await?;
    yard.proxy.set_rules_json(
        r#"[{"operation":"SendMessageBatch","error":{"statusCode":403,"code":"AccessDeniedException"}}]"#,
    )?;
    is_denied(&yard, "AccessDeniedException").await
}

#[tokio::test]
async fn a_queue_that_denies_us_for_a_moment_gets_what_waited() -> Result<()> {
    let (yard, queue) = queue_yard("10m").await?;
    yard.proxy.set_rules_json(
        r#"[{"operation":"SendMessageBatch","times":2,
            "error":{"statusCode":403,"code":"AccessDeniedException"}}]"#,
    )?;
    assert!(yard.ingest(&super::ten()).await?.is_empty());
    assert_eq!(yard.settle().await?.delivered, 10);
    assert_eq!(super::each_once(&queue.take(10).await?)?, super::ten_without(&[]));
    assert_eq!(yard.told("breaker-opened"), 1);
    Ok(())
}
