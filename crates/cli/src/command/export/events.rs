//! `eventyard export events`: stored events as NDJSON, for archives and other buses.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use eventyard_history::query::ListQuery;
use jiff::Timestamp;

use crate::account::counted;
use crate::arguments::BusArguments;
use crate::exit::Exit;
use crate::input::Bar;
use crate::output::{self, GOOD, styled};
use crate::place::Bus;
use crate::since::since;
use crate::source::{self, Question};

/// Prints stored events as NDJSON, one CloudEvents object on each line, in the order they were accepted.
/// `eventyard import` takes them in again, as often as you like: what is there already stays as it is.
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
    /// Only events for which this condition holds, as in a rule: '$.data.total > 100'.
    #[arg(long, value_name = "CONDITION")]
    when: Option<String>,
    /// Only events accepted since: a time (2026-11-24T09:30:00Z) or an age (90s, 15m, 24h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// Only events accepted before: a time or an age.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    until: Option<Timestamp>,
    /// Write into this file, which must not be there yet; without it, to standard output.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Events {
    pub fn run(self) -> Result<Exit> {
        let mut out: Box<dyn Write> = match &self.file {
            None => Box::new(output::stdout()),
            Some(path) => {
                let file = File::create_new(path);
                let file =
                    file.with_context(|| format!("cannot write a new file `{}`", path.display()))?;
                Box::new(BufWriter::new(file))
            }
        };
        let progress = Bar::of_output(self.file.is_some());
        let mut count: u64 = 0;
        source::read(&Bus::of(&self.bus), Question::List(self.query()), &mut |line| {
            writeln!(out, "{line}")?;
            count += 1;
            progress.inc(u64::try_from(line.len() + 1)?);
            Ok(())
        })?;
        out.flush().context("not everything was written")?;
        progress.finish_and_clear();
        if let Some(path) = &self.file {
            let (ok, events) = (styled(GOOD, "ok"), counted(count, "event"));
            anstream::eprintln!("{ok}: {events} in `{}`", path.display());
        }
        Ok(Exit::Done)
    }

    fn query(&self) -> ListQuery {
        ListQuery {
            event_type: self.event_type.clone(),
            source: self.source.clone(),
            subject: self.subject.clone(),
            when: self.when.clone(),
            since: self.since,
            until: self.until,
            ..ListQuery::default()
        }
    }
}
