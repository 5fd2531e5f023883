//! The story: payment is down while orders come in, and every order is paid and shipped exactly once.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Value, json};
use shop::orders_view::OrderView;
use shop::payment;
use shop::provider::Mood;
use shop::street::{Street, cents, customer, order, poison};
use std::time::Duration;

const ORDERS: u64 = 500;
/// The order of the old till.
const POISON: u64 = 77;
/// How long to wait for what must happen; only a failure takes so long.
const PATIENCE: Duration = Duration::from_secs(240);

async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// How many orders have a row in this table of a service.
async fn rows(street: &Street, service: &str, table: &str) -> u64 {
    let mut count = 0;
    for n in 0..ORDERS {
        let row = street.row::<Value>(service, table, &format!("order-{n}")).await.unwrap();
        count += u64::from(row.is_some());
    }
    count
}

async fn come_in(street: &Street, orders: std::ops::Range<u64>) {
    let orders: Vec<Value> =
        orders.map(|n| if n == POISON { poison(n) } else { order(n) }).collect();
    for some in orders.chunks(25) {
        street.request(some).await.unwrap();
    }
}

/// Waits until the provider was asked so many times more.
async fn asked(street: &Street, more: u64) {
    let goal = street.provider.calls() + more;
    eventually("the provider is asked", async || street.provider.calls() >= goal).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_paid_and_shipped_exactly_once_while_payment_has_a_bad_day() {
    let folder = tempfile::tempdir().unwrap();
    let street = Street::open(folder.path()).await.unwrap();

    // Stopped.
    street.stop("payment");
    come_in(&street, 0..200).await;
    eventually("orders are placed", async || rows(&street, "order", "orders").await == 200).await;
    assert_eq!(street.provider.calls(), 0);

    // Failing, half of the time after it has charged.
    street.provider.set(Mood::Failing);
    street.start(payment::service(street.provider.clone())).unwrap();
    come_in(&street, 200..350).await;
    asked(&street, 100).await;
    assert_eq!(rows(&street, "payment", "payments").await, 0);

    // Throttling.
    street.provider.set(Mood::Throttling);
    come_in(&street, 350..ORDERS).await;
    asked(&street, 100).await;
    eventually("orders are placed", async || rows(&street, "order", "orders").await == ORDERS)
        .await;
    assert_eq!(rows(&street, "payment", "payments").await, 0);

    // Back.
    street.provider.set(Mood::Up);
    let all_but_one = ORDERS - 1;
    eventually("all are shipped but the poison", async || {
        rows(&street, "warehouse", "shipments").await == all_but_one
    })
    .await;
    parked(&street).await;

    // Fixed, and redriven.
    street.start(payment::fixed(street.provider.clone())).unwrap();
    let answer = street.ask("payment", &json!({ "eventyard": "redrive" })).await.unwrap();
    assert_eq!(answer["redriven"][0]["error"], Value::Null, "{answer}");
    eventually("all are shown as shipped", async || shown(&street).await == ORDERS).await;
    exactly_once(&street).await;
}

/// The poison, and nothing else, is parked with its payload and cause.
async fn parked(street: &Street) {
    let parked = street.ask("payment", &json!({ "eventyard": "parked" })).await.unwrap();
    let [parked] = &**parked["parked"].as_array().unwrap() else { panic!("{parked}") };
    assert_eq!(parked["cause"]["code"], "DataUnfit");
    let payload: Value = serde_json::from_str(parked["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["subject"], format!("order-{POISON}"));
    assert_eq!(payload["data"]["total"], cents(POISON).to_string());
}

/// The orders whose read model says that they are shipped, in the order in which it happened.
async fn shown(street: &Street) -> u64 {
    let history = ["OrderPlaced", "PaymentProcessed", "OrderShipped"];
    let mut count = 0;
    for n in 0..ORDERS {
        let key = format!("order-{n}");
        let row = street.row::<OrderView>("orders-view", "orders", &key).await.unwrap();
        count += u64::from(row.is_some_and(|row| row.value.history == history));
    }
    count
}

/// Counts the effects in the services' own tables, and at the provider.
async fn exactly_once(street: &Street) {
    let total: u64 = (0..ORDERS).map(cents).sum();
    assert_eq!(street.provider.charged(), (500, total));
    for of in 0..50 {
        let spent = street.row::<u64>("payment", "spent", &customer(of)).await.unwrap().unwrap();
        let orders = (0..ORDERS).filter(|n| n % 50 == of);
        assert_eq!(spent.value, orders.map(cents).sum::<u64>(), "{}", customer(of));
        assert_eq!(spent.revision, ORDERS / 50, "one write for each order");
    }
    for (service, table) in
        [("order", "orders"), ("payment", "payments"), ("warehouse", "shipments")]
    {
        for n in 0..ORDERS {
            let row = street.row::<Value>(service, table, &format!("order-{n}")).await.unwrap();
            assert_eq!(row.map(|row| row.revision), Some(1), "order {n} in {table}");
        }
    }
    eventually("every customer is told twice", async || {
        let mut told = 0;
        for n in 0..ORDERS {
            for what in ["PaymentProcessed", "OrderShipped"] {
                let key = format!("order-{n}/{what}");
                let row = street.row::<String>("notification", "messages", &key).await.unwrap();
                told += u64::from(row.is_some_and(|row| row.revision == 1));
            }
        }
        told == 2 * ORDERS
    })
    .await;
}
