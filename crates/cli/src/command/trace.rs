//! `eventyard trace`: one event's story.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::{Context as _, Result};
use eventyard_bus::StoredRules;
use eventyard_bus::view::{Trace as Story, TracedDelivery, TracedEvent, TracedState};
use eventyard_rules::{LoadOptions, RuleSet, Version};
use jiff::Timestamp;
use serde_json::Value;

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::explained::{Explained, as_json, write_rule};
use crate::output::{self, BAD, FAINT, GOOD, NAME, printable, styled, time};
use crate::place::Bus;
use crate::since::since;
use crate::source::{self, Question};

/// Tells the story of every event of an id: stored, matched, each delivery and attempt. Exit 1 when there is none.
#[derive(Debug, clap::Args)]
pub struct Trace {
    /// The event's id.
    id: String,
    /// Only the event of this source: ids are unique within one.
    #[arg(long)]
    source: Option<String>,
    #[command(flatten)]
    bus: BusArguments,
    /// How far back a stack's log is searched where --source does not say which event: a time or an age
    /// [default: 24h].
    #[arg(long, value_name = "WHEN", value_parser = since, requires = "stack")]
    since: Option<Timestamp>,
    /// Say also which rules nearly matched: which single clause kept each from it, by the rules that planned the event.
    #[arg(long)]
    near_misses: bool,
    #[command(flatten)]
    output: OutputArguments,
}

impl Trace {
    pub fn run(self) -> Result<Exit> {
        let question =
            Question::Trace { id: self.id.clone(), source: self.source, since: self.since };
        let bus = Bus::of(&self.bus);
        let text = source::line(&bus, question)?.context("the bus did not answer")?;
        let story: Story = serde_json::from_str(&text)?;
        let rules = if self.near_misses { rules_of(&bus, &story)? } else { BTreeMap::new() };
        let mut out = output::stdout();
        match (self.output.output.is_json(), self.near_misses) {
            (true, false) => writeln!(out, "{text}")?,
            (true, true) => output::json_line(&mut out, &with_near_misses(&story, &rules)?)?,
            (false, _) if story.events.is_empty() => {
                writeln!(out, "no event `{}` was accepted here", printable(&self.id))?;
            }
            (false, near) => {
                for event in &story.events {
                    write_event(&mut out, event)?;
                    if near {
                        write_near_misses(&mut out, event, rules.get(&event.rules))?;
                    }
                }
            }
        }
        out.flush()?;
        Ok(if story.events.is_empty() { Exit::Found } else { Exit::Done })
    }
}

/// The rules that planned these events; a version that is not there any more, or that this program reads no
/// more, is missing.
fn rules_of(bus: &Bus, story: &Story) -> Result<BTreeMap<Version, RuleSet>> {
    let versions: BTreeSet<Version> = story.events.iter().map(|e| e.rules.clone()).collect();
    let mut found = BTreeMap::new();
    for version in versions {
        let question = Question::Rules { version: version.clone() };
        let Some(text) = source::line(bus, question)? else { continue };
        let stored: StoredRules = serde_json::from_str(&text)?;
        let options = LoadOptions { allow_insecure_targets: true, ..LoadOptions::default() };
        if let Ok(rules) = stored.load(&options) {
            found.insert(version, rules);
        }
    }
    Ok(found)
}

fn explained<'r>(event: &TracedEvent, rules: &'r RuleSet) -> Vec<Explained<'r>> {
    let root = event.event.root();
    rules.rules.iter().map(|rule| Explained::new(rule, &root)).collect()
}

/// The story as JSON, and each event's near misses with it; `null` where its rules are not there.
fn with_near_misses(story: &Story, rules: &BTreeMap<Version, RuleSet>) -> Result<Value> {
    let mut json = serde_json::to_value(story)?;
    let events = json.get_mut("events").and_then(Value::as_array_mut).into_iter().flatten();
    for (json, event) in events.zip(&story.events) {
        let near = rules.get(&event.rules).map(|rules| {
            let explained = explained(event, rules);
            Explained::nearest(&explained).into_iter().map(as_json).collect::<Vec<_>>()
        });
        if let Some(members) = json.as_object_mut() {
            members.insert("near_misses".to_owned(), serde_json::to_value(near)?);
        }
    }
    Ok(json)
}

fn write_near_misses(
    out: &mut impl Write,
    event: &TracedEvent,
    rules: Option<&RuleSet>,
) -> Result<()> {
    let Some(rules) = rules else {
        let text = "its rules cannot be read here, so nothing can be said of near misses";
        return Ok(writeln!(out, "{text}\n")?);
    };
    let explained = explained(event, rules);
    let near = Explained::nearest(&explained);
    let others = explained.len() - event.matched.len().min(explained.len());
    writeln!(out, "of {} that did not match, {} nearly did", counted_rules(others), near.len())?;
    near.into_iter().try_for_each(|one| write_rule(out, one))
}

fn counted_rules(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "rule")
}

fn write_event(out: &mut impl Write, story: &TracedEvent) -> Result<()> {
    let event = &story.event;
    writeln!(
        out,
        "{}  {} from {}",
        styled(NAME, printable(event.id())),
        printable(event.event_type()),
        printable(event.source())
    )?;
    writeln!(
        out,
        "  accepted   {} by {}, in page {}",
        time(story.accepted_at),
        story.via,
        story.page
    )?;
    let rules = story.matched.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let rules = if rules.is_empty() { "no rule".to_owned() } else { rules };
    writeln!(out, "  matched    {rules}  {}", styled(FAINT, format!("rules {}", story.rules)))?;
    for delivery in &story.deliveries {
        write_delivery(out, delivery)?;
    }
    Ok(writeln!(out)?)
}

fn write_delivery(out: &mut impl Write, delivery: &TracedDelivery) -> Result<()> {
    let (style, word, when) = standing(&delivery.state);
    let replay = delivery.replay.as_ref().map(|name| format!("  in replay {name}"));
    let replay = replay.unwrap_or_default();
    let pad = 10_usize.saturating_sub(word.len());
    writeln!(
        out,
        "  {}{:pad$} {} -> {}{replay}{when}  {}",
        styled(style, word),
        "",
        delivery.rule,
        delivery.target,
        styled(
            FAINT,
            format!(
                "{}, delivery {}",
                counted(u64::from(delivery.attempts), "attempt"),
                delivery.id
            )
        ),
    )?;
    for attempt in &delivery.history {
        let outcome = serde_json::to_value(attempt.outcome)?;
        write!(
            out,
            "               {} attempt {}: {}",
            time(attempt.at),
            attempt.n,
            outcome.as_str().unwrap_or_default()
        )?;
        if let Some(cause) = &attempt.cause {
            write!(out, ", {} {}", cause.code, printable(&cause.message))?;
        }
        writeln!(out, ", {} ms", attempt.duration_ms)?;
    }
    match (&delivery.cause, &delivery.state) {
        (Some(cause), TracedState::Parked { .. }) => {
            writeln!(out, "             because {} {}", cause.code, printable(&cause.message))?;
            writeln!(out, "             to try again: eventyard redrive {}", delivery.id)?;
        }
        (Some(cause), _) if delivery.history.is_empty() => {
            writeln!(out, "             because {} {}", cause.code, printable(&cause.message))?;
        }
        _ => {}
    }
    Ok(())
}

/// How a delivery's state is told: colour, word, and what belongs to it.
fn standing(state: &TracedState) -> (anstyle::Style, &'static str, String) {
    match state {
        TracedState::Open => (NAME, "open", "  about to be delivered".to_owned()),
        TracedState::Waiting { due } => (NAME, "waiting", format!("  until {}", time(*due))),
        TracedState::InFlight { until } => (NAME, "in flight", format!("  until {}", time(*until))),
        TracedState::Delivered { at } => (GOOD, "delivered", format!("  at {}", time(*at))),
        TracedState::Parked { at } => (BAD, "parked", format!("  at {}", time(*at))),
        TracedState::Dropped { at, reason } => {
            (FAINT, "dropped", format!("  at {}: {}", time(*at), printable(reason)))
        }
        TracedState::Lost => {
            (BAD, "LOST", "  the promise was broken: please report this".to_owned())
        }
    }
}
