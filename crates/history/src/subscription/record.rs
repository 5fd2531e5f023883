//! The record of a subscription, kept as a checkpoint, and what an operator does with it.

use std::fmt;
use std::str::FromStr;

use eventyard_bus::{Checkpoints, Cursor, History, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SubscriptionError;
use crate::record::{self, Kept, Record};

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// The name of a subscription: 1 to 64 of `a`-`z`, `A`-`Z`, `0`-`9`, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SubscriptionName(String);

/// A text that is no name of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a subscription has 1 to 64 letters, digits, `.`, `_` or `-`")]
pub struct InvalidSubscriptionName;

impl FromStr for SubscriptionName {
    type Err = InvalidSubscriptionName;

    fn from_str(text: &str) -> Result<Self, InvalidSubscriptionName> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for SubscriptionName {
    type Error = InvalidSubscriptionName;

    fn try_from(text: String) -> Result<Self, InvalidSubscriptionName> {
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
        let is_name = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits);
        if is_name { Ok(Self(text)) } else { Err(InvalidSubscriptionName) }
    }
}

impl From<SubscriptionName> for String {
    fn from(name: SubscriptionName) -> Self {
        name.0
    }
}

impl fmt::Display for SubscriptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where a subscription stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRecord {
    /// Its name.
    pub name: SubscriptionName,
    /// The next event to hand out.
    pub cursor: Cursor,
    /// Whether it hands out events.
    pub state: SubscriptionState,
    /// Events that were dealt with since it began, those twice that were handed out again.
    pub events: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When its record was written last.
    pub written_at: Timestamp,
}

/// Whether a subscription hands out events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionState {
    /// It does.
    Running,
    /// A person stopped it; it can go on.
    Paused,
}

impl Record for SubscriptionRecord {
    const PREFIX: &'static str = "subscription/";

    fn name(&self) -> &str {
        &self.name.0
    }
}

/// Where the subscription of this name stands.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn read(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
) -> Result<SubscriptionRecord, SubscriptionError> {
    Ok(known(checkpoints, name).await?.record)
}

/// All subscriptions, in the order of their names.
///
/// # Errors
/// The store failed.
pub async fn list(checkpoints: &impl Checkpoints) -> Result<Vec<SubscriptionRecord>, StoreError> {
    record::all(checkpoints).await
}

/// Stops a subscription behind the batch that it is at.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn pause(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
    now: Timestamp,
) -> Result<SubscriptionRecord, SubscriptionError> {
    change(checkpoints, name, now, |record| record.state = SubscriptionState::Paused).await
}

/// Lets a subscription go on.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn resume(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
    now: Timestamp,
) -> Result<SubscriptionRecord, SubscriptionError> {
    change(checkpoints, name, now, |record| record.state = SubscriptionState::Running).await
}

/// Sets a subscription, running or paused, to the events that were accepted at a time or later: backwards, so
/// that it hands them out again, or forwards, so that it leaves some out. The first page may begin a
/// little earlier than that.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn rewind(
    history: &impl History,
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
    to: Timestamp,
    now: Timestamp,
) -> Result<SubscriptionRecord, SubscriptionError> {
    let cursor = history.since(to).await?;
    change(checkpoints, name, now, |record| record.cursor = cursor.clone()).await
}

/// Forgets a subscription, and answers where it stood. One of the same name begins anew.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn remove(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
) -> Result<SubscriptionRecord, SubscriptionError> {
    loop {
        let Kept { record, revision } = known(checkpoints, name).await?;
        if record::remove::<SubscriptionRecord>(checkpoints, &name.0, revision).await? {
            return Ok(record);
        }
    }
}

/// What an operator does with a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// See [`pause`].
    Pause,
    /// See [`resume`].
    Resume,
    /// See [`rewind`].
    Rewind {
        /// The time of the first event to hand out.
        to: Timestamp,
    },
    /// See [`remove`].
    Remove,
}

/// Does what an operator asks, and answers where the subscription stands then; a removed one, where it stood.
///
/// # Errors
/// [`SubscriptionError::Unknown`], and when the store fails.
pub async fn turn(
    history: &impl History,
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
    turn: Turn,
    now: Timestamp,
) -> Result<SubscriptionRecord, SubscriptionError> {
    match turn {
        Turn::Pause => pause(checkpoints, name, now).await,
        Turn::Resume => resume(checkpoints, name, now).await,
        Turn::Rewind { to } => rewind(history, checkpoints, name, to, now).await,
        Turn::Remove => remove(checkpoints, name).await,
    }
}

async fn change(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
    now: Timestamp,
    change: impl Fn(&mut SubscriptionRecord),
) -> Result<SubscriptionRecord, SubscriptionError> {
    // Its reader may note its progress meanwhile; then it is read again.
    loop {
        let Kept { mut record, revision } = known(checkpoints, name).await?;
        change(&mut record);
        record.written_at = now;
        if record::write(checkpoints, &record, revision).await? {
            return Ok(record);
        }
    }
}

pub(super) async fn known(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
) -> Result<Kept<SubscriptionRecord>, SubscriptionError> {
    let (kept, _) = look(checkpoints, name).await?;
    kept.ok_or_else(|| SubscriptionError::Unknown(name.clone()))
}

/// What is kept under a name, and the revision that it is at, with or without a record.
pub(super) async fn look(
    checkpoints: &impl Checkpoints,
    name: &SubscriptionName,
) -> Result<(Option<Kept<SubscriptionRecord>>, u64), StoreError> {
    record::look(checkpoints, &name.0).await
}
