//! `eventyard put`: events to the bus.

use std::io::{BufRead, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use eventyard_embedded::engine::{self, DevOptions};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::arguments::{OutputArguments, PlaceArguments};
use crate::exit::Exit;
use crate::input::{self, Bar};
use crate::output::{self, BAD, FAINT, GOOD, NAME, printable, styled};
use crate::place::{self, Place};

/// Sends events: one JSON document, or NDJSON of any length. Exit 1 when any was not accepted.
#[derive(Debug, clap::Args)]
pub struct Put {
    #[command(flatten)]
    place: PlaceArguments,
    /// The rules that plan the deliveries where no bus runs on the data folder.
    #[arg(long, value_name = "DIR", default_value = "rules")]
    rules: PathBuf,
    #[command(flatten)]
    output: OutputArguments,
    /// A file; `-` or nothing is standard input.
    file: Option<String>,
}

/// Bytes sent at once.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces read ahead of the network.
const PIECES: usize = 8;
/// How far a first line is looked at; a longer one is no NDJSON that the bus would take.
const FIRST_LINE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What the bus says of the events of a request, one result for each in their order.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) results: Vec<EventResult>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EventResult {
    pub(super) id: Option<String>,
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

impl EventResult {
    /// Why the event was not taken, to be printed behind its id; nothing where it was.
    pub(super) fn error_text(&self) -> String {
        let Some(error) = &self.error else { return String::new() };
        let part =
            |name: &str| error.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let text = format!("  {}: {}", part("code"), printable(part("message")));
        match part("help") {
            "" => text,
            help => format!("{text} ({})", printable(help)),
        }
    }
}

impl Put {
    pub fn run(self) -> Result<Exit> {
        let answer = place::block_on(self.send())?;
        let mut out = output::stdout();
        for result in &answer.results {
            if self.output.output.is_json() {
                output::json_line(&mut out, result)?;
            } else {
                write_text(&mut out, result)?;
            }
        }
        out.flush()?;
        let taken =
            |result: &EventResult| ["accepted", "duplicate"].contains(&result.status.as_str());
        Ok(if answer.results.iter().all(taken) { Exit::Done } else { Exit::Found })
    }

    async fn send(&self) -> Result<Answer> {
        let work = async |url: &str| self.post(url).await;
        on_bus(Place::of(&self.place), &self.rules, work).await
    }

    async fn post(&self, url: &str) -> Result<Answer> {
        let (mut reader, progress) = input::open(self.file.as_deref(), Bar::Shown)?;
        let (first_line, content_type) = first_line(&mut *reader)?;
        let (sender, pieces) = mpsc::channel::<std::io::Result<Bytes>>(PIECES);
        let pump = std::thread::spawn(move || {
            // An error means that the bus has answered before it read everything: its answer says why.
            drop(pump(first_line, &mut *reader, &sender));
        });
        let pieces = futures::stream::unfold(pieces, |mut pieces| async move {
            Some((pieces.recv().await?, pieces))
        });
        let request = place::client()
            .post(format!("{url}/events"))
            .header("content-type", content_type)
            .body(reqwest::Body::wrap_stream(pieces));
        let answer = request.send().await?;
        progress.finish_and_clear();
        drop(pump);
        read_answer(answer).await
    }
}

/// Does something with the running bus of a place. Where none runs on the folder, one is started for it, by the same
/// code as `eventyard dev` and with these rules, and stopped again.
pub(super) async fn on_bus<T>(
    place: Place,
    rules: &Path,
    work: impl AsyncFnOnce(&str) -> Result<T>,
) -> Result<T> {
    let folder = match place.running().await {
        Place::Url(url) => return work(&url).await,
        Place::Folder(folder) => folder,
    };
    let mut options = DevOptions::new(rules, folder);
    options.listen = ([127, 0, 0, 1], 0).into();
    let running = engine::dev(options).await.map_err(super::dev::explained)?;
    let done = work(&running.url()).await;
    running.shutdown_handle().shutdown();
    running.until_stopped().await?;
    done
}

/// The answer has results at any status but for requests that are refused as a whole.
pub(super) async fn read_answer(answer: reqwest::Response) -> Result<Answer> {
    let status = answer.status();
    let text = answer.text().await?;
    serde_json::from_str(&text).map_err(|_| {
        anyhow!(crate::exit::RemoteError(format!(
            "the bus answered {status}: {}",
            place::said(&text)
        )))
    })
}

/// The first line, and how the bus is to read the whole: as lines where that line is a document of its own.
fn first_line(reader: &mut dyn BufRead) -> Result<(Vec<u8>, &'static str)> {
    let mut line = Vec::new();
    let limit = u64::try_from(FIRST_LINE_BYTES_MAX)?;
    reader.take(limit).read_until(b'\n', &mut line).context("cannot read the events")?;
    let is_document = serde_json::from_slice::<serde::de::IgnoredAny>(&line).is_ok();
    Ok((line, if is_document { "application/x-ndjson" } else { "application/json" }))
}

fn pump(
    first: Vec<u8>,
    reader: &mut dyn BufRead,
    sender: &mpsc::Sender<std::io::Result<Bytes>>,
) -> Result<()> {
    sender.blocking_send(Ok(first.into()))?;
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        match reader.take(u64::try_from(PIECE_BYTES)?).read_to_end(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(_) => sender.blocking_send(Ok(piece.into()))?,
            Err(error) => return Ok(sender.blocking_send(Err(error))?),
        }
    }
}

fn write_text(out: &mut impl std::io::Write, result: &EventResult) -> Result<()> {
    let style = match result.status.as_str() {
        "accepted" => GOOD,
        "duplicate" => FAINT,
        _ => BAD,
    };
    let id = result.id.as_deref().unwrap_or("(no id)");
    let status = styled(style, &result.status);
    Ok(writeln!(out, "{status}  {}{}", styled(NAME, printable(id)), result.error_text())?)
}
