//! Why rules match an event, or do not, as `explain` and `trace` tell it.

use std::io::Write;

use anyhow::Result;
use eventyard_event::json;
use eventyard_filter::{Clause, Edit, Explanation, NearMiss};
use eventyard_rules::Rule;
use serde_json::json;

use crate::output::{self, BAD, FAINT, GOOD, NAME, styled};

/// Near misses that are shown.
pub const SHOWN_MAX: usize = 10;

/// A rule with the answer to why.
pub struct Explained<'r> {
    pub rule: &'r Rule,
    pub why: Explanation,
    /// What kept it from matching, where one clause did.
    pub near: Option<NearMiss>,
}

impl<'r> Explained<'r> {
    pub fn new(rule: &'r Rule, root: &json::Value<'_>) -> Self {
        Self { rule, why: rule.filter.explain(root), near: rule.filter.near_miss(root) }
    }

    fn edits(&self) -> &[Edit] {
        self.near.as_ref().map_or(&[], |near| &near.edits)
    }

    fn holding(&self) -> usize {
        self.why.clauses.iter().filter(|clause| clause.holds).count()
    }

    /// The rules that one clause kept from matching, those first of which most clauses hold; at most ten.
    pub fn nearest(explained: &[Self]) -> Vec<&Self> {
        let mut near: Vec<_> = explained.iter().filter(|one| one.near.is_some()).collect();
        near.sort_by_key(|one| std::cmp::Reverse(one.holding()));
        near.truncate(SHOWN_MAX);
        near
    }
}

/// The answer for programs.
pub fn as_json(Explained { rule, why, near }: &Explained<'_>) -> serde_json::Value {
    let clauses: Vec<_> = why.clauses.iter().map(clause_as_json).collect();
    let edits: Vec<_> = near.iter().flat_map(|near| &near.edits).map(edit_as_json).collect();
    json!({
        "rule": rule.name.as_str(),
        "place": rule.place.to_string(),
        "matched": why.matched,
        "clauses": clauses,
        "edits": edits,
    })
}

fn edit_as_json(edit: &Edit) -> serde_json::Value {
    match edit {
        Edit::Clause { part, from, to, text } => {
            json!({ "edit": part.as_str(), "from": from, "to": to, "text": text })
        }
        // The value is text, so that a reader of JSON does not round its numbers; `null` removes the member.
        Edit::Event { path, value } => json!({ "edit": "event", "path": path, "value": value }),
    }
}

fn clause_as_json(clause: &Clause) -> serde_json::Value {
    json!({
        "text": clause.text, "path": clause.path, "actual": clause.actual, "expected": clause.expected,
        "holds": clause.holds, "decisive": clause.decisive,
    })
}

/// The answer for people: the rule, each clause, each edit.
///
/// # Errors
/// When standard output is closed.
pub fn write_rule(out: &mut impl Write, explained: &Explained<'_>) -> Result<()> {
    write_clauses(out, explained)?;
    for edit in explained.edits() {
        writeln!(out, "  {}  {}", styled(GOOD, "edit"), edit_as_text(edit))?;
    }
    if explained.near.is_some() && explained.edits().is_empty() {
        writeln!(out, "  no edit found")?;
    }
    Ok(writeln!(out)?)
}

/// A text of several lines is put on one: between its lines are only blanks, as no literal has a line break.
fn edit_as_text(edit: &Edit) -> String {
    let text = match edit {
        Edit::Clause { part, text, .. } => {
            let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
            format!("{}: {}", part.as_str(), lines.join(" "))
        }
        Edit::Event { path, value: Some(value) } => format!("event: set {path} to {value}"),
        Edit::Event { path, value: None } => format!("event: remove {path}"),
    };
    output::printable(&text)
}

fn write_clauses(out: &mut impl Write, explained: &Explained<'_>) -> Result<()> {
    let Explained { rule, why, .. } = explained;
    let verdict = if why.matched { styled(GOOD, "matches") } else { styled(BAD, "does not match") };
    writeln!(out, "{} {verdict}  {}", styled(NAME, &rule.name), styled(FAINT, &rule.place))?;
    let width =
        why.clauses.iter().map(|c| one_line(&c.text).chars().count()).max().unwrap_or(0).min(60);
    for clause in &why.clauses {
        let mark = if clause.holds { styled(GOOD, "yes") } else { styled(BAD, "no ") };
        let text = one_line(&clause.text);
        write!(out, "  {mark}  {text:<width$}  saw {}", output::printable(&clause.actual))?;
        if !clause.holds {
            write!(out, ", wanted {}", output::printable(&clause.expected))?;
        }
        if clause.decisive {
            write!(out, "  {}", styled(BAD, "<- this alone kept it from matching"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A clause of several lines, folded.
fn one_line(text: &str) -> String {
    output::printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
