//! Ten thousand events.

use std::collections::BTreeSet;

use eventyard_aws_tests::Yard;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::queue::Taken;
use eventyard_aws_tests::yard::event;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

const EVENTS: usize = 10_000;

#[tokio::test]
async fn ten_thousand_events_are_accepted_and_delivered_parked_or_on_their_way() {
    let yard = Yard::alone().await;
    let queue = yard.ingest();
    let batches: Vec<Vec<String>> = (0..EVENTS / 10).map(batch).collect();
    stream::iter(&batches)
        .map(|batch| queue.send_together(batch))
        .buffer_unordered(4)
        .try_collect::<()>()
        .await
        .unwrap();

    let target = yard.queue("many").await;
    let mut taken = Vec::new();
    let mut seen = BTreeSet::new();
    while seen.len() < EVENTS {
        // As long as something comes, the bus is at work; a pause is given its deadline.
        let some = eventually("more of the ten thousand", async || {
            let some = target.drain().await.map_err(|error| format!("{error:#}"))?;
            if some.is_empty() { Err(format!("{} so far", seen.len())) } else { Ok(some) }
        })
        .await;
        seen.extend(some.iter().map(|message| message.delivery()));
        taken.extend(some);
    }

    let verdict = yard.settled("many", EVENTS).await;
    taken.extend(target.drain().await.unwrap());
    let there: BTreeSet<_> = taken.iter().map(Taken::delivery).collect();
    assert_eq!(
        there,
        verdict.delivered_to("many"),
        "what lies in the queue is what the table calls delivered"
    );
    println!("{} events, {} messages", there.len(), taken.len());
    let ids: BTreeSet<_> = verdict.accepted.iter().collect();
    assert_eq!((ids.len(), verdict.accepted.len()), (EVENTS, EVENTS));
    let whole = yard.store().audit_since(yard.stack.started_at).await.unwrap();
    assert!(whole.holds(), "the promise over the whole log: {whole:?}");
}

fn batch(batch: usize) -> Vec<String> {
    let event = |n: usize| event("many", &format!("m-{}", batch * 10 + n), json!({ "n": n }));
    (0..10).map(|n| event(n).to_string()).collect()
}
