//! `eventyard trace`: one event's story.

use std::io::Write;

use anyhow::Result;
use eventyard_bus::view::{Trace as Story, TracedDelivery, TracedEvent, TracedState};
use jiff::Timestamp;

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
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
    #[command(flatten)]
    output: OutputArguments,
}

impl Trace {
    pub fn run(self) -> Result<Exit> {
        let question =
            Question::Trace { id: self.id.clone(), source: self.source, since: self.since };
        let mut text = String::new();
        source::read(&Bus::of(&self.bus), question, &mut |line| {
            line.clone_into(&mut text);
            Ok(())
        })?;
        let story: Story = serde_json::from_str(&text)?;
        let mut out = output::stdout();
        if self.output.output.is_json() {
            writeln!(out, "{text}")?;
        } else if story.events.is_empty() {
            writeln!(out, "no event `{}` was accepted here", printable(&self.id))?;
        } else {
            for event in &story.events {
                write_event(&mut out, event)?;
            }
        }
        out.flush()?;
        Ok(if story.events.is_empty() { Exit::Found } else { Exit::Done })
    }
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
    let pad = 10_usize.saturating_sub(word.len());
    writeln!(
        out,
        "  {}{:pad$} {} -> {}{when}  {}",
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
