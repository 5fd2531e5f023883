//! `eventyard audit`: the promise, computed from the log.

use std::io::Write as _;

use anyhow::Result;
use eventyard_bus::audit::Report;
use jiff::Timestamp;

use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, BAD, GOOD, styled};
use crate::place::Bus;
use crate::since::since;
use crate::source::{self, Question};

/// Checks that every planned delivery of every accepted event is delivered, parked or in flight; exit 1 when not.
#[derive(Debug, clap::Args)]
pub struct Audit {
    #[command(flatten)]
    bus: BusArguments,
    /// Of a stack only the events accepted since: a time or an age (24h, 7d); all of them without it.
    #[arg(long, value_name = "WHEN", value_parser = since, requires = "stack")]
    since: Option<Timestamp>,
    #[command(flatten)]
    output: OutputArguments,
}

impl Audit {
    pub fn run(self) -> Result<Exit> {
        let mut text = String::new();
        source::read(&Bus::of(&self.bus), Question::Audit { since: self.since }, &mut |line| {
            line.clone_into(&mut text);
            Ok(())
        })?;
        let report: Report = serde_json::from_str(&text)?;
        let mut out = output::stdout();
        if self.output.output.is_json() {
            writeln!(out, "{text}")?;
        } else {
            write_text(&mut out, &report)?;
        }
        out.flush()?;
        Ok(if report.holds() { Exit::Done } else { Exit::Found })
    }
}

fn write_text(out: &mut impl std::io::Write, report: &Report) -> Result<()> {
    for (count, what) in [
        (report.accepted, "events accepted"),
        (report.planned, "deliveries planned, of which"),
        (report.delivered, "  delivered"),
        (report.parked, "  parked"),
        (report.dropped, "  dropped by a person"),
        (report.in_flight, "  in flight"),
    ] {
        writeln!(out, "{count:>12}  {what}")?;
    }
    if report.holds() {
        writeln!(
            out,
            "{}: nothing planned is missing, nothing unplanned was delivered",
            styled(GOOD, "ok")
        )?;
    } else {
        writeln!(
            out,
            "{}: {} deliveries break the promise",
            styled(BAD, "broken"),
            report.violations.len()
        )?;
        for violation in &report.violations {
            writeln!(out, "  {}", serde_json::to_string(violation)?)?;
        }
    }
    Ok(())
}
