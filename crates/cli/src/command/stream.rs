//! `eventyard stream`: the events of one thing, read and appended to.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::Subcommand;
use eventyard_bus::{AppendError, Appended, Direction, Expected, StreamName};
use eventyard_embedded::engine::{self, DevOptions};
use eventyard_event::decode::Received;
use eventyard_event::{Event, Limits};
use eventyard_rules::{LoadOptions, RuleSet};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, FAINT, GOOD, NAME, printable, styled};
use crate::place::{self, Bus, Place};
use crate::source::{self, Question};
use crate::stack;

/// Reads a stream; with `append`, appends events to one.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Stream {
    /// The stream.
    #[arg(required = true)]
    stream: Option<StreamName>,
    /// The version to read from [default: the first; with --backwards the last].
    #[arg(long, value_name = "N")]
    from: Option<u64>,
    /// Read to earlier versions.
    #[arg(long)]
    backwards: bool,
    /// At most so many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    bus: BusArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(subcommand)]
    call: Option<Call>,
}

/// What can be done with a stream but reading it.
#[derive(Debug, Subcommand)]
enum Call {
    /// Append events, all or none: one JSON document, or NDJSON. Exit 1 when the stream is not as expected.
    Append(Append),
}

#[derive(Debug, clap::Args)]
struct Append {
    /// The stream.
    stream: StreamName,
    /// A file; `-` or nothing is standard input.
    file: Option<String>,
    /// What the stream must be: `any`, `none` (not there yet), or its last version.
    #[arg(long, value_name = "VERSION", default_value = "any")]
    expected: Expected,
    /// The rules that know the events' sources: for a stack, and where no bus runs on the data folder.
    #[arg(long, value_name = "DIR", default_value = "rules")]
    rules: PathBuf,
    #[command(flatten)]
    bus: BusArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// All events of one append at most.
const BODY_BYTES_MAX: u64 = 100 * 1024 * 1024;

/// The versions, or what a bus says of a stream that is not as expected.
type Answer = std::result::Result<Appended, Value>;

impl Stream {
    pub fn run(self) -> Result<Exit> {
        if let Some(Call::Append(append)) = self.call {
            return append.run();
        }
        let direction = if self.backwards { Direction::Backwards } else { Direction::Forwards };
        let question = Question::Stream {
            stream: self.stream.context("a stream is to be named")?,
            from: self.from.unwrap_or_else(|| direction.start()),
            direction,
            limit: self.limit,
        };
        let mut out = output::stdout();
        let json = self.output.output.is_json();
        source::read(&Bus::of(&self.bus), question, &mut |line| {
            if json { Ok(writeln!(out, "{line}")?) } else { write_event(&mut out, line) }
        })?;
        out.flush()?;
        Ok(Exit::Done)
    }
}

fn write_event(out: &mut impl std::io::Write, line: &str) -> Result<()> {
    let line: Value = serde_json::from_str(line)?;
    let (version, event) = (&line["version"], &line["event"]);
    let text = |value: &Value| printable(value.as_str().unwrap_or_default());
    writeln!(
        out,
        "{:>8}  {}  {} from {}  {}",
        version.to_string(),
        styled(NAME, text(&event["id"])),
        text(&event["type"]),
        text(&event["source"]),
        styled(FAINT, text(&line["appended_at"])),
    )?;
    Ok(())
}

impl Append {
    fn run(self) -> Result<Exit> {
        let body = input::whole(self.file.as_deref(), BODY_BYTES_MAX)?;
        let answer = place::block_on(self.append(body))?;
        let mut out = output::stdout();
        let (json, stream) = (self.output.output.is_json(), printable(self.stream.as_str()));
        match &answer {
            Ok(appended) if json => output::json_line(&mut out, appended)?,
            Err(error) if json => output::json_line(&mut out, &json!({ "error": error }))?,
            Ok(Appended { first, last }) => {
                let name = styled(NAME, stream);
                writeln!(out, "{}: {name} has versions {first} to {last}", styled(GOOD, "ok"))?;
            }
            Err(error) => {
                let text = place::said(&json!({ "error": error }).to_string());
                anstream::eprintln!("{}: `{stream}`: {}", output::error_word(), printable(&text));
            }
        }
        out.flush()?;
        Ok(if answer.is_ok() { Exit::Done } else { Exit::Found })
    }

    async fn append(&self, body: Vec<u8>) -> Result<Answer> {
        let place = match Bus::of(&self.bus) {
            Bus::Stack(place) => {
                let events = documents(&body, &self.rules)?;
                let appended = stack::append(&place, &self.stream, self.expected, &events).await?;
                return answer(appended);
            }
            Bus::Here(place) => place,
        };
        match place.running().await {
            Place::Url(url) => self.post(&url, body).await,
            Place::Folder(folder) => self.post_alone(folder, body).await,
        }
    }

    /// No bus runs on the folder: one is started for this append, and stopped again.
    async fn post_alone(&self, folder: PathBuf, body: Vec<u8>) -> Result<Answer> {
        let mut options = DevOptions::new(self.rules.clone(), folder);
        options.listen = ([127, 0, 0, 1], 0).into();
        let running = engine::dev(options).await.map_err(super::dev::explained)?;
        let answer = self.post(&running.url(), body).await;
        running.shutdown_handle().shutdown();
        running.until_stopped().await?;
        answer
    }

    async fn post(&self, url: &str, body: Vec<u8>) -> Result<Answer> {
        let mut address =
            reqwest::Url::parse(url).with_context(|| format!("`{url}` is not a URL"))?;
        let path = address.path_segments_mut();
        path.map_err(|()| anyhow!("`{url}` is not a URL of a bus"))?
            .extend(["streams", self.stream.as_str()]);
        address.query_pairs_mut().append_pair("expected", &self.expected.to_string());
        let line = body.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let is_document = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        let kind = if is_document { "application/x-ndjson" } else { "application/json" };
        let request = place::client().post(address).header("content-type", kind).body(body);
        let answer = request.send().await?;
        if answer.status() == reqwest::StatusCode::CONFLICT {
            let mut said: Value = serde_json::from_slice(&answer.bytes().await?)?;
            return Ok(Err(said["error"].take()));
        }
        Ok(Ok(serde_json::from_slice(&place::checked(answer).await?.bytes().await?)?))
    }
}

/// What a store says, as a bus would.
fn answer(appended: std::result::Result<Appended, AppendError>) -> Result<Answer> {
    let error = match appended {
        Ok(appended) => return Ok(Ok(appended)),
        Err(error) => error,
    };
    let message = error.to_string();
    match error {
        AppendError::Conflict { expected, actual } => {
            let expected = expected.to_string();
            Ok(Err(json!({
                "code": "VersionConflict", "message": message, "expected": expected, "actual": actual,
            })))
        }
        AppendError::Known { .. } => Ok(Err(json!({ "code": "EventKnown", "message": message }))),
        error => Err(error.into()),
    }
}

/// The events of documents, one behind the other; those of unknown shape by the sources of the rules, where
/// there are any.
fn documents(body: &[u8], rules: &Path) -> Result<Vec<Event>> {
    let files = match rules.is_dir() {
        true => eventyard_files::rules_files(rules)
            .with_context(|| format!("cannot read the rules folder `{}`", rules.display()))?,
        false => Vec::new(),
    };
    let rules: RuleSet = eventyard_rules::load(&files, &LoadOptions::default())
        .map_err(|refused| anyhow!("{refused}"))?;
    let mut events = Vec::new();
    for document in serde_json::Deserializer::from_slice(body).into_iter::<&RawValue>() {
        let document = document.context("the events are not JSON")?.get();
        for decoded in rules.decode(&Received::new(document.as_bytes()), &Limits::default()) {
            let place = events.len() + 1;
            events.push(decoded.map_err(|refusal| anyhow!("event {place}: {refusal}"))?);
        }
    }
    ensure!(!events.is_empty(), "there is no event to append");
    Ok(events)
}
