//! What a replay is asked to do.

use eventyard_bus::{Hints, ReplayName, StoreError};
use eventyard_filter::Condition;
use eventyard_rules::{Planned, RuleName, TargetName, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::list::{Ask, ListError};

/// What is to be delivered again. Whatever is given must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayAsk {
    /// Its name: the delivered copies carry it as `replay`, and delivery ids depend on it.
    pub name: ReplayName,
    /// Only events accepted at this time or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only events accepted before this time. Given or not, a replay ends with the log as it is when it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The attributes that events must have.
    #[serde(flatten)]
    pub hints: Hints,
    /// What events must fulfil: a condition as in a rule's `when`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// By which rules they are planned.
    #[serde(default)]
    pub plan: ReplayPlan,
    /// Only deliveries of these rules; of all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_rules: Vec<RuleName>,
    /// Only deliveries to these targets; to all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_targets: Vec<TargetName>,
    /// At most so many events in a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

/// By which rules a replay is planned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplayPlan {
    /// Those in force when it starts.
    #[default]
    Current,
    /// Those of a version that was in force once.
    Version(Version),
    /// None: as each event was planned when it was accepted.
    AsPlanned,
}

/// Why a replay does not start, or does not go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The condition is none.
    #[error("`when` is no condition: {0}")]
    When(String),
    /// The rate is none.
    #[error("`rate` is events in a second: at least 0.01, at most 1,000,000")]
    Rate,
    /// The name was used.
    #[error(
        "there was a replay `{0}` already, and a name is used once: its deliveries have their ids from it"
    )]
    NameUsed(ReplayName),
    /// There is no such replay.
    #[error("there is no replay `{0}`")]
    Unknown(ReplayName),
    /// The rules that it is to be planned by are not stored.
    #[error(
        "rules of version {0} are not stored here: `eventyard trace` shows the version of an event's rules"
    )]
    RulesUnknown(Version),
    /// Another worker goes on with it, or somebody paused it.
    #[error("another worker has gone on with replay `{0}`")]
    Overtaken(ReplayName),
    /// The log could not be read, or the checkpoint not written; resume it.
    #[error(transparent)]
    List(#[from] ListError),
    /// The store failed; resume it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReplayAsk {
    /// Everything that happened, by the rules in force.
    #[must_use]
    pub fn all(name: ReplayName) -> Self {
        Self {
            name,
            since: None,
            until: None,
            hints: Hints::default(),
            when: None,
            plan: ReplayPlan::default(),
            only_rules: Vec::new(),
            only_targets: Vec::new(),
            rate: None,
        }
    }

    /// What is asked of the log.
    ///
    /// # Errors
    /// [`ReplayError::When`], [`ReplayError::Rate`].
    pub fn of_log(&self) -> Result<Ask, ReplayError> {
        if self.rate.is_some_and(|rate| !(0.01..=1e6).contains(&rate)) {
            return Err(ReplayError::Rate);
        }
        let parse = |text: &String| Condition::parse(text);
        let when = self.when.as_ref().map(parse).transpose();
        Ok(Ask {
            hints: self.hints.clone(),
            when: when.map_err(|error| ReplayError::When(error.to_string()))?,
            since: self.since,
            until: self.until,
            from: None,
            sealed_only: false,
        })
    }

    /// Whether a delivery is one of those that are chosen.
    #[must_use]
    pub fn takes(&self, planned: &Planned) -> bool {
        (self.only_rules.is_empty() || self.only_rules.contains(&planned.rule))
            && (self.only_targets.is_empty() || self.only_targets.contains(&planned.target))
    }
}
