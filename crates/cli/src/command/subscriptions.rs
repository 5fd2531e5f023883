//! `eventyard subscriptions`: how far readers of the log are.

use std::io::Write;

use anyhow::Result;
use eventyard_history::subscription::{
    SubscriptionName, SubscriptionRecord, SubscriptionState, Turn,
};
use jiff::Timestamp;

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, GOOD, NAME, styled, time};
use crate::place::{self, Bus};
use crate::since::since;
use crate::subscriptions;

/// Lists the subscriptions: readers that programs run with the library, and that remember how far they are. Without an
/// option it lists them all.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("turn").args(["pause", "resume", "rewind", "remove"])))]
pub struct Subscriptions {
    /// Stop one behind the batch that it is at.
    #[arg(long, value_name = "NAME")]
    pause: Option<SubscriptionName>,
    /// Let one go on.
    #[arg(long, value_name = "NAME")]
    resume: Option<SubscriptionName>,
    /// Set one to the events accepted since `--to`: it gets them again.
    #[arg(long, value_name = "NAME", requires = "to")]
    rewind: Option<SubscriptionName>,
    /// A time (2026-11-24T09:30:00Z) or an age (15m, 24h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = since, requires = "rewind")]
    to: Option<Timestamp>,
    /// Forget one; if its program runs again, it begins anew.
    #[arg(long, value_name = "NAME")]
    remove: Option<SubscriptionName>,
    #[command(flatten)]
    bus: BusArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Subscriptions {
    pub fn run(self) -> Result<Exit> {
        let (bus, json) = (Bus::of(&self.bus), self.output.output.is_json());
        let (asked, removed) = (self.turn(), self.remove.is_some());
        let records = place::block_on(async {
            match asked {
                Some((name, turn)) => Ok(vec![subscriptions::turn(bus, &name, turn).await?]),
                None => subscriptions::list(bus).await,
            }
        })?;
        let mut out = output::stdout();
        for record in &records {
            match json {
                true => output::json_line(&mut out, record)?,
                false => write_record(&mut out, record, removed)?,
            }
        }
        if records.is_empty() && !json {
            writeln!(out, "no program has a subscription here")?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    fn turn(&self) -> Option<(SubscriptionName, Turn)> {
        let turns = [
            (&self.pause, Some(Turn::Pause)),
            (&self.resume, Some(Turn::Resume)),
            (&self.rewind, self.to.map(|to| Turn::Rewind { to })),
            (&self.remove, Some(Turn::Remove)),
        ];
        turns.into_iter().find_map(|(name, turn)| Some((name.clone()?, turn?)))
    }
}

fn write_record(out: &mut impl Write, record: &SubscriptionRecord, removed: bool) -> Result<()> {
    let (style, state) = match record.state {
        _ if removed => (FAINT, "removed"),
        SubscriptionState::Running => (GOOD, "running"),
        SubscriptionState::Paused => (FAINT, "paused"),
    };
    let (name, state) = (styled(NAME, &record.name), styled(style, state));
    let events = counted(record.events, "event");
    writeln!(out, "{name}  {state}: {events} done, next at {}", record.cursor)?;
    let times = format!("started {}, written {}", time(record.started_at), time(record.written_at));
    Ok(writeln!(out, "  {}", styled(FAINT, times))?)
}
