//! A message that is no event, among nine that are.

use super::{each_once, ten, ten_without};
use anyhow::Result;
use eventyard_bus::Deliveries;
use eventyard_busfault::{Cloud, Yard, work};

#[tokio::test]
async fn a_message_that_is_no_event_is_kept_with_its_bytes_and_the_others_go_on() -> Result<()> {
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
    let poison = r#"{"specversion":"1.0","id":"e4","#;
    let mut records = ten();
    records[4] = work::record("m-e4", poison);
    assert!(yard.ingest(&records).await?.is_empty(), "no message is received a second time");
    let report = yard.settle().await?;
    assert_eq!((report.accepted, report.delivered), (9, 9));
    assert_eq!(each_once(&queue.take(9).await?)?, ten_without(&["e4"]));
    let kept = yard.bus.ports().store.undecodable(None, 10).await?;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].message_id.as_str(), kept[0].bytes.as_slice()),
        ("m-e4", poison.as_bytes())
    );
    let place = format!("byte {}", poison.len());
    assert!(kept[0].cause.message.contains(&place), "{:?}", kept[0].cause);
    Ok(())
}
