//! Which delivery of a group comes first.
//!
//! A pointer for each unfinished delivery of a group stands in the order of the log, read consistently,
//! which no index is. It is written before the delivery and deleted after it is finished, so a
//! pointer may name a delivery
//! - that is finished: whoever reads the pointer deletes it;
//! - that is not there, while its page is open: it counts, since whoever finishes the page writes the delivery;
//! - that is not there, with its page sealed: it was void; whoever reads it deletes it.
//!
//! A delivery whose pointer is missing (deleted under a writer that came late) counts as first if no
//! pointer stands before it, and gets its pointer back.

use eventyard_bus::{Delivery, LogPosition, StoreError};
use eventyard_rules::TargetName;

use super::delivery_item::Loaded;
use super::expression::Condition;
use super::item::{Item, Key};
use super::query::Range;
use super::{DynamoStore, keys, random};

/// The token of a pointer: who deletes it says which one it saw.
const TOKEN: &str = "k";

/// The first of a group.
#[derive(Debug)]
pub(super) enum Head {
    /// No unfinished delivery.
    None,
    /// One that an open page will write.
    Coming(LogPosition),
    /// This one.
    Is(Box<Loaded>),
}

impl Head {
    fn position(&self) -> Option<LogPosition> {
        match self {
            Self::None => None,
            Self::Coming(position) => Some(*position),
            Self::Is(loaded) => Some(loaded.delivery.position),
        }
    }
}

impl DynamoStore {
    /// Writes the pointer of a delivery, if it has a group; its token.
    pub(super) async fn point(&self, delivery: &Delivery) -> Result<Option<u64>, StoreError> {
        if delivery.group.is_none() {
            return Ok(None);
        }
        let token = random();
        self.point_as(delivery, token).await?;
        Ok(Some(token))
    }

    /// Writes the pointer of a delivery with this token.
    pub(super) async fn point_as(&self, delivery: &Delivery, token: u64) -> Result<(), StoreError> {
        match self.pointer_of(delivery) {
            Some(key) => self.table().put(Item::new(&key).with_number(TOKEN, token)).await,
            None => Ok(()),
        }
    }

    /// Deletes the pointer of a delivery, if it is still the one that the delivery names.
    pub(super) async fn unpoint(&self, loaded: &Loaded) -> Result<(), StoreError> {
        match (self.pointer_of(&loaded.delivery), loaded.pointer()?) {
            (Some(key), Some(token)) => self.delete_pointer(&key, token).await,
            _ => Ok(()),
        }
    }

    fn pointer_of(&self, delivery: &Delivery) -> Option<Key> {
        let Delivery { target, position, key, .. } = delivery;
        Some(self.keys().pointer(target, delivery.group.as_deref()?, position, key))
    }

    /// The first of a group; stale pointers on the way are deleted.
    pub(super) async fn head(&self, target: &TargetName, group: &str) -> Result<Head, StoreError> {
        let query = self.table().query(&self.keys().group(target, group), Range::All);
        let mut pointers = query.by(10).walk();
        while let Some(pointer) = pointers.next().await? {
            let key = pointer.key()?;
            let named = keys::read_pointer(&key.sk).ok_or_else(|| pointer.corrupt("sk"))?;
            match self.named(named).await? {
                Head::None => self.delete_pointer(&key, pointer.number(TOKEN)?).await?,
                head => return Ok(head),
            }
        }
        Ok(Head::None)
    }

    /// What a pointer names, if it counts.
    async fn named(
        &self,
        (position, key): (LogPosition, eventyard_bus::DeliveryKey),
    ) -> Result<Head, StoreError> {
        let mut loaded = self.load(&key).await?;
        if loaded.is_none() {
            if self.is_page_open(position.page).await? {
                return Ok(Head::Coming(position));
            }
            // It may have been written between the two looks, before its page was sealed.
            loaded = self.load(&key).await?;
        }
        Ok(match loaded {
            Some(loaded) if loaded.delivery.is_unfinished() => Head::Is(Box::new(loaded)),
            _ => Head::None,
        })
    }

    /// Whether an unfinished delivery may be attempted: it has no group, or is the first of it.
    pub(super) async fn is_first(
        &self,
        delivery: &Delivery,
        head: &Head,
    ) -> Result<bool, StoreError> {
        if let Head::Is(loaded) = head
            && loaded.delivery.key == delivery.key
        {
            return Ok(true);
        }
        let before = head.position().is_some_and(|position| position < delivery.position);
        if !before {
            self.point(delivery).await?;
        }
        Ok(!before)
    }

    async fn delete_pointer(&self, key: &Key, token: u64) -> Result<(), StoreError> {
        let same = Condition::that("k = :k").with(":k", token);
        self.table().delete_if(key, &same).await
    }
}
