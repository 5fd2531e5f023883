//! Warnings about the whole filter of a rule, `when` and `pattern` together.

use eventyard_filter::View;

use super::analysis::{Analysis, Judged};
use super::cases::{Cases, Clause};
use super::known::Known;
use super::reason::{clash, implies};
use crate::{Diagnostic, Place, RuleSet, Severity};

/// L0108 and L0109. Rules whose `when` is called constant already have their warning; `said` are the
/// places of those.
pub(super) fn filters(rules: &RuleSet, analysis: &Analysis<'_>, said: &[Place]) -> Vec<Diagnostic> {
    let find = |judged: &Judged<'_>| {
        let cases = judged.cases.as_ref()?;
        let known = judged.rule.when_at.as_ref().is_some_and(|when| {
            said.iter().any(|place| place.file == when.place.file && within(place, &when.place))
        });
        let found = || never(rules, judged, cases).or_else(|| always(rules, judged, cases));
        if known { None } else { found() }
    };
    analysis.rules.iter().filter_map(find).collect()
}

fn within(place: &Place, whole: &Place) -> bool {
    whole.span.start <= place.span.start && place.span.end <= whole.span.end
}

/// L0108: in each case, clauses contradict each other.
fn never(rules: &RuleSet, judged: &Judged<'_>, cases: &Cases) -> Option<Diagnostic> {
    let mut named: Vec<Vec<&Clause>> = Vec::new();
    for case in cases.iter() {
        let known = Known::new(case, rules.view);
        let clash = clash(&known, rules.view)?;
        named.push(clash.iter().filter_map(|one| known.clauses.get(*one).copied()).collect());
    }
    let first = named.first()?;
    let why = why(first);
    let differs = |case: &&Vec<&Clause>| {
        !case.iter().map(|clause| &clause.place).eq(first.iter().map(|clause| &clause.place))
    };
    let more = match named.iter().filter(differs).count() {
        0 => "",
        _ => ", and its other alternatives contradict themselves too",
    };
    let message = format!("no event fits rule `{}`: {why}{more}", judged.rule.name);
    let place = first.last().and_then(|clause| judged.place(rules, clause));
    let mut found = Diagnostic::new(
        "L0108",
        Severity::Warning,
        message,
        &place.unwrap_or_else(|| judged.whole()),
    )
    .with_path(format!("rules[{}]", judged.number))
    .with_help("is a value, an operator or a field mistaken?");
    let label = if first.len() == 2 { "contradicts it" } else { "one of those" };
    for other in first.iter().rev().skip(1).rev() {
        if let Some(place) = judged.place(rules, other).filter(|place| *place != found.place) {
            found = found.with_secondary(place, label);
        }
    }
    Some(found)
}

fn why(clauses: &[&Clause]) -> String {
    let texts: Vec<String> = clauses.iter().map(|clause| format!("`{}`", clause.text)).collect();
    match texts.as_slice() {
        [one] => format!("{one} cannot hold"),
        [one, other] => format!("{one} and {other} cannot both hold"),
        many => format!("{} cannot all hold", many.join(", ")),
    }
}

/// L0109: a pattern that takes every event.
fn always(rules: &RuleSet, judged: &Judged<'_>, cases: &Cases) -> Option<Diagnostic> {
    judged.rule.filter.pattern.as_ref()?;
    let case = cases.iter().find(|case| takes_all(case, rules.view))?;
    let texts: Vec<String> = case.iter().map(|clause| format!("`{}`", clause.text)).collect();
    let (texts, verb) = (texts.join(", "), if texts.len() == 1 { "holds" } else { "hold" });
    let message = format!("every event fits rule `{}`: {texts} always {verb}", judged.rule.name);
    let place = case.last().and_then(|clause| judged.place(rules, clause));
    Some(
        Diagnostic::new(
            "L0109",
            Severity::Warning,
            message,
            &place.unwrap_or_else(|| judged.whole()),
        )
        .with_path(format!("rules[{}]", judged.number))
        .with_help("if every event is meant, write `when: $`"),
    )
}

fn takes_all(case: &[&Clause], view: View) -> bool {
    implies(&Known::new(Vec::new(), view), case).is_some()
}
