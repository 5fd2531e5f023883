//! `eventyard match`: NDJSON in, the names of the matching rules out, line by line.

use std::io::Write;

use anyhow::Result;
use eventyard_event::decode::Received;
use eventyard_event::{Limits, json};
use eventyard_rules::RuleSet;
use serde::Serialize;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::input::{self, Bar};
use crate::output;
use crate::ruleset::{self, View};

/// Says which rules match each line: `{"line":1,"id":"…","rules":["name",…]}`, in input order.
///
/// Exit 1 when any line was in error, 2 when the rules are refused.
#[derive(Debug, clap::Args)]
pub struct Match {
    #[command(flatten)]
    rules: RulesArguments,
    /// Take each line as the document itself: `$` is the line, for `when` and `pattern` alike.
    #[arg(long)]
    raw: bool,
    /// Print how many lines each rule matches, instead of the lines.
    #[arg(long)]
    count: bool,
    #[command(flatten)]
    output: OutputArguments,
    /// A file of one JSON document per line; `-` or nothing is standard input.
    file: Option<String>,
}

impl Match {
    pub fn run(self) -> Result<Exit> {
        let view = if self.raw { View::Raw } else { View::Event };
        let Some(rules) = ruleset::load_or_report(&self.rules, view, self.output.output)? else {
            return Ok(Exit::Refused);
        };
        let matcher = Matcher { rules: &rules, raw: self.raw, limits: Limits::default() };
        let mut report = if self.count { Report::counts(rules.rules.len()) } else { Report::Lines };
        let found = self.each_line(&matcher, &mut report)?;
        report.finish(&rules, self.output.output.is_json())?;
        Ok(if found { Exit::Found } else { Exit::Done })
    }

    /// Whether any line was in error.
    fn each_line(&self, matcher: &Matcher<'_>, report: &mut Report) -> Result<bool> {
        let (mut reader, progress) = input::open(self.file.as_deref(), Bar::Shown)?;
        let mut out = output::stdout();
        let mut line = Vec::new();
        let mut number = 0_u64;
        let mut in_error = false;
        let bytes_max = matcher.limits.event_bytes;
        while let Some(length) = input::next_line(&mut *reader, &mut line, bytes_max + 1)? {
            number += 1;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let answer = matcher.answer(number, &line, length);
            in_error |= matches!(answer, Answer::Error { .. });
            report.take(&answer, matcher.rules, &mut out)?;
        }
        out.flush()?;
        progress.finish_and_clear();
        Ok(in_error)
    }
}

struct Matcher<'a> {
    rules: &'a RuleSet,
    raw: bool,
    limits: Limits,
}

/// What is said of one line.
enum Answer {
    Rules { line: u64, id: Option<String>, rules: Vec<usize> },
    Error { line: u64, error: LineError },
}

#[derive(Debug, Serialize)]
struct LineError {
    code: String,
    message: String,
}

impl Matcher<'_> {
    fn answer(&self, number: u64, line: &[u8], length: usize) -> Answer {
        let matched = if length > self.limits.event_bytes {
            Err(LineError {
                code: "E0501".to_owned(),
                message: format!("event is {length} bytes, limit {}", self.limits.event_bytes),
            })
        } else if self.raw {
            self.raw(line)
        } else {
            self.event(line)
        };
        match matched {
            Ok((id, rules)) => Answer::Rules { line: number, id, rules },
            Err(error) => Answer::Error { line: number, error },
        }
    }

    fn raw(&self, line: &[u8]) -> Result<(Option<String>, Vec<usize>), LineError> {
        let document = json::Checked::parse(line, &self.limits).map_err(LineError::of)?;
        let root = document.root();
        let id = root.get("id").and_then(json::Value::as_str).map(ToOwned::to_owned);
        Ok((id, self.rules.matches(&document)))
    }

    fn event(&self, line: &[u8]) -> Result<(Option<String>, Vec<usize>), LineError> {
        let mut events = self.rules.decode(&Received::new(line), &self.limits);
        let event = match events.len() {
            1 => events.remove(0).map_err(LineError::of)?,
            n => {
                let message = format!("the line holds {n} events; put one on each line");
                return Err(LineError { code: "E0510".to_owned(), message });
            }
        };
        Ok((Some(event.id().to_owned()), self.rules.matches(&event.checked())))
    }
}

impl LineError {
    fn of(error: impl Coded) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

/// An error that carries a code of the error catalogue.
trait Coded: std::fmt::Display {
    fn code(&self) -> &str;
}

impl Coded for json::JsonError {
    fn code(&self) -> &str {
        Self::code(self)
    }
}

impl Coded for eventyard_rules::Refusal {
    fn code(&self) -> &str {
        Self::code(self)
    }
}

/// Where the answers go.
enum Report {
    Lines,
    Counts { events: u64, by_rule: Vec<u64> },
}

impl Report {
    fn counts(rules: usize) -> Self {
        Self::Counts { events: 0, by_rule: vec![0; rules] }
    }

    fn take(&mut self, answer: &Answer, rules: &RuleSet, out: &mut impl Write) -> Result<()> {
        match (self, answer) {
            (Self::Lines, Answer::Rules { line, id, rules: matched }) => {
                let names: Vec<&str> =
                    matched.iter().map(|&i| rules.rules[i].name.as_str()).collect();
                let id = id.as_deref();
                output::json_line(
                    out,
                    &serde_json::json!({ "line": line, "id": id, "rules": names }),
                )
            }
            // A line in error is shown in both forms: a count that leaves lines out in silence would be a lie.
            (Self::Lines, Answer::Error { line, error }) => {
                output::json_line(out, &serde_json::json!({ "line": line, "error": error }))
            }
            (Self::Counts { .. }, Answer::Error { line, error }) => {
                anstream::eprintln!("line {line}: {}: {}", error.code, error.message);
                Ok(())
            }
            (Self::Counts { events, by_rule }, Answer::Rules { rules: matched, .. }) => {
                *events += 1;
                for &rule in matched {
                    by_rule[rule] += 1;
                }
                Ok(())
            }
        }
    }

    fn finish(self, rules: &RuleSet, json: bool) -> Result<()> {
        let Self::Counts { events, by_rule } = self else { return Ok(()) };
        let mut out = output::stdout();
        let named = rules.rules.iter().map(|rule| rule.name.as_str()).zip(by_rule);
        if json {
            let counts: serde_json::Map<String, serde_json::Value> =
                named.map(|(name, count)| (name.to_owned(), count.into())).collect();
            output::json_line(&mut out, &serde_json::json!({ "events": events, "rules": counts }))?;
        } else {
            writeln!(out, "{events:>12}  events")?;
            for (name, count) in named {
                writeln!(out, "{count:>12}  {name}")?;
            }
        }
        Ok(out.flush()?)
    }
}
