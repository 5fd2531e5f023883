//! Events that come back to the bus that sent them.

use anyhow::Result;
use eventyard_busfault::{Cloud, Yard, work};

/// Feeds the bus with what it sends to its own queue, until nothing comes any more; how much came.
async fn go_round(
    rules: &str,
    queue: &eventyard_busfault::Queue,
    cloud: Cloud,
) -> Result<(Yard, usize)> {
    let yard = Yard::start(cloud, rules).await?;
    yard.ingest_all(&[work::event("e", "Ping")]).await?;
    let mut came = 0;
    loop {
        yard.settle().await?;
        let got = queue.receive(1).await?;
        if got.is_empty() {
            return Ok((yard, came));
        }
        came += got.len();
        yard.ingest_all(&got.iter().map(work::received).collect::<Vec<_>>()).await?;
    }
}

/// Each round is another event.
const AGAIN: &str =
    "{ specversion: '1.0', id: '<$.id>+', source: $.source, type: TYPE, data: $.data }";

async fn stops_after(rules: impl Fn(&str) -> String, limit: usize) -> Result<()> {
    let cloud = Cloud::up().await?;
    let queue = cloud.queue().await?;
    let (yard, came) = go_round(&rules(queue.name()), &queue, cloud).await?;
    assert_eq!(came, limit, "exactly as many deliveries as hops are allowed");
    let report = yard.audit().await?;
    let limit = u64::try_from(limit)?;
    assert_eq!((report.accepted, report.delivered, report.parked), (limit + 1, limit, 1));
    let parked = yard.parked().await?;
    assert_eq!(parked[0].cause.as_ref().unwrap().code, "LoopDetected");
    Ok(())
}

#[tokio::test]
async fn a_rule_that_feeds_itself_stops_at_the_hop_limit() -> Result<()> {
    let rules = |queue: &str| {
        let again = AGAIN.replace("TYPE", "$.type");
        format!(
            "targets:
  queue: {{ sqs: {{ queue: {queue} }} }}
rules:
  - {{ name: self, when: $, to: queue, transform: {again} }}
"
        )
    };
    stops_after(rules, 16).await
}

#[tokio::test]
async fn two_rules_that_feed_each_other_stop_at_the_hop_limit_that_they_allow() -> Result<()> {
    let rules = |queue: &str| {
        let (ping, pong) = (AGAIN.replace("TYPE", "Ping"), AGAIN.replace("TYPE", "Pong"));
        format!(
            "targets:
  queue: {{ sqs: {{ queue: {queue} }} }}
rules:
  - {{ name: ping, when: $.type == 'Ping', to: queue, transform: {pong}, allow-loop: {{ max-hops: 5 }} }}
  - {{ name: pong, when: $.type == 'Pong', to: queue, transform: {ping}, allow-loop: {{ max-hops: 5 }} }}
"
        )
    };
    stops_after(rules, 5).await
}

#[tokio::test]
async fn an_event_that_comes_back_as_itself_is_known() -> Result<()> {
    let cloud = Cloud::up().await?;
    let queue = cloud.queue().await?;
    let rules = format!(
        "targets:
  queue: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: self, when: $, to: queue }}
",
        queue.name()
    );
    let (yard, came) = go_round(&rules, &queue, cloud).await?;
    assert_eq!((came, yard.told("duplicate")), (1, 1));
    Ok(())
}
