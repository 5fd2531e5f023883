//! The store as the keeper of breakers: beside the registration of their targets.

use eventyard_bus::breaker::Breaker;
use eventyard_bus::{Breakers, KeptBreaker, StoreError};
use eventyard_rules::TargetName;

use super::expression::{Change, Condition};
use super::item::Item;
use super::query::Range;
use super::{DynamoStore, random};

const REVISION: &str = "v";
const WRITER: &str = "k";
const BREAKER: &str = "y";

impl Breakers for DynamoStore {
    async fn all(&self) -> Result<Vec<(TargetName, KeptBreaker)>, StoreError> {
        let mut walk = self.table().query(&self.keys().targets(), Range::All).walk();
        let mut all = Vec::new();
        while let Some(item) = walk.next().await? {
            if let Some(kept) = read(&item)? {
                all.push((item.text("sk")?.parse().map_err(|_| item.corrupt("sk"))?, kept));
            }
        }
        Ok(all)
    }

    async fn get(&self, target: &TargetName) -> Result<KeptBreaker, StoreError> {
        let item = self.table().get(&self.keys().target(target)).await?;
        Ok(item.as_ref().map(read).transpose()?.flatten().unwrap_or_default())
    }

    async fn put(
        &self,
        target: &TargetName,
        breaker: &Breaker,
        expected: u64,
    ) -> Result<bool, StoreError> {
        let (key, writer) = (self.keys().target(target), random());
        let json = serde_json::to_string(breaker).map_err(|_| Item::new(&key).corrupt(BREAKER))?;
        let change = Change::new("SET v = :next, k = :k, y = :y")
            .with(":next", expected.saturating_add(1))
            .with(":k", writer)
            .with_text(":y", json);
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
}

/// The breaker of a target's item; none when it was never written.
fn read(item: &Item) -> Result<Option<KeptBreaker>, StoreError> {
    let Some(revision) = item.optional_number(REVISION)? else { return Ok(None) };
    let breaker = serde_json::from_str(item.text(BREAKER)?).map_err(|_| item.corrupt(BREAKER))?;
    Ok(Some(KeptBreaker { breaker, revision }))
}
