//! Wake-ups that are lost, or come twice.

use super::short;
use crate::receiver::Receiver;
use anyhow::Result;
use eventyard_aws::WorkMessage;
use eventyard_busfault::{Cloud, Queue, Yard, work};
use futures::future::join_all;

/// A bus that wakes by a queue, with a webhook as target.
async fn waking_yard(receiver: &Receiver) -> Result<(Yard, Queue)> {
    let cloud = Cloud::up().await?;
    let wake_ups = cloud.queue().await?;
    let rules = format!(
        "targets:
  partner: {{ http: {{ url: \"{}/200\" }} }}
rules:
  - {{ name: all, when: $, to: partner }}
",
        receiver.origin()
    );
    let mut yard = Yard::start(cloud, &rules).await?;
    yard.plan.work_queue = Some(wake_ups.url().to_owned());
    Ok((short(yard).await?, wake_ups))
}

async fn messages(wake_ups: &Queue) -> Result<Vec<WorkMessage>> {
    let got = wake_ups.take(1).await?;
    got.iter().map(|got| Ok(serde_json::from_str(&got.body)?)).collect()
}

#[tokio::test]
async fn a_lost_wake_up_costs_time_until_the_sweeper_wakes() -> Result<()> {
    let receiver = Receiver::start().await?;
    let (yard, wake_ups) = waking_yard(&receiver).await?;
    yard.proxy.set_rules_json(
        r#"[{"operation":"SendMessageBatch","times":1,"error":{"statusCode":503,"code":"ServiceUnavailable"}}]"#,
    )?;
    yard.ingest_all(&[work::event("e0", "Thing")]).await?;
    assert_eq!(yard.proxy.applied(0), 1, "it was lost");
    assert!(wake_ups.receive(1).await?.is_empty());
    assert_eq!(yard.audit().await?.in_flight, 1, "visibly in flight");
    work::sweep(&yard.bus).await?;
    let messages = messages(&wake_ups).await?;
    assert!(messages[0].is_for_all_due());
    assert!(work::deliver(&yard.bus, &messages[0]).await);
    assert_eq!((yard.audit().await?.delivered, receiver.came().len()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_duplicated_wake_up_makes_one_attempt() -> Result<()> {
    let receiver = Receiver::start().await?;
    let (yard, wake_ups) = waking_yard(&receiver).await?;
    yard.ingest_all(&[work::event("e0", "Thing")]).await?;
    let messages = messages(&wake_ups).await?;
    assert_eq!(messages[0].keys().len(), 1);
    let other = yard.plan.start().await?;
    let workers = [&yard.bus, &other, &yard.bus, &other];
    let done = join_all(workers.map(|bus| work::deliver(bus, &messages[0]))).await;
    assert!(done.iter().all(|done| *done), "{done:?}");
    assert_eq!((yard.audit().await?.delivered, receiver.came().len()), (1, 1));
    assert_eq!(yard.items().await?[0].attempts, 1);
    Ok(())
}
