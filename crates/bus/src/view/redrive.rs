//! Which parked deliveries are meant, and what happens to them: again, or discarded.

use super::ParkedDelivery;
use crate::StoreError;
use eventyard_event::DeliveryId;
use eventyard_rules::{RuleName, TargetName};
use serde::{Deserialize, Serialize};

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

    /// Whether a parked delivery is one of those that are meant, when target and rule are.
    #[must_use]
    pub fn takes(&self, parked: &ParkedDelivery) -> bool {
        self.delivery.is_none_or(|id| id == parked.delivery.key.id)
            && self.event.as_deref().is_none_or(|id| id == parked.event.id())
            && self.source.as_deref().is_none_or(|source| source == parked.event.source())
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
