//! Targets that fail: retried, parked, redriven; and their neighbours keep going.

use std::time::Duration;

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::judge::Verdict;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::receiver::{Answer, Receiver};
use eventyard_aws_tests::yard::{assert_received_once, event};
use eventyard_bus::Deliveries as _;
use serde_json::json;

fn receiver() -> &'static Receiver {
    Receiver::shared().unwrap()
}

#[tokio::test]
async fn what_fails_for_a_while_is_retried_under_the_same_id_until_it_is_taken() {
    let yard = Yard::here().await;
    receiver().answer("/flaky", &[Answer::Status(503); 3], Answer::Status(204));
    yard.ingest().send(event("flaky", "f-1", json!({ "n": 1 })).to_string()).await.unwrap();

    let verdict = yard.settled("flaky", 1).await;
    assert_eq!((verdict.report.delivered, verdict.report.parked), (1, 0));
    let requests = receiver().requests("/flaky");
    let ids: Vec<_> = requests.iter().map(|request| request.header("webhook-id")).collect();
    let id = verdict.delivered_to("flaky").pop_first().unwrap();
    assert_eq!(ids, [id.as_str(); 4], "three failures and a success, of one delivery");
    assert_eq!(verdict.items[0].attempts, 4);
}

#[tokio::test]
async fn what_has_spent_its_budget_is_parked_and_delivered_when_it_is_redriven() {
    let yard = Yard::here().await;
    receiver().answer("/broken", &[], Answer::Status(500));
    yard.ingest().send(event("broken", "b-1", json!({ "n": 1 })).to_string()).await.unwrap();

    let parked = yard.settled("broken", 1).await;
    assert_eq!((parked.report.delivered, parked.report.parked), (0, 1));
    let item = parked.parked()[0].clone();
    assert_eq!(item.attempts, 2, "the budget of the rule: {item:#?}");
    assert!(item.cause.is_some(), "{item:#?}");

    receiver().answer("/broken", &[], Answer::Status(204));
    yard.store().redrive(&item.key, None, jiff::Timestamp::now()).await.unwrap();
    yard.sweep().await.unwrap();
    let redriven = yard.settled("broken", 1).await;
    assert_eq!((redriven.report.delivered, redriven.report.parked), (1, 0));
    let requests = receiver().requests("/broken");
    let id = item.key.id.to_string();
    assert!(requests.iter().all(|request| request.header("webhook-id") == id), "{requests:?}");
    assert_eq!(requests.iter().filter(|request| request.is_taken()).count(), 1);
}

#[tokio::test]
async fn a_queue_deleted_in_the_middle_has_its_deliveries_parked_and_its_neighbour_gets_all() {
    let yard = Yard::here().await;
    send(&yard, "doomed", 0..3).await;
    let before = yard.settled("doomed", 3).await;
    let doomed = yard.received("doomed", &before.delivered_to("doomed")).await;
    assert_received_once(&doomed, &before, "doomed");

    let queue = yard.queue("doomed").await;
    yard.clients.sqs().delete_queue().queue_url(&queue.url).send().await.unwrap();
    send(&yard, "doomed", 3..6).await;
    let after = yard.settled("doomed", 6).await;
    assert_eq!((after.report.delivered, after.report.parked), (9, 3));
    for item in after.parked() {
        let code = item.cause.as_ref().map(|cause| cause.code.as_str()).unwrap_or_default();
        assert_eq!(
            (item.target.as_str(), code),
            ("doomed", "AWS.SimpleQueueService.NonExistentQueue")
        );
    }
    beside(&yard, &after, "beside").await;
}

#[tokio::test]
async fn one_http_target_hangs_and_the_others_keep_their_pace() {
    let yard = Yard::here().await;
    receiver().answer("/hanging", &[], Answer::After(Duration::from_secs(60)));
    send(&yard, "hanging", 0..1).await;
    eventually("the hanging target is called", async || {
        if receiver().requests("/hanging").is_empty() { Err("no request") } else { Ok(()) }
    })
    .await;

    // Its neighbours, of the same rule and of another kind of work queue, are delivered to while it hangs.
    send(&yard, "hanging", 1..21).await;
    let verdict = eventually("the neighbour has all", async || {
        let verdict = yard.judge("hanging").await.map_err(|error| error.to_string())?;
        match verdict.delivered_to("pace").len() {
            21 => Ok(verdict),
            some => Err(format!("{some} of 21")),
        }
    })
    .await;
    beside(&yard, &verdict, "pace").await;
    assert!(verdict.delivered_to("hanging").is_empty(), "it hangs still");
    assert!(verdict.report.holds() && verdict.report.in_flight == 21, "{:?}", verdict.report);

    receiver().answer("/hanging", &[], Answer::Status(204));
    let verdict = yard.settled("hanging", 21).await;
    assert_eq!((verdict.report.delivered, verdict.report.parked), (42, 0));
}

async fn send(yard: &Yard, source: &str, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let event = event(source, &format!("{source}-{n}"), json!({ "n": n }));
        yard.ingest().send(event.to_string()).await.unwrap();
    }
}

async fn beside(yard: &Yard, verdict: &Verdict, target: &str) {
    let taken = yard.received(target, &verdict.delivered_to(target)).await;
    assert_received_once(&taken, verdict, target);
}
