//! The whole checked rule set.
use crate::{Place, Rule, ScalarPlace, Source, SourceText, Target, TargetName, Version};
use eventyard_event::json;
use eventyard_filter::{Matcher, View};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Everything the rules files say, checked and compiled; immutable, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// The hash of the texts it was made of.
    pub version: Version,
    /// The bus itself.
    pub bus: BusConfig,
    /// How raw JSON becomes an event, in file-name order then position; the first that fits counts.
    pub sources: Vec<Source>,
    /// By name; the overlay's targets in place of those they replace.
    pub targets: BTreeMap<TargetName, Target>,
    /// In file-name order, then position.
    pub rules: Vec<Rule>,
    /// What `$` and the names of patterns stand for.
    pub view: View,
    /// The files it was made of, in the order of their names.
    pub texts: Arc<[SourceText]>,
    /// The overlay it was made with.
    pub overlay: Option<Arc<SourceText>>,
    /// The filters of the rules, compiled into one.
    pub(crate) matcher: Matcher,
}

impl RuleSet {
    /// The rules that take the event, as indices of [`RuleSet::rules`], ascending.
    ///
    /// Never fails. The bytes are read once for all rules, no further than some rule needs.
    #[must_use]
    pub fn matches(&self, event: &json::Checked<'_>) -> Vec<usize> {
        self.matcher.matches(event)
    }

    /// The target of that name.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.get(name)
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == *name)
    }

    /// The place in the file of `within`, a stretch of a scalar's value in bytes: exact for every
    /// way YAML has to write a scalar. The scalar's own place when its file is not of this set.
    #[must_use]
    pub fn place_in(&self, scalar: &ScalarPlace, within: Range<usize>) -> Place {
        let texts = self.texts.iter().chain(self.overlay.as_deref());
        match texts.into_iter().find(|text| *text.name == *scalar.place.file) {
            Some(text) => crate::yaml::place_in(&text.text, scalar, within),
            None => scalar.place.clone(),
        }
    }
}

/// The bus: its name, where events come from, how long they stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusConfig {
    /// Its name, part of every delivery id; `main` unless the rules say otherwise.
    pub name: String,
    /// Where events come from.
    pub inputs: Vec<Input>,
    /// How long an event is kept after its acceptance; 90 days unless the rules say otherwise.
    pub retention: Duration,
}

impl Default for BusConfig {
    fn default() -> Self {
        Self {
            name: "main".into(),
            inputs: Vec::new(),
            retention: Duration::from_secs(90 * 86_400),
        }
    }
}

/// Where events come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A queue.
    Sqs {
        /// Name, URL or ARN.
        queue: crate::Resource,
    },
    /// A topic.
    Sns {
        /// Name or ARN.
        topic: crate::Resource,
    },
    /// An EventBridge bus.
    EventBridge {
        /// Name or ARN.
        bus: crate::Resource,
    },
    /// The bus's own HTTP listener.
    Http,
}
