//! How a plan is stored: written once per event, so every byte of it is paid for every time.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Payload, Plan, Planned};
use crate::{RuleName, Version};

/// The stored form; `matched` is left out where the deliveries say it already.
#[derive(Serialize)]
struct Written<'p> {
    #[serde(rename = "v")]
    rules: &'p Version,
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    matched: Option<&'p [RuleName]>,
    #[serde(rename = "d", skip_serializing_if = "<[Planned]>::is_empty")]
    deliveries: &'p [Planned],
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "v")]
    rules: Version,
    #[serde(rename = "m")]
    matched: Option<Vec<RuleName>>,
    #[serde(rename = "d", default)]
    deliveries: Vec<Planned>,
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let matched = (self.matched != rules_of(&self.deliveries)).then_some(&*self.matched);
        Written { rules: &self.rules, matched, deliveries: &self.deliveries }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { rules, matched, deliveries } = Read::deserialize(deserializer)?;
        let matched = matched.unwrap_or_else(|| rules_of(&deliveries));
        Ok(Self { rules, matched, deliveries })
    }
}

/// The rules of the deliveries, each once, in their order.
fn rules_of(deliveries: &[Planned]) -> Vec<RuleName> {
    let mut rules: Vec<RuleName> = deliveries.iter().map(|planned| planned.rule.clone()).collect();
    rules.dedup();
    rules
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Option::<String>::deserialize(deserializer)?;
        Ok(body.map_or(Self::Document, Self::Body))
    }
}

/// Whether a setting is as usual and need not be stored.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// An optional duration as whole seconds.
pub(super) mod optional_seconds {
    use super::{Deserialize, Deserializer, Duration, Serialize, Serializer};

    pub(in crate::plan) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs()).serialize(serializer)
    }

    pub(in crate::plan) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
    }
}
