//! `eventyard explain`: why a rule matches an event, or does not.

use std::io::Write;

use anyhow::{Context as _, Result, ensure};
use eventyard_event::decode::Received;
use eventyard_event::{Limits, json};
use eventyard_rules::{Rule, RuleSet};
use serde_json::json;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::explained::{Explained, SHOWN_MAX, as_json, write_rule};
use crate::input;
use crate::output;
use crate::ruleset::{self, View};

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

/// The rules that match, then those that one clause kept from it, and how many more there are.
fn write_nearest(out: &mut impl Write, explained: &[Explained<'_>]) -> Result<()> {
    let matched: Vec<_> = explained.iter().filter(|one| one.why.matched).collect();
    let near = Explained::nearest(explained);
    matched.iter().try_for_each(|one| write_rule(out, one))?;
    near.iter().try_for_each(|one| write_rule(out, one))?;
    match explained.len() - matched.len() - near.len() {
        0 => Ok(()),
        1 => Ok(writeln!(out, "1 other rule does not match; `--all` shows it")?),
        others => Ok(writeln!(out, "{others} other rules do not match; `--all` shows them")?),
    }
}
