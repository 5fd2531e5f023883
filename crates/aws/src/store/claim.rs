//! Claiming a page: the next number of a shard, taken by whoever writes it first.
//!
//! A number is only taken when the one before it is known to exist, so the numbers of a shard have
//! no gap. An instance keeps to one shard, so that claims seldom meet; after two collisions it moves to
//! another. A batch with an order stays in the shard of its group.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

use eventyard_bus::{Lease, PageClaim, PageNumber, StoreError};
use eventyard_event::{Timestamp, short_hash};

use super::calls::Write;
use super::expression::Condition;
use super::keys::Place;
use super::page_item::{self, Entry};
use super::query::Range;
use super::{DynamoStore, random, time};

/// Numbers tried before the table counts as too busy.
const TRIES_MAX: u32 = 64;
/// Collisions after which a batch without an order moves to another shard.
const COLLISIONS_PER_SHARD: u32 = 2;
/// How long the last number of a shard is believed: far shorter than anything is kept.
const HINT_SECONDS: i64 = 600;
/// The longest wait after a collision, times the number of collisions.
const BACK_OFF: Duration = Duration::from_millis(2);

/// The last numbers of the shards that this instance has written to, and when.
pub(super) type Hints = BTreeMap<u16, (u64, Timestamp)>;

impl DynamoStore {
    /// Claims a page that names these events.
    pub(super) async fn claim_page(
        &self,
        entries: &[Entry],
        order: Option<&str>,
        lease: Lease,
    ) -> Result<PageClaim, StoreError> {
        let mut shard = order.map_or_else(|| self.home(), |order| self.shard_of(order));
        for collision in 1..=TRIES_MAX {
            let place = Place { shard, n: self.next_number(shard, lease.now).await? };
            if self.put_page(place.page(), entries, lease).await? {
                self.hint(place, lease.now);
                return Ok(PageClaim { page: place.page(), attempt: 1 });
            }
            self.forget(shard);
            if order.is_none() && collision % COLLISIONS_PER_SHARD == 0 {
                shard = self.move_home();
            } else if collision > 1 {
                back_off(collision).await;
            }
        }
        Err(StoreError::unavailable(format!("no page was free in {TRIES_MAX} tries")))
    }

    /// Whether the page is ours now. One that is there already is ours too if this very call wrote it, in
    /// a try whose answer was lost.
    async fn put_page(
        &self,
        page: PageNumber,
        entries: &[Entry],
        lease: Lease,
    ) -> Result<bool, StoreError> {
        let (key, writer) = (self.keys().page(page), random());
        let ttl = time::ttl(lease.now, self.settings().retention);
        let item = page_item::write(&key, entries, lease, writer).with_optional("ttl", ttl);
        let there = match self.table().put_if(item, &Condition::absent()).await? {
            Write::Done => return Ok(true),
            Write::Refused(Some(item)) => Some(item),
            Write::Refused(None) => self.table().get(&key).await?,
        };
        let there = there.as_ref().map(page_item::read).transpose()?;
        Ok(there.is_some_and(|page| page.writer == writer))
    }

    async fn next_number(&self, shard: u16, now: Timestamp) -> Result<u64, StoreError> {
        let hint = self.hints().get(&shard).copied();
        let last = match hint {
            Some((n, at)) if now.as_second() - at.as_second() < HINT_SECONDS => n,
            _ => self.last_number(shard).await?,
        };
        Ok(last.saturating_add(1))
    }

    /// The last number of a shard, 0 when it has none. What was kept long enough is gone, so the mark of the
    /// sweep is asked too: a new page behind it would never be swept.
    pub(super) async fn last_number(&self, shard: u16) -> Result<u64, StoreError> {
        let query = self.table().query(&self.keys().shard(shard), Range::All);
        let last = query.backwards().by(1).walk().next().await?;
        let last = last.as_ref().map(page_item::number).transpose()?;
        let last = last.map_or(0, |page| Place::of(page).n);
        if last > 0 && self.settings().retention.is_none() {
            return Ok(last);
        }
        Ok(self.mark(shard).await?.max(last))
    }

    fn shard_of(&self, order: &str) -> u16 {
        let shard = short_hash(order) % u32::from(self.settings().shards());
        u16::try_from(shard).unwrap_or_default()
    }

    fn hint(&self, place: Place, now: Timestamp) {
        self.hints().insert(place.shard, (place.n, now));
    }

    fn forget(&self, shard: u16) {
        self.hints().remove(&shard);
    }

    fn hints(&self) -> std::sync::MutexGuard<'_, Hints> {
        self.0.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn back_off(collisions: u32) {
    let most = u64::try_from((BACK_OFF * collisions).as_micros()).unwrap_or(u64::MAX);
    tokio::time::sleep(Duration::from_micros(random() % most.max(1))).await;
}
