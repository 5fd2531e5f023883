//! The story, to look at: `cargo run -p shop`.

use anyhow::Result;
use serde_json::json;
use shop::payment;
use shop::provider::Mood;
use shop::street::{Street, order, poison};
use std::time::Duration;

const ORDERS: u64 = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let street = Street::open(folder.path()).await?;
    println!("the shop is open: {} (GET /audit, /trace/ID)", street.bus.url());
    street.stop("payment");
    println!("payment is stopped, and {ORDERS} orders of 50 customers come in, one of them poison");
    let orders: Vec<_> = (0..ORDERS).map(|n| if n == 77 { poison(n) } else { order(n) }).collect();
    for some in orders.chunks(50) {
        street.request(some).await?;
    }
    shipped(&street).await?;
    street.provider.set(Mood::Failing);
    street.start(payment::service(street.provider.clone()))?;
    println!("payment is back, and its provider fails");
    asked(&street, 300).await?;
    street.provider.set(Mood::Throttling);
    println!("the provider throttles");
    asked(&street, 300).await?;
    street.provider.set(Mood::Up);
    println!("the provider is up");
    while shipped(&street).await? < ORDERS - 1 {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let parked = street.ask("payment", &json!({ "eventyard": "parked" })).await?;
    println!("parked: {}", parked["parked"][0]["cause"]["message"]);
    street.start(payment::fixed(street.provider.clone()))?;
    street.ask("payment", &json!({ "eventyard": "redrive" })).await?;
    println!("payment reads the totals of old tills now; the parked order is redriven");
    while shipped(&street).await? < ORDERS {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (charges, cents) = street.provider.charged();
    let calls = street.provider.calls();
    println!(
        "the provider was asked {calls} times and made {charges} charges, {cents} cents in all"
    );
    Ok(())
}

/// Waits until the provider was asked so many times more.
async fn asked(street: &Street, more: u64) -> Result<()> {
    let goal = street.provider.calls() + more;
    while street.provider.calls() < goal {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    shipped(street).await?;
    Ok(())
}

/// How many orders there are in each table; answers how many are shipped.
async fn shipped(street: &Street) -> Result<u64> {
    let mut counts = [0; 3];
    let tables = [("order", "orders"), ("payment", "payments"), ("warehouse", "shipments")];
    for (count, (service, table)) in counts.iter_mut().zip(tables) {
        for n in 0..ORDERS {
            let row =
                street.row::<serde_json::Value>(service, table, &format!("order-{n}")).await?;
            *count += u64::from(row.is_some());
        }
    }
    let [placed, paid, shipped] = counts;
    println!("  placed {placed}, paid {paid}, shipped {shipped}");
    Ok(shipped)
}
