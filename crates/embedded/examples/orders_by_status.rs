//! A projection: how many orders have which status, kept up to date from the log.
//!
//! `cargo run -p eventyard-embedded --example orders_by_status -- .eventyard` reads the data folder of a bus that does
//! not run at the moment, prints the table and ends; called again it goes on behind the last event it took in.
//!
//! The status of each order stands in a file that is replaced as a whole, before the subscription notes its place. A
//! crash in between hands some events out again; since they set what they set before, in the same order, the table is
//! right all the same.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use eventyard_embedded::store::Store;
use eventyard_event::{Event, Timestamp};
use eventyard_history::subscription::{Begin, Subscription, SubscriptionOptions};

/// The status of each order, by the order's number.
type Orders = BTreeMap<String, String>;

/// What an event does to the table: events are about the order that is their subject.
fn apply(orders: &mut Orders, event: &Event) {
    let Some(order) = event.subject() else { return };
    let status = match event.event_type() {
        "OrderPlaced" => "placed",
        "PaymentProcessed" => "paid",
        "OrderShipped" => "shipped",
        "OrderCancelled" => "cancelled",
        _ => return,
    };
    orders.insert(order.to_owned(), status.to_owned());
}

/// Takes in what is new; answers the table.
async fn catch_up(store: &Store, file: &Path) -> Result<Orders, Box<dyn Error>> {
    let mut orders: Orders = match std::fs::read(file) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(_) => Orders::new(),
    };
    let name = "orders-by-status".parse()?;
    let options = SubscriptionOptions { begin: Begin::Start, ..SubscriptionOptions::default() };
    let mut new = Subscription::open(store, store, name, options, Timestamp::now()).await?;
    while let Some(batch) = new.next().await? {
        batch.events.iter().for_each(|logged| apply(&mut orders, &logged.event.event));
        save(&orders, file)?;
        new.done(batch, Timestamp::now()).await?;
    }
    Ok(orders)
}

/// Replaces the file as a whole.
fn save(orders: &Orders, file: &Path) -> Result<(), Box<dyn Error>> {
    let beside = file.with_extension("new");
    std::fs::write(&beside, serde_json::to_vec(orders)?)?;
    Ok(std::fs::rename(beside, file)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| ".eventyard".into(), PathBuf::from);
    let file = folder.join("orders-by-status.json");
    let store = Store::open(&folder)?;
    let orders = futures::executor::block_on(catch_up(&store, &file))?;
    let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
    for status in orders.values() {
        *by_status.entry(status).or_default() += 1;
    }
    for (status, count) in by_status {
        println!("{count:>8}  {status}");
    }
    Ok(())
}
