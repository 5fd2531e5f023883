//! `eventyard replay`: events of the log delivered again.

use std::io::Write;

use anyhow::{Context as _, Result, bail};
use eventyard_bus::{Hints, ReplayName};
use eventyard_history::replay::{DryRun, ReplayAsk, ReplayPlan, ReplayRecord, ReplayState};
use eventyard_rules::{RuleName, TargetName, Version};
use jiff::Timestamp;
use std::time::Duration;

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, GOOD, NAME, printable, styled, time};
use crate::place::{self, Bus};
use crate::replays::Replays;
use crate::since::since;

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Delivers stored events again, in order, to the chosen targets: their effects repeat. Every copy is marked with the
/// replay's name as `$.replay`, and has a delivery id of its own.
///
/// The bus does it, and goes on when this command is interrupted; `--pause NAME` stops it.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["name", "list", "pause", "resume", "show"])))]
pub struct Replay {
    /// A name that was not used before: 1 to 64 letters, digits, `.`, `_` or `-`.
    name: Option<ReplayName>,
    /// List all replays instead.
    #[arg(long)]
    list: bool,
    /// Show how far a replay is instead.
    #[arg(long, value_name = "NAME")]
    show: Option<ReplayName>,
    /// Stop a replay instead; it can be resumed.
    #[arg(long, value_name = "NAME")]
    pause: Option<ReplayName>,
    /// Go on with a replay that was paused instead.
    #[arg(long, value_name = "NAME")]
    resume: Option<ReplayName>,
    #[command(flatten)]
    which: Which,
    /// Say what would be delivered, and deliver nothing.
    #[arg(long, requires = "name")]
    dry_run: bool,
    /// Do not wait for its end.
    #[arg(long, requires = "name")]
    detach: bool,
    #[command(flatten)]
    bus: BusArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Which events, by which rules, to which targets, how fast.
#[derive(Debug, clap::Args)]
struct Which {
    /// Only events accepted since: a time (2026-11-24T09:30:00Z) or an age (24h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = since, requires = "name")]
    since: Option<Timestamp>,
    /// Only events accepted before: a time or an age.
    #[arg(long, value_name = "WHEN", value_parser = since, requires = "name")]
    until: Option<Timestamp>,
    /// Only events of this type.
    #[arg(long = "type", value_name = "TYPE", requires = "name")]
    event_type: Option<String>,
    /// Only events of this source.
    #[arg(long, requires = "name")]
    source: Option<String>,
    /// Only events with this subject.
    #[arg(long, requires = "name")]
    subject: Option<String>,
    /// Only events with this `correlationid`.
    #[arg(long, value_name = "ID", requires = "name")]
    correlation: Option<String>,
    /// Only events for which this condition holds, as in a rule's `when`.
    #[arg(long, value_name = "CONDITION", requires = "name")]
    when: Option<String>,
    /// Plan by the rules of this version, which were in force once, instead of the current ones.
    #[arg(long, value_name = "VERSION", requires = "name", conflicts_with = "as_planned")]
    rules: Option<Version>,
    /// Deliver as each event was planned when it was accepted.
    #[arg(long, requires = "name")]
    as_planned: bool,
    /// Only deliveries of this rule; may be given several times.
    #[arg(long, value_name = "NAME", requires = "name")]
    only_rule: Vec<RuleName>,
    /// Only deliveries to this target; may be given several times.
    #[arg(long, value_name = "NAME", requires = "name")]
    only_target: Vec<TargetName>,
    /// At most so many events in a second.
    #[arg(long, value_name = "N", requires = "name")]
    rate: Option<f64>,
}

impl Which {
    fn ask(self, name: ReplayName) -> ReplayAsk {
        let plan = match (self.rules, self.as_planned) {
            (Some(version), _) => ReplayPlan::Version(version),
            (None, true) => ReplayPlan::AsPlanned,
            (None, false) => ReplayPlan::Current,
        };
        ReplayAsk {
            since: self.since,
            until: self.until,
            hints: Hints {
                event_type: self.event_type,
                source: self.source,
                subject: self.subject,
                correlation: self.correlation,
            },
            when: self.when,
            plan,
            only_rules: self.only_rule,
            only_targets: self.only_target,
            rate: self.rate,
            ..ReplayAsk::all(name)
        }
    }
}

impl Replay {
    pub fn run(self) -> Result<Exit> {
        let json = self.output.output.is_json();
        place::block_on(async move {
            let replays = Replays::of(Bus::of(&self.bus)).await?;
            let mut out = output::stdout();
            if self.list {
                for record in replays.list().await? {
                    write_record(&mut out, &record, json)?;
                }
                return Ok(out.flush().map(|()| Exit::Done)?);
            }
            let record = match (self.show, self.pause, self.resume, self.name) {
                (Some(name), ..) => replays.read(&name).await?,
                (_, Some(name), ..) => replays.pause(&name).await?,
                (_, _, Some(name), _) => replays.resume(&name).await?,
                (.., Some(name)) => {
                    let ask = self.which.ask(name);
                    if self.dry_run {
                        write_dry_run(&mut out, &replays.dry_run(&ask).await?, json)?;
                        return Ok(out.flush().map(|()| Exit::Done)?);
                    }
                    let record = replays.start(&ask).await?;
                    if !json {
                        write_start(&mut out, &record)?;
                        out.flush()?;
                    }
                    if self.detach { record } else { follow(&replays, record).await? }
                }
                _ => bail!("name a replay"),
            };
            write_record(&mut out, &record, json)?;
            out.flush()?;
            Ok(Exit::Done)
        })
    }
}

/// Waits until a replay is over or paused.
async fn follow(replays: &Replays, mut record: ReplayRecord) -> Result<ReplayRecord> {
    while record.state == ReplayState::Running {
        tokio::time::sleep(LOOK).await;
        record = replays.read(&record.ask.name).await.context("the replay goes on")?;
    }
    Ok(record)
}

fn write_start(out: &mut impl Write, record: &ReplayRecord) -> Result<()> {
    let rules = match &record.replayed.rules {
        Some(version) => format!("by rules {version}"),
        None => "as they were planned".to_owned(),
    };
    let name = styled(NAME, &record.ask.name);
    writeln!(out, "replay {name}: events from {} to {}, {rules}", record.cursor, record.end)?;
    let warning = "targets get these events once more, under other delivery ids, marked `replay`: effects repeat";
    Ok(writeln!(out, "  {}", styled(FAINT, warning))?)
}

fn write_record(out: &mut impl Write, record: &ReplayRecord, json: bool) -> Result<()> {
    if json {
        return output::json_line(out, record);
    }
    let (style, state) = match record.state {
        ReplayState::Running => (NAME, "running"),
        ReplayState::Paused => (FAINT, "paused"),
        ReplayState::Done => (GOOD, "done"),
    };
    let counts = &record.counts;
    writeln!(
        out,
        "{}  {}: {} replayed, {} planned: {} delivered, {} waiting, {} parked",
        styled(NAME, &record.ask.name),
        styled(style, state),
        counted(counts.events, "event"),
        counts.planned,
        counts.delivered,
        counts.waiting,
        counts.parked
    )?;
    let times = format!("started {}, written {}", time(record.started_at), time(record.written_at));
    Ok(writeln!(out, "  {}", styled(FAINT, times))?)
}

fn write_dry_run(out: &mut impl Write, found: &DryRun, json: bool) -> Result<()> {
    if json {
        return output::json_line(out, found);
    }
    let (events, planned) = (counted(found.events, "event"), found.planned);
    writeln!(out, "{events} would be replayed, in {planned} deliveries; nothing was delivered")?;
    for route in &found.routes {
        let (rule, target) = (printable(route.rule.as_str()), printable(route.target.as_str()));
        writeln!(out, "{:>10}  {rule} -> {target}", route.deliveries)?;
    }
    Ok(())
}
