//! The subscriptions of a bus: a running one, a folder on which none runs, or one on AWS.

use std::path::Path;

use anyhow::{Context as _, Result};
use eventyard_embedded::reader::Reader;
use eventyard_embedded::store::Store;
use eventyard_history::subscription::{self, SubscriptionName, SubscriptionRecord, Turn};
use jiff::Timestamp;

use crate::place::{self, Bus, Place};
use crate::stack;

/// All of them, in the order of their names.
///
/// # Errors
/// When the bus does not answer, or the folder cannot be opened.
pub async fn list(bus: Bus) -> Result<Vec<SubscriptionRecord>> {
    let place = match bus {
        Bus::Stack(stack) => return stack::subscriptions(&stack).await,
        Bus::Here(place) => place,
    };
    match place.running().await {
        Place::Url(url) => {
            let answer = place::client().get(format!("{url}/subscriptions")).send().await?;
            let text = place::checked(answer).await?.text().await?;
            let records = text.lines().map(serde_json::from_str);
            records.collect::<Result<_, _>>().context("the bus's answer cannot be read")
        }
        Place::Folder(folder) => Ok(subscription::list(&open(&folder)?).await?),
    }
}

/// Does something with one of them.
///
/// # Errors
/// As [`list`], and when there is none of this name.
pub async fn turn(bus: Bus, name: &SubscriptionName, turn: Turn) -> Result<SubscriptionRecord> {
    let place = match bus {
        Bus::Stack(stack) => return stack::turn(&stack, name, turn).await,
        Bus::Here(place) => place,
    };
    match place.running().await {
        Place::Url(url) => {
            let body = serde_json::to_string(&turn)?;
            let request = place::client().post(format!("{url}/subscriptions/{name}")).body(body);
            let text = place::checked(request.send().await?).await?.text().await?;
            serde_json::from_str(&text).context("the bus's answer cannot be read")
        }
        Place::Folder(folder) => {
            let store = open(&folder)?;
            Ok(subscription::turn(&store, &store, name, turn, Timestamp::now()).await?)
        }
    }
}

/// The store of a folder that no bus runs on. Where there is none, none is made.
fn open(folder: &Path) -> Result<Store> {
    let unopened = || format!("cannot open `{}`", folder.display());
    drop(Reader::open(folder).with_context(unopened)?);
    Store::open(folder).with_context(unopened)
}
