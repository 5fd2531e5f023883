//! The store as the keeper of checkpoints: one partition, by name.

use eventyard_bus::{Checkpoint, CheckpointName, Checkpoints, StoreError};

use super::expression::{Change, Condition};
use super::item::Item;
use super::query::Range;
use super::{DynamoStore, random};

const REVISION: &str = "v";
const WRITER: &str = "k";
const TEXT: &str = "y";

impl Checkpoints for DynamoStore {
    async fn checkpoint(&self, name: &CheckpointName) -> Result<Checkpoint, StoreError> {
        let item = self.table().get(&self.keys().checkpoint(name)).await?;
        Ok(item.as_ref().map(read).transpose()?.unwrap_or_default())
    }

    async fn put_checkpoint(
        &self,
        name: &CheckpointName,
        text: Option<&str>,
        expected: u64,
    ) -> Result<bool, StoreError> {
        let (key, writer) = (self.keys().checkpoint(name), random());
        let change = match text {
            Some(text) => {
                Change::new("SET v = :next, k = :k, y = :y").with_text(":y", text.to_owned())
            }
            None => Change::new("SET v = :next, k = :k REMOVE y"),
        };
        let change = change.with(":next", expected.saturating_add(1)).with(":k", writer);
        let current = match expected {
            0 => Condition::that("attribute_not_exists(v)"),
            _ => Condition::that("v = :v").with(":v", expected),
        };
        if self.table().update_if(&key, change, &current).await?.is_some() {
            return Ok(true);
        }
        // Refused, or written in a try whose answer was lost.
        let there = self.table().get(&key).await?;
        Ok(there.is_some_and(|there| there.number(WRITER).ok() == Some(writer)))
    }

    async fn checkpoints(&self, prefix: &str) -> Result<Vec<CheckpointName>, StoreError> {
        let range = match prefix {
            "" => Range::All,
            prefix => Range::Prefix(prefix.to_owned()),
        };
        let mut walk = self.table().query(&self.keys().checkpoints(), range).walk();
        let mut names = Vec::new();
        while let Some(item) = walk.next().await? {
            if item.has(TEXT) {
                names.push(item.text("sk")?.parse().map_err(|_| item.corrupt("sk"))?);
            }
        }
        Ok(names)
    }
}

fn read(item: &Item) -> Result<Checkpoint, StoreError> {
    let text = item.optional_text(TEXT)?.map(str::to_owned);
    Ok(Checkpoint { text, revision: item.number(REVISION)? })
}
