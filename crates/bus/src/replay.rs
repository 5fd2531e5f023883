//! Replays: accepted events delivered again, under a name, with delivery ids of their own.
//!
//! A replay changes nothing that is stored of an event. Its plan is a pure function of the event, the
//! replay's name and a stored rule set, so that a delivery which is retried or redriven later finds it again.

use crate::StoredEvent;
use eventyard_event::DeliveryId;
use eventyard_rules::{Plan, RuleSet, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a replay: 1 to 64 of `A-Z a-z 0-9 . _ -`. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplayName(Arc<str>);

/// A text that is no name of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a replay's name has 1 to 64 letters, digits, `.`, `_` or `-`")]
pub struct InvalidReplayName;

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 64;

impl ReplayName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReplayName {
    type Err = InvalidReplayName;

    fn from_str(text: &str) -> Result<Self, InvalidReplayName> {
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
        let is_name = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits);
        is_name.then(|| Self(text.into())).ok_or(InvalidReplayName)
    }
}

impl TryFrom<String> for ReplayName {
    type Error = InvalidReplayName;

    fn try_from(text: String) -> Result<Self, InvalidReplayName> {
        text.parse()
    }
}

impl From<ReplayName> for String {
    fn from(name: ReplayName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for ReplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The replay that a delivery belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Its name, which the delivered copy carries.
    pub name: ReplayName,
    /// The rules that planned it; none when it goes as it was planned when the event was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Version>,
}

impl Replayed {
    /// The event as this replay delivers it: marked, and with the plan of the replay. `rules` are those of
    /// [`Self::rules`]; none when it goes as it was planned then.
    #[must_use]
    pub fn event(&self, stored: &StoredEvent, bus: &str, rules: Option<&RuleSet>) -> StoredEvent {
        let event = stored.event.clone().replayed(self.name.as_str());
        let mut plan = match rules {
            Some(rules) => rules.plan(&event),
            None => stored.plan.clone(),
        };
        self.rename(&mut plan, stored, bus);
        StoredEvent { event, plan, replayed: Some(Arc::new(self.clone())), ..stored.clone() }
    }

    /// Gives the deliveries of a plan the ids that they have in this replay.
    fn rename(&self, plan: &mut Plan, stored: &StoredEvent, bus: &str) {
        let (identity, name) = (stored.event.identity(), Some(self.name.as_str()));
        for planned in &mut plan.deliveries {
            let (rule, target) = (planned.rule.as_str(), planned.target.as_str());
            planned.id = DeliveryId::new(bus, &identity, rule, target, name);
        }
    }
}
