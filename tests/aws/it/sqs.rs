//! SQS in, SQS out.

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::yard::{assert_received_once, event};
use eventyard_bus::Deliveries as _;
use serde_json::json;

#[tokio::test]
async fn an_event_travels_from_queue_to_queue() {
    let yard = Yard::here().await;
    let sent = event("plain", "p-1", json!({ "total": 129.90 }));
    yard.ingest().send(sent.to_string()).await.unwrap();

    let verdict = yard.settled("plain", 1).await;
    let taken = yard.received("plain", &verdict.delivered_to("plain")).await;
    assert_received_once(&taken, &verdict, "plain");
    assert_eq!((verdict.report.accepted, verdict.report.delivered), (1, 1));

    let body = taken[0].json();
    assert_eq!((&body["id"], &body["data"]), (&sent["id"], &sent["data"]));
    assert_eq!(taken[0].attributes["eventyard-hops"], "1");
    assert_eq!(taken[0].attributes["eventyard-cause"], "p-1");
}

#[tokio::test]
async fn a_poison_message_is_parked_with_its_bytes_and_the_nine_beside_it_are_delivered() {
    let yard = Yard::here().await;
    let poison = r#"{"specversion": "1.0", "id": "poison-5", "source": "poi"#.to_owned();
    let body = |n: usize| match n {
        5 => poison.clone(),
        _ => event("poison", &format!("p-{n}"), json!({ "n": n })).to_string(),
    };
    let bodies: Vec<_> = (0..10).map(body).collect();
    yard.ingest().send_together(&bodies).await.unwrap();

    let verdict = yard.settled("poison", 9).await;
    let taken = yard.received("poison", &verdict.delivered_to("poison")).await;
    assert_received_once(&taken, &verdict, "poison");
    assert_eq!((verdict.report.accepted, verdict.report.delivered), (9, 9));

    let parked = eventually("the poison is parked", async || {
        let all = yard.store().undecodable(None, 1_000).await.map_err(|e| e.to_string())?;
        let mut mine = all.into_iter().filter(|kept| kept.bytes == poison.as_bytes());
        mine.next().ok_or_else(|| "nothing".to_owned())
    })
    .await;
    assert_eq!(parked.via, format!("sqs:{}", yard.stack.name("ingest")));
    assert!(!parked.cause.code.is_empty(), "{parked:?}");
    let left = yard.queue("ingest-dlq").await.drain().await.unwrap();
    assert!(left.iter().all(|message| message.body != poison), "{left:?}");
}
