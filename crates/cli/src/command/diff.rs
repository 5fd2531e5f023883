//! `eventyard diff`: what changed rules would have done with what happened.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use eventyard_bus::view::EventFilter;
use eventyard_event::{Event, Limits};
use eventyard_history::diff::{Changed, Diff as Compared, Way};
use eventyard_rules::RuleSet;
use jiff::Timestamp;
use serde_json::json;

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::input::{self, Bar};
use crate::output::{self, BAD, FAINT, GOOD, NAME, printable, styled};
use crate::place::Bus;
use crate::ruleset::{self, View};
use crate::since::since;
use crate::source::{self, Question};

/// Changed events that the table shows of each way.
const SAMPLES: usize = 3;

/// Says which stored events gain or lose which targets when the rules in OLD are replaced by those in NEW. Nothing is
/// delivered.
///
/// Exit 0: all events go the same ways. 2: some do not. 1: it could not be compared.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The folder of the rules before.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The folder of the rules after.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// A file of CloudEvents, one JSON object per line, instead of a bus; `-` is standard input.
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "stack", "since"])]
    file: Option<String>,
    #[command(flatten)]
    bus: BusArguments,
    /// Only events accepted since: a time (2026-11-24T09:30:00Z) or an age (24h, 7d); all of them without it.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// Accept http:// targets on this machine's own addresses.
    #[arg(long)]
    allow_insecure_targets: bool,
    #[command(flatten)]
    output: OutputArguments,
}

impl Diff {
    /// Every error is "could not compare", whatever its kind.
    pub fn run(self) -> Result<Exit> {
        match self.compare() {
            Ok(true) => Ok(Exit::Refused),
            Ok(false) => Ok(Exit::Done),
            Err(error) if output::is_broken_pipe(&error) => Err(error),
            Err(error) => {
                anstream::eprintln!("{}: {error:#}", output::error_word());
                Ok(Exit::Found)
            }
        }
    }

    /// Whether any event goes other ways.
    fn compare(self) -> Result<bool> {
        let (old, new) = (self.rules(&self.old)?, self.rules(&self.new)?);
        let compared = Compared::new(&old, &new);
        let mut report = Report { json: self.output.output.is_json(), ..Report::default() };
        let mut out = output::stdout();
        self.each_event(&mut |event| {
            report.compared += 1;
            match compared.event(event) {
                None => Ok(()),
                Some(changed) => report.take(changed, &mut out),
            }
        })?;
        report.finish(&mut out)?;
        out.flush()?;
        Ok(report.changed > 0)
    }

    fn rules(&self, folder: &Path) -> Result<RuleSet> {
        let arguments = RulesArguments {
            rules: folder.to_owned(),
            overlay: None,
            allow_insecure_targets: self.allow_insecure_targets,
        };
        let rules = ruleset::load_or_report(&arguments, View::Event, output::Format::Text)?;
        rules.with_context(|| format!("the rules in `{}` are refused", folder.display()))
    }

    fn each_event(&self, each: &mut dyn FnMut(&Event) -> Result<()>) -> Result<()> {
        let mut number = 0_u64;
        let mut line = |text: &str| {
            number += 1;
            let event = Event::from_document(text.as_bytes(), &Limits::default());
            each(&event.with_context(|| format!("line {number} is no CloudEvent"))?)
        };
        match &self.file {
            Some(file) => each_line(file, &mut line),
            None => {
                let filter = EventFilter { since: self.since, ..EventFilter::default() };
                source::read(&Bus::of(&self.bus), Question::Events(filter), &mut line)
            }
        }
    }
}

fn each_line(file: &str, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    let (mut reader, progress) = input::open(Some(file), Bar::Shown)?;
    let bytes_max = Limits::default().event_bytes;
    let mut line = Vec::new();
    while let Some(length) = input::next_line(&mut *reader, &mut line, bytes_max + 1)? {
        if length > bytes_max {
            bail!("a line of `{file}` has {length} bytes; an event has {bytes_max} at most");
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            each(std::str::from_utf8(&line).with_context(|| format!("`{file}` is not UTF-8"))?)?;
        }
    }
    progress.finish_and_clear();
    Ok(())
}

/// What is told: each changed event as JSON, or counts and samples.
#[derive(Default)]
struct Report {
    json: bool,
    compared: u64,
    changed: u64,
    /// By way: whether it is gained, the target, where that is.
    ways: BTreeMap<(bool, String, String), (u64, Vec<String>)>,
}

impl Report {
    fn take(&mut self, changed: Changed, out: &mut impl Write) -> Result<()> {
        self.changed += 1;
        if self.json {
            return output::json_line(out, &changed);
        }
        let what = format!("{} {} from {}", changed.id, changed.event_type, changed.source);
        for (is_gained, ways) in [(true, changed.gained), (false, changed.lost)] {
            for Way { target, to, .. } in ways {
                let (count, samples) = self.ways.entry((is_gained, target, to)).or_default();
                *count += 1;
                if samples.len() < SAMPLES {
                    samples.push(what.clone());
                }
            }
        }
        Ok(())
    }

    fn finish(&self, out: &mut impl Write) -> Result<()> {
        if self.json {
            let summary = json!({ "compared": self.compared, "changed": self.changed });
            return output::json_line(out, &summary);
        }
        for ((is_gained, target, to), (count, samples)) in self.ways.iter().rev() {
            let (sign, style) = if *is_gained { ("+", GOOD) } else { ("-", BAD) };
            let target = styled(NAME, printable(target));
            let count = counted(*count, "event");
            let to = styled(FAINT, printable(to));
            writeln!(out, "{} {target} {to}  {count}", styled(style, sign))?;
            for sample in samples {
                writeln!(out, "    {}", printable(sample))?;
            }
        }
        let compared = counted(self.compared, "event");
        match self.changed {
            0 => writeln!(
                out,
                "{}: {compared} compared, all go the same ways",
                styled(GOOD, "same")
            )?,
            changed => {
                let changed = counted(changed, "event");
                writeln!(
                    out,
                    "{}: {compared} compared, {changed} changed",
                    styled(BAD, "changed")
                )?;
            }
        }
        Ok(())
    }
}
