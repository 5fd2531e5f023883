//! Events too large for a target, or for one item of the table.

use anyhow::Result;
use eventyard_busfault::{Cloud, Yard, work};
use serde_json::{Value, json};

/// A text is at most 256 KiB.
const TEXT: usize = 100_000;

/// An event of about so many texts of 100 kB, which compress to little less than they are.
fn large(id: &str, event_type: &str, texts: usize) -> Value {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                [usize::try_from(state % 64).unwrap()],
        )
    };
    let texts: Vec<String> = (0..texts).map(|_| (0..TEXT).map(&mut letter).collect()).collect();
    work::event_with(id, event_type, &json!(texts))
}

#[tokio::test]
async fn an_event_over_256_kib_is_parked_for_a_topic_and_its_mates_are_published() -> Result<()> {
    let cloud = Cloud::up().await?;
    let (topic, queue) = cloud.topic().await?;
    let rules = format!(
        "targets:
  topic: {{ sns: {{ topic: \"{topic}\" }} }}
rules:
  - {{ name: all, when: $, to: topic }}
"
    );
    let yard = Yard::start(cloud, &rules).await?;
    let mut records = super::ten();
    records[3] = large("e3", "Thing", 3);
    assert!(yard.ingest(&records).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.delivered, report.parked), (9, 1));
    let parked = yard.parked().await?;
    assert_eq!(parked[0].cause.as_ref().unwrap().code, "PayloadTooLargeForTarget");
    let sent = yard.proxy.calls();
    let published = sent.iter().filter(|call| call.operation == "PublishBatch");
    assert!(published.map(|call| call.request_bytes).sum::<usize>() < 300_000, "it is not tried");
    assert_eq!(super::each_once(&queue.take(9).await?)?, super::ten_without(&["e3"]));
    Ok(())
}

#[tokio::test]
async fn an_event_of_900_kb_comes_out_of_the_table_as_it_went_in() -> Result<()> {
    let cloud = Cloud::up().await?;
    let queue = cloud.queue().await?;
    let rules = format!(
        "targets:
  queue: {{ sqs: {{ queue: {} }} }}
rules:
  - {{ name: small, when: $.type == 'Thing', to: queue }}
",
        queue.name()
    );
    let yard = Yard::start(cloud, &rules).await?;
    let mut records = super::ten();
    records[3] = large("e3", "Large", 9);
    assert!(yard.ingest(&records).await?.is_empty());
    let report = yard.settle().await?;
    assert_eq!((report.accepted, report.delivered), (10, 9));
    assert_eq!(super::each_once(&queue.take(9).await?)?, super::ten_without(&["e3"]));
    let mut pages = yard.bus.ports().store.pages_since(yard.since);
    let mut documents = Vec::new();
    while let Some(page) = pages.next().await? {
        let large = page.events.iter().filter(|stored| stored.event.id() == "e3");
        documents.extend(large.map(|stored| stored.event.document().to_owned()));
    }
    assert_eq!(documents.len(), 1);
    assert!(documents[0] == records[3]["body"].as_str().unwrap(), "byte by byte");
    Ok(())
}
