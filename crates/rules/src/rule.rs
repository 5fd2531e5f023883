//! A rule: which events it takes and what becomes of them.
use crate::{Place, Rate, RuleName, ScalarPlace, TargetName, Transform};
use eventyard_filter::Filter;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One checked rule of a rule set.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique in the rule set.
    pub name: RuleName,
    /// What the rule is for, in the user's words.
    pub description: Option<String>,
    /// Which events it takes.
    pub filter: Filter,
    /// The targets it sends to, in the file's order, each once; all are in the rule set.
    pub to: Vec<TargetName>,
    /// What the targets receive instead of the event.
    pub transform: Option<Transform>,
    /// How long a failing delivery is tried.
    pub retry: Retry,
    /// How many deliveries it may start; more of them wait, none is dropped.
    pub max_rate: Option<Rate>,
    /// How old an event may be, counted from its acceptance, when an attempt starts; older ones are parked.
    pub expires_after: Option<Duration>,
    /// The hops after which an event stops here, where a loop is intended.
    pub allow_loop: Option<u32>,
    /// The rule's name in its file.
    pub place: Place,
    /// Its `when`, so that a clause can be pointed at.
    pub when_at: Option<ScalarPlace>,
    /// Its `pattern`.
    pub pattern_at: Option<Place>,
    /// Each entry of `to`, in the order of [`Rule::to`].
    pub to_at: Vec<Place>,
}

/// How long a delivery that fails for a passing reason is tried before it is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Attempts at most, 1 to 1,000.
    pub attempts: u32,
    /// Time since acceptance at most; whole seconds.
    #[serde(rename = "max_age_s", with = "crate::amount::seconds")]
    pub max_age: Duration,
    /// How long a target that denies (or does not know) us is tried; whole seconds.
    #[serde(rename = "denied_s", with = "crate::amount::seconds")]
    pub denied: Duration,
}

impl Default for Retry {
    /// 185 attempts within 24 hours; 15 minutes when denied.
    fn default() -> Self {
        Self {
            attempts: 185,
            max_age: Duration::from_secs(86_400),
            denied: Duration::from_secs(900),
        }
    }
}
