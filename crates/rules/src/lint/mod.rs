//! What the rules say and probably do not mean.
//!
//! Comes in: a rule set, which is sound. Goes out: warnings, each with its place and the way out.
//!
//! | code | what it is about |
//! |---|---|
//! | `L0101` | a clause that also holds where its path is missing (`!=`, `!`) |
//! | `L0102` | two paths compared, which are equal when both are missing |
//! | `L0103` | `$[?…]` at the top level, which looks into the members of the event |
//! | `L0104` | `^` or `$` in a regular expression, which has no anchors |
//! | `L0105` | a condition or clause that always holds |
//! | `L0106` | a condition or clause that never holds |
//! | `L0107` | EventBridge's name of a field in a `when` |
//! | `L0201` | two rules with the same filter and the same targets |
//! | `L0202` | a target that no rule uses |
//! | `L0203` | a source that is never reached |
//! | `E0401` | a possible loop |
//!
//! Only what can be decided soundly is reported as constant; everything else is left alone.

mod bounds;
mod clauses;
mod constant;
mod proven;
mod set;
#[cfg(test)]
mod tests;

use eventyard_filter::{Condition, View};

use crate::loops::loops;
use crate::{Diagnostic, Diagnostics, RuleSet, ScalarPlace, Severity};

/// All warnings about a rule set, and its possible loops, in file-name order, then position.
///
/// ```
/// # use eventyard_rules::{LoadOptions, SourceText, lint, load};
/// let text = "version: 1
/// targets: { store: { sqs: { queue: store } } }
/// rules: [ { name: not-eu, when: $.data.region != 'eu', to: store } ]
/// ";
/// let rules = load(&[SourceText::new("a.yaml", text)], &LoadOptions::default())?;
/// assert_eq!(lint(&rules).iter().next().map(|one| one.code), Some("L0101"));
/// # Ok::<(), eventyard_rules::Diagnostics>(())
/// ```
#[must_use]
pub fn lint(rules: &RuleSet) -> Diagnostics {
    let mut found: Vec<Diagnostic> = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        if let (Some(when), Some(at)) = (&rule.filter.when, &rule.when_at) {
            let path = format!("rules[{index}].when");
            found.extend(conditions(rules, when, at, rules.view).map(|one| one.with_path(&path)));
        }
    }
    for source in &rules.sources {
        if let (Some(when), Some(at)) = (&source.when, &source.when_at) {
            found.extend(conditions(rules, when, at, View::Raw));
        }
    }
    found.extend(set::duplicates(rules));
    found.extend(set::unused_targets(rules));
    found.extend(set::unreachable_sources(rules));
    found.extend(loops(rules));
    found.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
    let texts = rules.texts.iter().cloned();
    Diagnostics::new(found, texts.chain(rules.overlay.as_deref().cloned()).collect())
}

/// A finding inside one condition, by bytes of its text.
struct Clause {
    code: &'static str,
    span: std::ops::Range<usize>,
    message: String,
    help: String,
}

/// The warnings about one condition.
fn conditions(
    rules: &RuleSet,
    when: &Condition,
    at: &ScalarPlace,
    view: View,
) -> impl Iterator<Item = Diagnostic> {
    let outline = when.outline();
    let mut found = clauses::clauses(&outline, view);
    found.extend(constant::constants(&outline, when.text()));
    found.into_iter().map(move |clause| {
        let place = rules.place_in(at, clause.span);
        Diagnostic::new(clause.code, Severity::Warning, clause.message, &place)
            .with_help(clause.help)
    })
}
