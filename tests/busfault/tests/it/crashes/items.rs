//! A process ends around the item of a delivery.

use super::{crash, kill_when, recover, short};
use crate::receiver::Receiver;
use anyhow::Result;
use eventyard_aws::WorkMessage;
use eventyard_bus::{DeliveryState, Outcome};
use eventyard_busfault::once::Task;
use eventyard_busfault::{Busfault, Cloud, Yard, work};

fn rules(url: &str) -> String {
    format!(
        "targets:
  partner: {{ http: {{ url: \"{url}\" }} }}
rules:
  - {{ name: all, when: $, to: partner }}
"
    )
}

async fn webhook_yard(url: &str) -> Result<Yard> {
    short(Yard::start(Cloud::up().await?, &rules(url)).await?).await
}

#[tokio::test]
async fn an_item_that_woke_nobody_is_found_by_the_sweeper() -> Result<()> {
    let receiver = Receiver::start().await?;
    let yard = webhook_yard(&format!("{}/200", receiver.origin())).await?;
    crash(&yard, Task::Ingest(vec![work::event("e0", "Thing")]), "item-recorded").await?;
    let items = yard.items().await?;
    assert!(matches!(items[0].state, DeliveryState::Waiting { .. }));
    assert!(receiver.came().is_empty());
    let woken = work::sweep(&yard.bus).await?.woken;
    assert_eq!(woken.iter().map(ToString::to_string).collect::<Vec<_>>(), ["partner"]);
    recover(&yard).await?;
    let report = yard.audit().await?;
    assert_eq!((report.delivered, report.open), (1, 0));
    let ids: Vec<_> = receiver.came().into_iter().map(|came| came.webhook_id).collect();
    assert_eq!(ids, Vec::from_iter(yard.planned_to("partner").await?), "once");
    Ok(())
}

#[tokio::test]
async fn an_attempt_of_a_process_that_was_killed_is_made_again_as_the_next() -> Result<()> {
    let receiver = Receiver::start().await?;
    let slow = Busfault::start(&*receiver.origin()).await?;
    let yard = webhook_yard(&format!("{}/200", slow.endpoint())).await?;
    yard.ingest_all(&[work::event("e0", "Thing")]).await?;
    slow.set_rules_json(r#"[{"service":"http","delay":60000}]"#)?;
    let target = "partner".parse()?;
    let deliver = Task::Deliver(WorkMessage::new(target, &[]));
    kill_when(&yard, deliver, || slow.applied(0) > 0).await?;
    slow.set_rules(Vec::new());
    let items = yard.items().await?;
    assert!(matches!(items[0].state, DeliveryState::InFlight { .. }), "{items:?}");
    recover(&yard).await?;
    assert_eq!(yard.audit().await?.delivered, 1);
    let item = &yard.items().await?[0];
    assert_eq!(item.attempts, 2);
    assert_eq!(item.history.last().map(|last| last.outcome), Some(Outcome::Delivered));
    let ids: Vec<_> = receiver.came().into_iter().map(|came| came.webhook_id).collect();
    assert_eq!(
        ids,
        Vec::from_iter(yard.planned_to("partner").await?),
        "once, since it hung before"
    );
    Ok(())
}

#[tokio::test]
async fn a_sweeper_that_was_killed_is_followed_by_the_next() -> Result<()> {
    let (yard, queue) = super::queue_yard().await?;
    crash(&yard, Task::Ingest(super::ten()), "accepted").await?;
    tokio::time::sleep(super::LEASE).await;
    crash(&yard, Task::Sweep, "before-seal").await?;
    recover(&yard).await?;
    assert_eq!(yard.audit().await?.delivered, 10);
    assert_eq!(super::came(&yard, &queue, 20).await?, super::each(2));
    Ok(())
}
