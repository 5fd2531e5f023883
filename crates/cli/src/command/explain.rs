//! `eventyard explain`: why a rule matches an event, or does not.

use std::io::Write;

use anyhow::{Context as _, Result, ensure};
use eventyard_event::decode::Received;
use eventyard_event::{Limits, json};
use eventyard_filter::{Clause, Explanation};
use eventyard_rules::{Rule, RuleSet};
use serde_json::json;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, BAD, FAINT, GOOD, NAME, styled};
use crate::ruleset::{self, View};

/// Says for every clause what it saw, what it wanted, and which single clause kept a rule from matching.
#[derive(Debug, clap::Args)]
pub struct Explain {
    #[command(flatten)]
    rules: RulesArguments,
    /// Only this rule.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
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
        let explained: Vec<(&Rule, Explanation)> =
            chosen.into_iter().map(|rule| (rule, rule.filter.explain(&document.root))).collect();
        let mut out = output::stdout();
        if self.output.output.is_json() {
            let id = document.root.get("id").and_then(json::Value::as_str);
            let rules: Vec<_> = explained.iter().map(|(rule, why)| as_json(rule, why)).collect();
            output::json_line(&mut out, &json!({ "id": id, "rules": rules }))?;
        } else {
            for (rule, why) in &explained {
                write_text(&mut out, rule, why)?;
            }
        }
        out.flush()?;
        Ok(Exit::Done)
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

fn as_json(rule: &Rule, why: &Explanation) -> serde_json::Value {
    let clauses: Vec<_> = why.clauses.iter().map(clause_as_json).collect();
    json!({
        "rule": rule.name.as_str(),
        "place": rule.place.to_string(),
        "matched": why.matched,
        "clauses": clauses,
    })
}

fn clause_as_json(clause: &Clause) -> serde_json::Value {
    json!({
        "text": clause.text, "path": clause.path, "actual": clause.actual, "expected": clause.expected,
        "holds": clause.holds, "decisive": clause.decisive,
    })
}

fn write_text(out: &mut impl Write, rule: &Rule, why: &Explanation) -> Result<()> {
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
    Ok(writeln!(out)?)
}

/// A clause of several lines, folded.
fn one_line(text: &str) -> String {
    output::printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
