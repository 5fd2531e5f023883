//! Warnings about the rule set as a whole.

use std::collections::{BTreeSet, HashMap};

use super::analysis::Analysis;
use crate::{Diagnostic, Rule, RuleSet, Severity, TargetName};

/// L0201: two rules that take the same events to the same targets.
pub(super) fn duplicates(analysis: &Analysis<'_>) -> Vec<Diagnostic> {
    let mut first: HashMap<_, &Rule> = HashMap::new();
    let mut found = Vec::new();
    for (index, judged) in analysis.rules.iter().enumerate() {
        let rule = judged.rule;
        let key = (&judged.normal, rule.to.iter().collect::<BTreeSet<_>>());
        let Some(earlier) = first.get(&key) else {
            first.insert(key, rule);
            continue;
        };
        let message = format!(
            "rule `{}` has the filter and the targets of rule `{}`: each gets every event twice",
            rule.name, earlier.name
        );
        found.push(
            Diagnostic::new("L0201", Severity::Warning, message, &rule.place)
                .with_path(format!("rules[{index}]"))
                .with_help("remove one of them; one transform can say what both say")
                .with_secondary(earlier.place.clone(), "the same filter and targets"),
        );
    }
    found
}

/// L0202: a target that no rule sends to.
pub(super) fn unused_targets(rules: &RuleSet) -> Vec<Diagnostic> {
    let used: BTreeSet<&TargetName> = rules.rules.iter().flat_map(|rule| &rule.to).collect();
    let unused = rules.targets.values().filter(|target| !used.contains(&target.name));
    let warn = |target: &crate::Target| {
        let message = format!("no rule sends to target `{}`", target.name);
        Diagnostic::new("L0202", Severity::Warning, message, &target.place)
            .with_path(format!("targets.{}", target.name))
            .with_help("remove it, or name it under `to` of a rule")
    };
    unused.map(warn).collect()
}

/// L0203: a source behind one that takes every raw document.
pub(super) fn unreachable_sources(rules: &RuleSet) -> Vec<Diagnostic> {
    let takes_all = rules.sources.iter().position(|source| source.when.is_none());
    let Some((catch_all, behind)) =
        takes_all.and_then(|at| rules.sources.get(at..)).and_then(|rest| rest.split_first())
    else {
        return Vec::new();
    };
    let warn = |source: &crate::Source| {
        let message = format!(
            "source `{}` is never reached: `{}` before it has no `when` and maps everything",
            source.name, catch_all.name
        );
        Diagnostic::new("L0203", Severity::Warning, message, &source.place)
            .with_help("give the one before a `when`, or put it last")
            .with_secondary(catch_all.place.clone(), "maps every raw document")
    };
    behind.iter().map(warn).collect()
}
