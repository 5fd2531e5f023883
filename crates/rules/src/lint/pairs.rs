//! Warnings about two rules: the one takes what the other takes.
//!
//! Bounds: a rule is compared with at most [`COMPARED_MAX`] earlier ones that share a target and are
//! not told apart by the string that one path must equal; of overlaps, at most [`SHOWN_MAX`] are
//! reported for each rule. So the work grows with the number of rules, not with its square.

use eventyard_event::json::Value;

use super::analysis::{Analysis, Judged};
use super::cases::Cases;
use super::index::Index;
use super::known::Known;
use super::reason::{all_imply, clash, open_cases};
use super::sample::events;
use crate::{Diagnostic, RuleSet, Severity};

/// Earlier rules that a rule is compared with.
const COMPARED_MAX: usize = 64;
/// Overlaps that are reported for one rule; the last says how many more were seen.
const SHOWN_MAX: usize = 3;
/// Rules with which a common event is constructed for one rule; others are only asked whether they
/// take one that is known.
const CONSTRUCTED_MAX: usize = 16;

/// L0204 and L0205.
pub(super) fn pairs(rules: &RuleSet, analysis: &Analysis<'_>) -> Vec<Diagnostic> {
    let mut index = Index::default();
    let mut found = Vec::new();
    let mut shadowed = vec![false; rules.rules.len()];
    let sides: Vec<Option<Side<'_>>> =
        analysis.rules.iter().map(|judged| Side::of(judged, rules)).collect();
    for (number, side) in sides.iter().enumerate() {
        let Some(side) = side else { continue };
        let judged = side.judged;
        let mut overlaps = Overlaps::default();
        for earlier in index.near(judged, COMPARED_MAX) {
            let Some(other) = sides.get(earlier).and_then(Option::as_ref) else { continue };
            if judged.repeats(other.judged) || !same_payload(judged, other.judged) {
                continue;
            }
            if let Some(finding) = shadow(rules, side, other) {
                mark(&mut shadowed, number, &mut found, finding);
            } else if let Some(finding) = shadow(rules, other, side) {
                mark(&mut shadowed, earlier, &mut found, finding);
            } else {
                overlaps.look(side, other, rules);
            }
        }
        index.add(number, judged);
        if shadowed.get(number) != Some(&true) {
            found.extend(overlaps.findings(judged));
        }
    }
    found
}

/// A rule that may take an event, with what is known in each of its cases.
struct Side<'r> {
    judged: &'r Judged<'r>,
    cases: &'r Cases,
    known: Vec<Known<'r>>,
}

impl<'r> Side<'r> {
    fn of(judged: &'r Judged<'r>, rules: &RuleSet) -> Option<Self> {
        let cases = judged.cases.as_ref().filter(|_| judged.alive())?;
        Some(Self { judged, cases, known: open_cases(cases, rules.view) })
    }

    fn takes(&self, event: &Value<'_>) -> bool {
        self.judged.rule.filter.matches(event)
    }
}

/// One shadow is enough to say that a rule is not needed.
fn mark(shadowed: &mut [bool], rule: usize, found: &mut Vec<Diagnostic>, finding: Diagnostic) {
    if let Some(known) = shadowed.get_mut(rule).filter(|known| !**known) {
        *known = true;
        found.push(finding);
    }
}

/// Two transforms say two things; who writes both means both.
fn same_payload(one: &Judged<'_>, other: &Judged<'_>) -> bool {
    match (&one.rule.transform, &other.rule.transform) {
        (None, None) => true,
        (Some(one), Some(other)) => format!("{one:?}") == format!("{other:?}"),
        _ => false,
    }
}

/// L0204: each event that `one` takes goes to its targets by `other` as well.
fn shadow(rules: &RuleSet, one: &Side<'_>, other: &Side<'_>) -> Option<Diagnostic> {
    let (known, cases) = (&one.known, other.cases);
    let (one, other) = (one.judged, other.judged);
    if !one.rule.to.iter().all(|target| other.rule.to.contains(target)) {
        return None;
    }
    let named = all_imply(known, cases)?;
    let mut texts: Vec<String> = named.iter().map(|clause| format!("`{}`", clause.text)).collect();
    texts.dedup();
    let why = match texts.as_slice() {
        [] => format!("`{}` takes every event", other.rule.name),
        [_] => format!("its {} implies the filter of `{}`", texts.concat(), other.rule.name),
        _ => format!("its {} imply the filter of `{}`", texts.join(", "), other.rule.name),
    };
    let (name, by) = (&one.rule.name, &other.rule.name);
    let message = format!("each event that rule `{name}` takes, rule `{by}` takes too: {why}");
    let place = named.first().and_then(|clause| one.place(rules, clause));
    let place = place.unwrap_or_else(|| one.whole());
    Some(
        Diagnostic::new("L0204", Severity::Warning, message, &place)
            .with_path(format!("rules[{}]", one.number))
            .with_help("each gets it twice; remove this rule, or narrow the other")
            .with_secondary(other.rule.place.clone(), "sends to the same targets"),
    )
}

/// What a rule shares with earlier ones.
#[derive(Default)]
struct Overlaps<'r> {
    shown: Vec<(&'r Judged<'r>, Value<'static>)>,
    others: usize,
    constructed: usize,
}

impl<'r> Overlaps<'r> {
    fn look(&mut self, one: &Side<'r>, other: &Side<'r>, rules: &RuleSet) {
        let known = self.shown.iter().find(|(_, event)| other.takes(event));
        let event = match known {
            Some((_, event)) => event.clone(),
            None if self.constructed < CONSTRUCTED_MAX => {
                self.constructed = self.constructed.saturating_add(1);
                let Some(event) = common_event(one, other, rules) else { return };
                event
            }
            None => return,
        };
        if self.shown.len() < SHOWN_MAX {
            self.shown.push((other.judged, event));
        } else {
            self.others = self.others.saturating_add(1);
        }
    }

    /// L0205
    fn findings(&self, one: &Judged<'_>) -> Vec<Diagnostic> {
        let last = self.shown.len().saturating_sub(1);
        let report = |(number, (other, event)): (usize, &(&Judged<'_>, Value<'_>))| {
            let shared = one.rule.to.iter().find(|target| other.rule.to.contains(target));
            let target = shared.map(ToString::to_string).unwrap_or_default();
            let more = match self.others {
                1 if number == last => "; so does at least 1 other".to_owned(),
                others if others > 0 && number == last => {
                    format!("; so do at least {others} others")
                }
                _ => String::new(),
            };
            let message = format!(
                "rule `{}` and rule `{}` both send to `{target}`, which gets this event twice: \
                 {event}{more}",
                one.rule.name, other.rule.name
            );
            Diagnostic::new("L0205", Severity::Warning, message, &one.whole())
                .with_path(format!("rules[{}]", one.number))
                .with_help("narrow one of them, or let one rule take both kinds of event")
                .with_secondary(other.whole(), "takes it too")
        };
        self.shown.iter().enumerate().map(report).collect()
    }
}

/// An event that both rules take, which the matcher has confirmed.
fn common_event(one: &Side<'_>, other: &Side<'_>, rules: &RuleSet) -> Option<Value<'static>> {
    one.known.iter().find_map(|ours| {
        other.known.iter().find_map(|theirs| {
            let both = [ours.clauses.as_slice(), theirs.clauses.as_slice()].concat();
            let known = Known::new(both, rules.view);
            if clash(&known, rules.view).is_some() {
                return None;
            }
            events(&known, rules.view).find(|event| one.takes(event) && other.takes(event))
        })
    })
}
