//! `eventyard explain`: why a rule matches an event, or does not.

use std::io::Write;

use anyhow::{Context as _, Result, ensure};
use eventyard_event::decode::Received;
use eventyard_event::{Limits, json};
use eventyard_filter::{Clause, Edit, Explanation, NearMiss};
use eventyard_rules::{Rule, RuleSet};
use serde_json::json;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, BAD, FAINT, GOOD, NAME, styled};
use crate::ruleset::{self, View};

/// Rules of a listing without choice, and near misses of a longer one.
const SHOWN_MAX: usize = 10;

/// Says for every clause what it saw, what it wanted, and which single clause kept a rule from matching,
/// with edits that were tried.
#[derive(Debug, clap::Args)]
pub struct Explain {
    #[command(flatten)]
    rules: RulesArguments,
    /// Only this rule.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Every rule in the order of the files, however many there are; else, of more than ten rules, those that match
    /// and the ten that came nearest.
    #[arg(long)]
    all: bool,
    /// Take the document as it is: `$` is the document, for `when` and `pattern` alike.
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    output: OutputArguments,
    /// A file with one event; `-` is standard input.
    file: String,
}

impl Explain {
    pub fn run(self) -> Result<Exit> {
        let view = if self.raw { View::Raw } else { View::Event };
        let Some(rules) = ruleset::load_or_report(&self.rules, view, self.output.output)? else {
            return Ok(Exit::Refused);
        };
        let chosen = self.chosen(&rules)?;
        let limits = Limits::default();
        let text = self.document(&rules, &limits)?;
        let document = json::parse(&text, &limits)?;
        let explained: Vec<Explained<'_>> =
            chosen.into_iter().map(|rule| Explained::new(rule, &document.root)).collect();
        let mut out = output::stdout();
        if self.output.output.is_json() {
            let id = document.root.get("id").and_then(json::Value::as_str);
            let rules: Vec<_> = explained.iter().map(as_json).collect();
            output::json_line(&mut out, &json!({ "id": id, "rules": rules }))?;
        } else {
            self.write_text(&mut out, &explained)?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    fn write_text(&self, out: &mut impl Write, explained: &[Explained<'_>]) -> Result<()> {
        if self.rule.is_some() || self.all || explained.len() <= SHOWN_MAX {
            return explained.iter().try_for_each(|one| write_rule(out, one));
        }
        write_nearest(out, explained)
    }

    fn chosen<'r>(&self, rules: &'r RuleSet) -> Result<Vec<&'r Rule>> {
        let Some(name) = &self.rule else { return Ok(rules.rules.iter().collect()) };
        let rule = rules.rules.iter().find(|rule| rule.name.as_str() == name);
        let names = || rules.rules.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ");
        Ok(vec![rule.with_context(|| format!("no rule `{name}`; there are: {}", names()))?])
    }

    /// The document that `$` is: the bytes as they are, or the event they decode to.
    fn document(&self, rules: &RuleSet, limits: &Limits) -> Result<Vec<u8>> {
        let bytes_max = u64::try_from(limits.event_bytes)?;
        let bytes = input::whole(Some(&self.file), bytes_max)?;
        if self.raw {
            return Ok(bytes);
        }
        let mut events = rules.decode(&Received::new(&bytes), limits);
        ensure!(
            events.len() == 1,
            "`{}` holds {} events; explain takes one",
            self.file,
            events.len()
        );
        let event =
            events.remove(0).map_err(|refusal| anyhow::anyhow!("{}: {refusal}", refusal.code()))?;
        Ok(event.document().as_bytes().to_vec())
    }
}

/// A rule with the answer to why.
struct Explained<'r> {
    rule: &'r Rule,
    why: Explanation,
    near: Option<NearMiss>,
}

impl<'r> Explained<'r> {
    fn new(rule: &'r Rule, root: &json::Value<'_>) -> Self {
        Self { rule, why: rule.filter.explain(root), near: rule.filter.near_miss(root) }
    }

    fn edits(&self) -> &[Edit] {
        self.near.as_ref().map_or(&[], |near| &near.edits)
    }

    fn holding(&self) -> usize {
        self.why.clauses.iter().filter(|clause| clause.holds).count()
    }
}

fn as_json(Explained { rule, why, near }: &Explained<'_>) -> serde_json::Value {
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

/// The rules that match, then those that one clause kept from it, and how many more there are.
fn write_nearest(out: &mut impl Write, explained: &[Explained<'_>]) -> Result<()> {
    let matched: Vec<_> = explained.iter().filter(|one| one.why.matched).collect();
    let mut near: Vec<_> = explained.iter().filter(|one| one.near.is_some()).collect();
    near.sort_by_key(|one| std::cmp::Reverse(one.holding()));
    near.truncate(SHOWN_MAX);
    matched.iter().try_for_each(|one| write_rule(out, one))?;
    near.iter().try_for_each(|one| write_rule(out, one))?;
    match explained.len() - matched.len() - near.len() {
        0 => Ok(()),
        1 => Ok(writeln!(out, "1 other rule does not match; `--all` shows it")?),
        others => Ok(writeln!(out, "{others} other rules do not match; `--all` shows them")?),
    }
}

fn write_rule(out: &mut impl Write, explained: &Explained<'_>) -> Result<()> {
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
