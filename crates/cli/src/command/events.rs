//! `eventyard events`: what is stored.

use std::io::Write;

use anyhow::{Context as _, Result};
use eventyard_bus::Cursor;
use eventyard_bus::view::Trace;
use eventyard_event::{Event, Limits};
use eventyard_history::chain::Chain;
use eventyard_history::query::ListQuery;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, NAME, printable, styled};
use crate::place::Bus;
use crate::since::since;
use crate::source::{self, Question};

/// Lists accepted events in the order they were accepted; as JSON each is its CloudEvents object.
///
/// With `--limit` the cursor to go on with is told on standard error where there may be more.
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
    /// Only events with this `correlationid`.
    #[arg(long, value_name = "ID")]
    correlation: Option<String>,
    /// Only events for which this condition holds, as in a rule: '$.data.total > 100'.
    #[arg(long, value_name = "CONDITION")]
    when: Option<String>,
    /// Only events accepted since: a time (2026-11-24T09:30:00Z) or an age (90s, 15m, 24h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// Only events accepted before: a time or an age.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    until: Option<Timestamp>,
    /// At most so many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Go on behind where an earlier list ended.
    #[arg(long)]
    cursor: Option<Cursor>,
    /// As JSON, one line for each event with the cursor behind it: {"cursor":…,"event":…}.
    #[arg(long)]
    cursors: bool,
    /// The chain of the event of this id: what caused it, what it caused, and what has its `correlationid`.
    #[arg(long, value_name = "ID", conflicts_with_all = ["event_type", "source", "subject", "correlation", "when",
        "until", "limit", "cursor", "cursors"])]
    chain: Option<String>,
    #[command(flatten)]
    output: OutputArguments,
}

/// A line of a list.
#[derive(Deserialize)]
struct Listed<'l> {
    cursor: &'l str,
    #[serde(borrow)]
    event: &'l RawValue,
}

/// How many causes are looked for, one behind the other.
const CAUSES_MAX: usize = 1000;

impl Events {
    pub fn run(self) -> Result<Exit> {
        let bus = Bus::of(&self.bus);
        match &self.chain {
            Some(id) => self.chain(&bus, id),
            None => self.list(&bus),
        }
    }

    fn list(&self, bus: &Bus) -> Result<Exit> {
        let mut out = output::stdout();
        let (mut count, mut last) = (0, None);
        source::read(bus, Question::List(self.query()), &mut |line| {
            let Listed { cursor, event } =
                serde_json::from_str(line).context("the bus did not answer with events")?;
            (count, last) = (count + 1, Some(cursor.to_owned()));
            match (self.cursors, self.output.output.is_json()) {
                (true, _) => writeln!(out, "{line}")?,
                (false, true) => writeln!(out, "{}", event.get())?,
                (false, false) => writeln!(out, "{}", text(&read(event.get())?))?,
            }
            Ok(())
        })?;
        out.flush()?;
        if let Some(last) = last.filter(|_| self.limit == Some(count)) {
            anstream::eprintln!("{}", styled(FAINT, format!("there may be more: --cursor {last}")));
        }
        Ok(Exit::Done)
    }

    fn query(&self) -> ListQuery {
        ListQuery {
            event_type: self.event_type.clone(),
            source: self.source.clone(),
            subject: self.subject.clone(),
            correlation: self.correlation.clone(),
            since: self.since,
            until: self.until,
            when: self.when.clone(),
            cursor: self.cursor.clone(),
            limit: self.limit,
            cursors: true,
        }
    }

    /// Goes back from cause to cause, and then through the log from the first of them on.
    fn chain(&self, bus: &Bus, id: &str) -> Result<Exit> {
        let mut out = output::stdout();
        let Some((mut first, mut since)) = self.traced(bus, id)? else {
            writeln!(out, "no event `{}` was accepted here", printable(id))?;
            out.flush()?;
            return Ok(Exit::Found);
        };
        let mut correlation = first.correlation().map(str::to_owned);
        for _ in 0..CAUSES_MAX {
            let Some(cause) = first.causation().filter(|cause| *cause != first.id()) else { break };
            let Some((event, at)) = self.traced(bus, cause)?.filter(|(_, at)| *at <= since) else {
                break;
            };
            correlation = correlation.or_else(|| event.correlation().map(str::to_owned));
            (first, since) = (event, at);
        }
        let mut chain = Chain::new(first.id(), correlation.as_deref());
        let since = self.since.map_or(since, |earlier| earlier.min(since));
        let all = ListQuery { since: Some(since), ..ListQuery::default() };
        source::read(bus, Question::List(all), &mut |line| {
            chain.look(read(line)?);
            Ok(())
        })?;
        for link in chain.links() {
            if self.output.output.is_json() {
                output::json_line(&mut out, &link)?;
            } else {
                writeln!(out, "{}{}", "  ".repeat(link.depth), text(link.event))?;
            }
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    /// The first event of an id, and when it was accepted.
    fn traced(&self, bus: &Bus, id: &str) -> Result<Option<(Event, Timestamp)>> {
        let question = Question::Trace { id: id.to_owned(), source: None, since: self.since };
        let answer = source::line(bus, question)?.context("the bus did not answer")?;
        let story: Trace = serde_json::from_str(&answer)?;
        let first = story.events.into_iter().min_by_key(|event| event.accepted_at);
        Ok(first.map(|traced| (traced.event, traced.accepted_at)))
    }
}

fn read(line: &str) -> Result<Event> {
    Event::from_document(line.as_bytes(), &Limits::default()).context("not an event")
}

fn text(event: &Event) -> String {
    format!(
        "{}  {} from {}  {}",
        styled(NAME, printable(event.id())),
        printable(event.event_type()),
        printable(event.source()),
        styled(FAINT, event.time().unwrap_or_default()),
    )
}
