//! `eventyard events`: what is stored.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use eventyard_bus::view::EventFilter;
use eventyard_event::{Event, Limits};
use jiff::Timestamp;

use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, NAME, printable, styled};
use crate::place::Bus;
use crate::since::since;
use crate::source::{self, Question};

/// Lists accepted events in the order they were accepted; as JSON each is its CloudEvents object.
#[derive(Debug, clap::Args)]
pub struct Events {
    #[command(flatten)]
    bus: BusArguments,
    /// Only events of this type.
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Only events of this source.
    #[arg(long)]
    source: Option<String>,
    /// Only events with this subject.
    #[arg(long)]
    subject: Option<String>,
    /// Only events accepted since: a time (2026-11-24T09:30:00Z) or an age (90s, 15m, 24h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// At most so many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    output: OutputArguments,
}

impl Events {
    pub fn run(self) -> Result<Exit> {
        let filter = EventFilter {
            event_type: self.event_type,
            source: self.source,
            subject: self.subject,
            since: self.since,
            after: None,
            limit: self.limit,
        };
        let mut out = output::stdout();
        let json = self.output.output.is_json();
        source::read(&Bus::of(&self.bus), Question::Events(filter), &mut |line| {
            if json {
                writeln!(out, "{line}")?;
                return Ok(());
            }
            let event = Event::from_document(line.as_bytes(), &Limits::default())
                .context("not an event")?;
            writeln!(
                out,
                "{}  {} from {}  {}",
                styled(NAME, printable(event.id())),
                printable(event.event_type()),
                printable(event.source()),
                styled(FAINT, event.time().unwrap_or_default()),
            )?;
            Ok(())
        })?;
        out.flush()?;
        Ok(Exit::Done)
    }
}
