//! Calls that were made, and whose answers were lost: the same delivery comes again, and is known.

use super::counts;
use crate::receiver::Receiver;
use anyhow::Result;
use eventyard_busfault::{Busfault, Cloud, Yard, work};

#[tokio::test]
async fn a_fifo_queue_takes_it_once() -> Result<()> {
    let cloud = Cloud::up().await?;
    let queue = cloud.fifo_queue().await?;
    let rules = format!(
        "targets:
  lane: {{ sqs: {{ queue: {}, group: $.subject }} }}
rules:
  - {{ name: all, when: $, to: lane }}
",
        queue.name()
    );
    let yard = Yard::start(cloud, &rules).await?;
    yard.proxy
        .set_rules_json(r#"[{"operation":"SendMessageBatch","drop-after":true,"times":1}]"#)?;
    assert!(yard.ingest(&[work::event("e0", "Thing")]).await?.is_empty());
    assert_eq!((yard.settle().await?.delivered, yard.told("retried")), (1, 1));
    assert_eq!(yard.proxy.count("sqs", "SendMessageBatch"), 2);
    let got = queue.take(1).await?;
    assert_eq!(got.len(), 1);
    assert_eq!(vec![got[0].delivery()], Vec::from_iter(yard.planned_to("lane").await?));
    Ok(())
}

#[tokio::test]
async fn a_state_machine_runs_once() -> Result<()> {
    let cloud = Cloud::up().await?;
    let machine = cloud.state_machine().await?;
    let rules = format!(
        "targets:
  machine: {{ step-functions: {{ state-machine: \"{machine}\" }} }}
rules:
  - {{ name: all, when: $, to: machine }}
"
    );
    let yard = Yard::start(cloud, &rules).await?;
    yard.proxy.set_rules_json(r#"[{"operation":"StartExecution","drop-after":true,"times":1}]"#)?;
    assert!(yard.ingest(&[work::event("e0", "Thing")]).await?.is_empty());
    assert_eq!((yard.settle().await?.delivered, yard.told("retried")), (1, 1));
    let calls = yard.proxy.calls();
    let started = calls.iter().filter(|call| call.operation == "StartExecution");
    assert_eq!(started.count(), 2);
    let executions = yard.cloud.executions(&machine).await?;
    assert_eq!(executions, Vec::from_iter(yard.planned_to("machine").await?));
    Ok(())
}

#[tokio::test]
async fn a_webhook_comes_again_under_its_id() -> Result<()> {
    let receiver = Receiver::start().await?;
    let lossy = Busfault::start(&*receiver.origin()).await?;
    let rules = format!(
        "targets:
  partner: {{ http: {{ url: \"{}/hook\" }} }}
rules:
  - {{ name: all, when: $, to: partner }}
",
        lossy.endpoint()
    );
    let yard = Yard::start(Cloud::up().await?, &rules).await?;
    lossy
        .set_rules_json(r#"[{"service":"http","operation":"POST","drop-after":true,"times":1}]"#)?;
    assert!(yard.ingest(&[work::event("e0", "Thing")]).await?.is_empty());
    assert_eq!((yard.settle().await?.delivered, yard.told("retried")), (1, 1));
    let ids = counts(receiver.came().into_iter().map(|came| came.webhook_id));
    assert_eq!(ids.values().copied().collect::<Vec<_>>(), [2]);
    assert_eq!(
        ids.into_keys().collect::<Vec<_>>(),
        Vec::from_iter(yard.planned_to("partner").await?)
    );
    Ok(())
}
