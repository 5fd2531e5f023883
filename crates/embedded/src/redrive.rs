//! Which parked deliveries are meant, and what happens to them: again, or discarded.
//!
//! In: a [`Redrive`], as the command line and `POST /redrive` take it alike. Out: how many it were. A
//! running bus sends them at once; on a folder that no bus runs on, they go out when one does.

use crate::engine::EmbeddedBus;
use crate::reader::{ParkedDelivery, ParkedFilter, Reader};
use crate::store::Store;
use eventyard_bus::{Deliveries, Delivery, DeliveryKey, DeliveryState, ParkedCursor, StoreError};
use eventyard_event::{DeliveryId, Timestamp};
use eventyard_rules::{RuleName, TargetName};
use serde::{Deserialize, Serialize};

/// Deliveries that are looked up together.
const ROUND: usize = 500;

/// Which parked deliveries, and what happens to them. Whatever is given must hold; nothing given
/// means none, unless `all` is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redrive {
    /// The delivery of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryId>,
    /// Those for this target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetName>,
    /// Those of this rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// Those of events of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Those of events of this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// All that the others leave.
    pub all: bool,
    /// The new body of the one delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<String>,
    /// The reason to discard them instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<String>,
    /// At most so many, the longest parked first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Why parked deliveries were not, or not all, redriven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedriveError {
    /// The request contradicts itself; nothing was done.
    #[error("{0}")]
    NotValid(&'static str),
    /// The store failed; those before are done, the same request again does the rest.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Redrive {
    /// Checks that the request says which deliveries, and one thing to do with them.
    ///
    /// # Errors
    /// [`RedriveError::NotValid`] with the way out.
    pub fn check(&self) -> Result<(), RedriveError> {
        let bad = |text| Err(RedriveError::NotValid(text));
        let named = self.delivery.is_some()
            || self.target.is_some()
            || self.rule.is_some()
            || self.event.is_some()
            || self.source.is_some();
        match self {
            _ if !named && !self.all => bad(
                "name a `delivery`, `target`, `rule`, `event` or `source`, or say that `all` are meant",
            ),
            Self { edit: Some(_), delivery: None, .. } => bad("`edit` needs a `delivery`"),
            Self { edit: Some(_), drop: Some(_), .. } => {
                bad("`edit` and `drop` exclude each other")
            }
            Self { edit: Some(edit), .. } if edit.is_empty() => bad("`edit` must not be empty"),
            Self { drop: Some(reason), .. } if reason.trim().is_empty() => {
                bad("`drop` needs a reason")
            }
            _ => Ok(()),
        }
    }

    /// Does it with every delivery that is meant; answers how many, without those that somebody else
    /// was quicker with.
    pub(crate) async fn run(
        &self,
        reader: Reader,
        operator: &impl Operator,
    ) -> Result<usize, RedriveError> {
        self.check()?;
        let limit = self.limit.unwrap_or(usize::MAX);
        let (mut done, mut after) = (0, None);
        while done < limit {
            let (some, next) = self.find(&reader, after, limit - done).await?;
            for key in &some {
                done += usize::from(self.one(key, operator).await?);
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
        Ok(done)
    }

    async fn one(&self, key: &DeliveryKey, operator: &impl Operator) -> Result<bool, StoreError> {
        let done = match &self.drop {
            Some(reason) => operator.discard(key, reason).await,
            None => operator.again(key, self.edit.clone()).await,
        };
        match done {
            Ok(_) => Ok(true),
            Err(StoreError::NotParked { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The next deliveries that are meant, at most `max`, and the place to go on from.
    async fn find(
        &self,
        reader: &Reader,
        after: Option<ParkedCursor>,
        max: usize,
    ) -> Result<(Vec<DeliveryKey>, Option<ParkedCursor>), StoreError> {
        let (request, reader) = (self.clone(), reader.clone());
        // Reading blocks.
        tokio::task::spawn_blocking(move || request.read(&reader, after, max))
            .await
            .unwrap_or_else(|lost| Err(StoreError::unavailable(lost.to_string())))
    }

    fn read(
        &self,
        reader: &Reader,
        after: Option<ParkedCursor>,
        max: usize,
    ) -> Result<(Vec<DeliveryKey>, Option<ParkedCursor>), StoreError> {
        let (target, rule) = (self.target.clone(), self.rule.clone());
        let filter = ParkedFilter { target, rule, after, limit: None };
        let (mut keys, mut last) = (Vec::new(), None);
        for (index, parked) in reader.parked(filter).enumerate() {
            let parked = parked?;
            if index >= ROUND || keys.len() >= max {
                return Ok((keys, last));
            }
            last = cursor(&parked);
            if self.takes(&parked) {
                keys.push(parked.delivery.key);
            }
        }
        Ok((keys, None))
    }

    fn takes(&self, parked: &ParkedDelivery) -> bool {
        self.delivery.is_none_or(|id| id == parked.delivery.key.id)
            && self.event.as_deref().is_none_or(|id| id == parked.event.id())
            && self.source.as_deref().is_none_or(|source| source == parked.event.source())
    }
}

/// Who changes parked deliveries: a running bus, or the store alone.
pub(crate) trait Operator: Sync {
    fn again(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;

    fn discard(
        &self,
        key: &DeliveryKey,
        reason: &str,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;
}

impl Operator for EmbeddedBus {
    async fn again(&self, key: &DeliveryKey, edit: Option<String>) -> Result<Delivery, StoreError> {
        self.redrive(key, edit).await
    }

    async fn discard(&self, key: &DeliveryKey, reason: &str) -> Result<Delivery, StoreError> {
        self.drop_parked(key, reason).await
    }
}

/// A store without a bus, at a time.
struct StoreAt<'a>(&'a Store, Timestamp);

impl Operator for StoreAt<'_> {
    async fn again(&self, key: &DeliveryKey, edit: Option<String>) -> Result<Delivery, StoreError> {
        self.0.redrive(key, edit, self.1).await
    }

    async fn discard(&self, key: &DeliveryKey, reason: &str) -> Result<Delivery, StoreError> {
        Deliveries::drop(self.0, key, reason, self.1).await
    }
}

/// Redrives or discards parked deliveries of a store that no bus runs on; answers how many.
///
/// What is redriven is due at once: it goes out when a bus runs.
///
/// # Errors
/// [`RedriveError`].
pub async fn redrive_store(
    store: &Store,
    request: &Redrive,
    now: Timestamp,
) -> Result<usize, RedriveError> {
    // What a reader sees is what is committed.
    store.flush().await?;
    request.run(store.reader(), &StoreAt(store, now)).await
}

fn cursor(parked: &ParkedDelivery) -> Option<ParkedCursor> {
    match parked.delivery.state {
        DeliveryState::Parked { at } => Some(ParkedCursor { at, key: parked.delivery.key }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Redrive;

    #[track_caller]
    fn check(json: &str, is_valid: bool) {
        let request: Redrive = serde_json::from_str(json).unwrap();
        assert_eq!(request.check().is_ok(), is_valid, "{json}");
        let again = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Redrive>(&again).unwrap(), request);
    }

    #[test]
    fn a_request_says_which_deliveries_and_one_thing_to_do() {
        let id = "00000000000000000000000000000001";
        check(r#"{"all":true}"#, true);
        check(r#"{"target":"partner","drop":"test data"}"#, true);
        check(&format!(r#"{{"delivery":"{id}","edit":"{{}}"}}"#), true);
        check("{}", false);
        check(r#"{"target":"partner","edit":"{}"}"#, false);
        check(r#"{"all":true,"drop":" "}"#, false);
        check(&format!(r#"{{"delivery":"{id}","edit":""}}"#), false);
        check(&format!(r#"{{"delivery":"{id}","edit":"x","drop":"y"}}"#), false);
        assert!(serde_json::from_str::<Redrive>(r#"{"targets":"x"}"#).is_err());
    }
}
