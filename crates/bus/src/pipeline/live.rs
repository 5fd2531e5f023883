//! The rules in force.

use crate::{Ports, RuleSets, RulesFile, StoreError, StoredRules};
use eventyard_rules::{Rate, RuleName, RuleSet, SourceText};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rules in force, and what of them is asked for with every delivery.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) rules: Arc<RuleSet>,
    /// The rules with a `max-rate`. A rule that is gone plans nothing more and limits nothing.
    rates: BTreeMap<RuleName, Rate>,
}

impl Live {
    pub(super) fn new(rules: Arc<RuleSet>) -> Self {
        let rated = rules.rules.iter().filter_map(|rule| Some((rule.name.clone(), rule.max_rate?)));
        let rates = rated.collect();
        Self { rules, rates }
    }

    pub(super) fn max_rate(&self, rule: &RuleName) -> Option<&Rate> {
        self.rates.get(rule)
    }
}

/// Stores a rule set, so that its plans can be carried out whatever is in force by then.
pub(super) async fn store<P: Ports>(ports: &P, rules: &RuleSet) -> Result<(), StoreError> {
    let stored = StoredRules {
        version: rules.version.clone(),
        files: rules.texts.iter().map(file).collect(),
        overlay: rules.overlay.as_deref().map(file),
    };
    ports.rule_sets().put(&stored).await
}

fn file(source: &SourceText) -> RulesFile {
    RulesFile { name: source.name.clone(), text: source.text.clone() }
}
