//! The same story in a table and in a data folder: the command tells it in the same words.

use std::sync::Arc;

use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::{Clients, NoWake};
use eventyard_bus::contract::fixture::{at, cause, event, item, lease, parked, planned};
use eventyard_bus::{
    Accept, Deliveries, Delivery, DeliveryKey, Ledger, LogPosition, PageClaim, Sealed, Undecodable,
};
use eventyard_embedded::store::Store;
use serde_json::{Value, json};

use crate::aws::{Aws, REGION};
use crate::command::{lines, run};
use crate::yard::{folder, fresh, make_function, table};

/// Some of everything: delivered, parked, waiting, unmatched, open, and no event at all.
async fn tell(store: &(impl Ledger + Deliveries)) {
    let first = planned(event("1", "a"), &["payments", "partner"]);
    let claim = accept(store, first.clone(), 0).await;
    let [paid, _] = &*first.plan.deliveries else { panic!("two deliveries") };
    let outcome = Sealed { delivery: paid.id, at: at(1) };
    store.record(vec![placed(parked(1, "partner", 5), &first, 1, claim)]).await.unwrap();
    store.seal(&claim, &[outcome], at(6)).await.unwrap();

    let second = planned(event("2", "b"), &["payments"]);
    let claim = accept(store, second.clone(), 10).await;
    store.record(vec![placed(item(2, "payments", 90), &second, 0, claim)]).await.unwrap();
    store.seal(&claim, &[], at(11)).await.unwrap();

    let claim = accept(store, planned(event("3", "c"), &[]), 20).await;
    store.seal(&claim, &[], at(21)).await.unwrap();
    accept(store, planned(event("4", "d"), &["payments"]), 30).await;
    let (via, message_id) = ("sqs:events".to_owned(), "m-1".to_owned());
    let bytes = b"no event".to_vec();
    let message = Undecodable { via, message_id, bytes, cause: cause(), at: at(40) };
    store.park_undecodable(message).await.unwrap();
}

async fn accept(store: &impl Ledger, accept: Accept, now_s: u64) -> PageClaim {
    let accepted = store.accept(vec![accept], lease(now_s, now_s + 60)).await.unwrap();
    accepted.page.unwrap().claim
}

/// The item as that of the planned delivery `n` of an event.
fn placed(item: Delivery, of: &Accept, n: u32, claim: PageClaim) -> Delivery {
    let id = of.plan.deliveries[usize::try_from(n).unwrap()].id;
    let key = DeliveryKey { identity: of.event.identity(), id };
    let position = LogPosition { page: claim.page, entry: 0, delivery: n };
    Delivery { key, position, ..item }
}

/// The numbers of pages are the store's own.
fn without_pages(mut value: Value) -> Value {
    if let Some(position) = value.get_mut("position") {
        position["page"] = json!("…");
    }
    for event in value.get_mut("events").and_then(Value::as_array_mut).into_iter().flatten() {
        event["page"] = json!("…");
    }
    value
}

/// A stack with a table and a work queue that no function empties.
async fn stack(aws: &Aws) -> String {
    let name = fresh();
    table(aws, &name).await;
    let work = format!("{name}-work");
    aws.sqs("CreateQueue", json!({ "QueueName": work })).await;
    let url = aws.queue_url(&work).await;
    make_function(aws, &format!("{name}-deliver"), &name, &url).await;
    let clients = Clients::of_stand_in(&aws.endpoint, REGION).await;
    // DynamoDB Local takes ten actions in a transaction.
    let settings = StoreSettings { transaction_actions_max: 10, ..StoreSettings::default() };
    let wake = Arc::new(NoWake);
    tell(&DynamoStore::new(clients.dynamodb(), &name, "main", wake, settings)).await;
    name
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_read_as_a_folder_is() {
    let aws = Aws::up().await;
    let name = stack(&aws).await;
    let here = folder(&format!("{name}-data"));
    let store = Store::open(&here).unwrap();
    tell(&store).await;
    store.flush().await.unwrap();
    drop(store);
    let questions: &[&[&str]] = &[
        &["events"],
        &["events", "--type", "Tested", "--limit", "2"],
        &["events", "--source", "nobody"],
        &["events", "--since", "2026-01-01T00:00:15Z"],
        &["events", "--until", "2026-01-01T00:00:15Z", "--limit", "1"],
        &["events", "--when", "$.id >= '3'"],
        &["events", "--chain", "2", "--since", "2026-01-01T00:00:00Z"],
        &["trace", "1", "--source", "contract"],
        &["trace", "1", "--source", "contract", "--near-misses"],
        &["trace", "2", "--source", "contract"],
        &["trace", "4", "--source", "contract"],
        &["parked"],
        &["parked", "--target", "payments"],
        &["parked", "--rule", "everything", "--limit", "1"],
        &["parked", "--undecodable"],
        &["audit"],
    ];
    for question in questions {
        let data = [question, &["--data", here.to_str().unwrap()][..]].concat();
        let here = lines(&aws, 0, &data).into_iter().map(without_pages).collect::<Vec<_>>();
        let stack = [question, &["--stack", &name][..]].concat();
        let there = lines(&aws, 0, &stack).into_iter().map(without_pages).collect::<Vec<_>>();
        assert_eq!(there, here, "{question:?}");
    }
    let audit = lines(&aws, 0, &["audit", "--stack", &name]);
    let counts = ["accepted", "planned", "delivered", "parked", "in_flight"];
    assert_eq!(counts.map(|name| audit[0][name].as_u64().unwrap()), [4, 4, 1, 1, 2]);
    let later = ["audit", "--stack", &name, "--since", "2026-01-01T00:00:15Z"];
    assert_eq!(lines(&aws, 0, &later)[0]["accepted"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_found_by_the_pages_since_a_time() {
    let aws = Aws::up().await;
    let name = stack(&aws).await;
    let of = ["trace", "2", "--stack", &name];
    let found = lines(&aws, 0, &[&of[..], &["--since", "2026-01-01T00:00:00Z"]].concat());
    assert_eq!(found[0]["events"][0]["deliveries"][0]["state"], "waiting", "{found:?}");
    let missed = lines(&aws, 1, &of);
    assert_eq!(missed[0]["events"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_redriven_is_due_and_its_worker_is_woken() {
    let aws = Aws::up().await;
    let name = stack(&aws).await;
    let parked = lines(&aws, 0, &["parked", "--stack", &name]);
    let id = parked[0]["key"]["id"].as_str().unwrap();
    let body = folder(&name).join("body.json");
    std::fs::write(&body, r#"{"mended":true}"#).unwrap();
    let edit = ["--edit", body.to_str().unwrap()];
    let again = [&["redrive", id, "--stack", &name][..], &edit].concat();
    assert_eq!(lines(&aws, 0, &again), [json!({ "redriven": 1 })]);

    let url = aws.queue_url(&format!("{name}-work")).await;
    let received = aws.sqs("ReceiveMessage", json!({ "QueueUrl": url })).await;
    let body = received["Messages"][0]["Body"].as_str().unwrap();
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["target"], "partner");
    let key = message["deliveries"][0].as_str().unwrap();
    assert!(key.ends_with(&format!("/{id}")), "{key} {id}");

    let trace = lines(&aws, 0, &["trace", "1", "--source", "contract", "--stack", &name]);
    assert_eq!(trace[0]["events"][0]["deliveries"][1]["state"], "waiting");
    assert_eq!(lines(&aws, 0, &["parked", "--stack", &name]), [Value::Null; 0]);
    assert_eq!(lines(&aws, 1, &["redrive", "--all", "--stack", &name]), [json!({ "redriven": 0 })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_is_gone_from_the_list_and_counted() {
    let aws = Aws::up().await;
    let name = stack(&aws).await;
    let drop = ["redrive", "--target", "partner", "--drop", "test data", "--stack", &name];
    assert_eq!(lines(&aws, 0, &drop), [json!({ "dropped": 1 })]);
    assert_eq!(lines(&aws, 0, &["audit", "--stack", &name])[0]["dropped"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_is_not_there_is_said_to_be_so() {
    let aws = Aws::up().await;
    let missing = run(&aws, &["audit", "--stack", "nobody"]);
    assert_eq!(missing.code, 3);
    assert!(missing.err.contains("no stack of this name"), "{}", missing.err);
}
