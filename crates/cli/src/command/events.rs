//! `eventyard events`: what is stored.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use eventyard_embedded::reader::EventFilter;
use eventyard_event::{Event, Limits};
use jiff::{SignedDuration, Timestamp};

use crate::arguments::{OutputArguments, PlaceArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, NAME, printable, styled};
use crate::place::Place;
use crate::source::{self, Question};

/// Lists accepted events in the order they were accepted; as JSON each is its CloudEvents object.
#[derive(Debug, clap::Args)]
pub struct Events {
    #[command(flatten)]
    place: PlaceArguments,
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
        source::read(&Place::of(&self.place), Question::Events(filter), &mut |line| {
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

/// A time as RFC 3339 has it, or an age.
fn since(text: &str) -> std::result::Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wanted = || {
        format!("`{text}` is neither a time such as 2026-11-24T09:30:00Z nor an age such as 24h")
    };
    let age = match text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
        Some(days) => days.checked_mul(24).and_then(SignedDuration::try_from_hours),
        None => text.parse::<SignedDuration>().ok(),
    };
    let age = age.filter(|age| !age.is_negative()).ok_or_else(wanted)?;
    Timestamp::now().checked_sub(age).map_err(|_| wanted())
}

#[cfg(test)]
mod tests {
    use super::since;
    use jiff::Timestamp;

    #[test]
    fn a_time_and_an_age_are_understood_and_nothing_else() {
        assert_eq!(since("2026-11-24T09:30:00Z").unwrap().to_string(), "2026-11-24T09:30:00Z");
        for age in ["90s", "15m", "24h", "7d"] {
            assert!(since(age).unwrap() < Timestamp::now(), "{age}");
        }
        for neither in ["", "yesterday", "-5m", "9999999999999d"] {
            assert!(since(neither).is_err(), "{neither}");
        }
    }
}
