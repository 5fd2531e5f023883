//! Which rules the tests leave unproven.

use std::collections::BTreeSet;

use super::TestFile;
use crate::{RuleName, RuleSet};

/// The rules that the tests leave unproven, in the order of the rule set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rules in the set.
    pub rules: usize,
    /// Rules that no case names under `rules`: nothing shows that they match.
    pub without_positive: Vec<RuleName>,
    /// Rules that no case names under `not`: nothing shows that they are narrow enough.
    pub without_negative: Vec<RuleName>,
}

impl Coverage {
    /// Whether every rule has both.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.without_positive.is_empty() && self.without_negative.is_empty()
    }
}

/// Which rules of the set lack a positive or a negative case in these files.
#[must_use]
pub fn coverage(rules: &RuleSet, files: &[TestFile]) -> Coverage {
    let (mut positive, mut negative) = (BTreeSet::new(), BTreeSet::new());
    for case in files.iter().flat_map(|file| &file.cases) {
        positive.extend(case.expect.rules.iter().flatten().map(String::as_str));
        negative.extend(case.expect.not.iter().map(String::as_str));
    }
    Coverage {
        rules: rules.rules.len(),
        without_positive: missing(rules, &positive),
        without_negative: missing(rules, &negative),
    }
}

fn missing(rules: &RuleSet, named: &BTreeSet<&str>) -> Vec<RuleName> {
    let names = rules.rules.iter().map(|rule| &rule.name);
    names.filter(|name| !named.contains(name.as_str())).cloned().collect()
}
