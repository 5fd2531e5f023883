//! Every rule of a set, taken apart once.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::cases::{Cases, Clause, Within};
use super::index::Anchor;
use super::known::Known;
use super::normal;
use super::places::Places;
use super::reason::clash;
use crate::{Place, Rule, RuleSet, TargetName};

/// The rules of a set with what is known about each.
pub(super) struct Analysis<'r> {
    pub rules: Vec<Judged<'r>>,
}

/// A rule with what is known about it.
pub(super) struct Judged<'r> {
    pub rule: &'r Rule,
    /// Its number in the set.
    pub number: usize,
    /// None where there are too many.
    pub cases: Option<Cases>,
    pub anchor: Option<Anchor>,
    /// The same for filters of the same meaning.
    pub normal: String,
    places: Rc<Places<'r>>,
    /// Whether no event can fit.
    never: bool,
}

impl<'r> Analysis<'r> {
    pub(super) fn new(rules: &'r RuleSet) -> Self {
        let places = Rc::new(Places::new(rules));
        let judge = |(number, rule): (usize, &'r Rule)| {
            let cases = Cases::of(&rule.filter, rules.view);
            let dead = |case| clash(&Known::new(case, rules.view), rules.view).is_some();
            let never = cases.as_ref().is_some_and(|cases| cases.iter().all(dead));
            let anchor = cases.as_ref().and_then(|cases| Anchor::of(cases, rules.view));
            let normal = normal::form(&rule.filter);
            let places = Rc::clone(&places);
            Judged { rule, number, cases, anchor, normal, places, never }
        };
        Self { rules: rules.rules.iter().enumerate().map(judge).collect() }
    }
}

impl Judged<'_> {
    /// Whether it may take an event and can be reasoned about.
    pub(super) fn alive(&self) -> bool {
        !self.never && self.cases.is_some()
    }

    /// Whether L0201 says what there is to say about the two.
    pub(super) fn repeats(&self, other: &Judged<'_>) -> bool {
        self.normal == other.normal && targets(self) == targets(other)
    }

    /// Where the clause stands.
    pub(super) fn place(&self, rules: &RuleSet, clause: &Clause) -> Option<Place> {
        match &clause.place {
            Within::When(span) => {
                self.rule.when_at.as_ref().map(|at| rules.place_in(at, span.clone()))
            }
            Within::Pattern(number) => self.places.field(self.rule, *number),
        }
    }

    /// Where its filter stands; the rule itself if it has none.
    pub(super) fn whole(&self) -> Place {
        let when = self.rule.when_at.as_ref().map(|at| &at.place);
        when.or(self.rule.pattern_at.as_ref()).unwrap_or(&self.rule.place).clone()
    }
}

fn targets<'r>(judged: &Judged<'r>) -> BTreeSet<&'r TargetName> {
    judged.rule.to.iter().collect()
}
