//! What the rules say and probably do not mean.
//!
//! Comes in: a rule set, which is sound. Goes out: warnings, each with its place and the way out.
//!
//! | code | what it is about |
//! |---|---|
//! | `L0101` | a clause that also holds where its path is missing (`!=`, `!`) |
//! | `L0102` | two paths compared, which are equal when both are missing |
//! | `L0103` | `$[?…]` at the top level, which looks into the members of the event |
//! | `L0104` | `^` or `$` in a regular expression, which need not be an anchor elsewhere |
//! | `L0105` | a condition or clause that always holds |
//! | `L0106` | a condition or clause that never holds |
//! | `L0107` | EventBridge's name of a field in a `when` |
//! | `L0108` | a filter of clauses that cannot all hold, also across `when` and `pattern` |
//! | `L0109` | a filter with a `pattern` that every event fits |
//! | `L0201` | two rules with filters of the same meaning and the same targets |
//! | `L0202` | a target that no rule uses |
//! | `L0203` | a source that is never reached |
//! | `L0204` | a rule whose every event another rule sends to the same targets |
//! | `L0205` | two rules that share a target and an event, which the finding shows |
//! | `E0401` | a possible loop |
//!
//! Only what can be decided soundly is reported as constant; everything else is left alone. An
//! event that is shown was taken by the filters it is about. What L0108 to L0205 call an event is a
//! CloudEvents object: `id`, `source`, `specversion` and `type` are there and strings.
//!
//! Bounds: a rule whose filter has more than 32 cases (its `||` and `$or` multiplied out) is left out
//! of L0108, L0109, L0204 and L0205. For L0204 and L0205 each rule is compared with at most 64 earlier
//! ones that share a target and are not told apart by a string that one path must equal; L0205 shows
//! at most three overlaps for a rule, and says how many more were seen; a common event is constructed
//! with at most 16 of those compared, the others are asked whether they take one of these events. L0204 and L0205 are about deliveries with the same payload: rules with different transforms
//! are left alone, as they send different things.

mod analysis;
mod bounds;
mod cases;
mod claim;
mod clauses;
mod constant;
mod cut;
mod field;
mod index;
mod intervals;
mod known;
mod normal;
mod pairs;
mod places;
mod proven;
mod reason;
mod sample;
mod set;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_together;
mod values;
mod whole;

use eventyard_filter::{Condition, View};

use crate::loops::loops;
use crate::{Diagnostic, Diagnostics, Place, RuleSet, ScalarPlace, Severity};
use analysis::Analysis;

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
    let analysis = Analysis::new(rules);
    let constant = found.iter().filter(|one| matches!(one.code, "L0105" | "L0106"));
    let constant: Vec<Place> = constant.map(|one| one.place.clone()).collect();
    found.extend(whole::filters(rules, &analysis, &constant));
    found.extend(set::duplicates(&analysis));
    found.extend(pairs::pairs(rules, &analysis));
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
