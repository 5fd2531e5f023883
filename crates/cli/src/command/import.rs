//! `eventyard import`: exported events to a bus, through its ordinary door.

use std::io::{BufRead, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use super::put::{self, Answer};
use crate::account::counted;
use crate::arguments::{OutputArguments, PlaceArguments};
use crate::exit::Exit;
use crate::input::{self, Bar};
use crate::output::{self, BAD, FAINT, GOOD, printable, styled};
use crate::place::{self, Place};

/// Sends NDJSON of any length to the bus, one CloudEvents object on each line, as `eventyard export events` prints
/// it. Events that the bus knows stay as they are, so an import that was interrupted is simply run again. The rest is
/// accepted now and delivered by the rules. Exit 1 when any was refused.
#[derive(Debug, clap::Args)]
pub struct Import {
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

/// What one request brings at most, beyond its last line.
const EVENTS: usize = 1_000;
const BYTES: usize = 1024 * 1024;

/// The longest line, in bytes: more than the largest event.
const LINE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How often a bus that is busy is asked again, and how long after.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// Refused events that are shown; of the rest only the number is.
const SHOWN_MAX: u64 = 20;

/// What became of all events.
#[derive(Debug, Default, Serialize)]
struct Imported {
    /// New ones.
    accepted: u64,
    /// Those that the bus knew.
    duplicates: u64,
    /// Those that it did not take.
    refused: u64,
}

impl Import {
    pub fn run(self) -> Result<Exit> {
        let place = Place::of(&self.place);
        let work = async |url: &str| self.send(url).await;
        let imported = place::block_on(put::on_bus(place, &self.rules, work))?;
        let mut out = output::stdout();
        if self.output.output.is_json() {
            output::json_line(&mut out, &imported)?;
        } else {
            let Imported { accepted, duplicates, refused } = imported;
            let (style, word) = if refused == 0 { (GOOD, "ok") } else { (BAD, "refused") };
            let events = counted(accepted, "event");
            let word = styled(style, word);
            writeln!(
                out,
                "{word}: {events} accepted, {duplicates} there already, {refused} refused"
            )?;
        }
        out.flush()?;
        Ok(if imported.refused == 0 { Exit::Done } else { Exit::Found })
    }

    async fn send(&self, url: &str) -> Result<Imported> {
        let (mut reader, progress) = input::open(self.file.as_deref(), Bar::Shown)?;
        let (mut imported, mut next_line) = (Imported::default(), 1);
        loop {
            let batch = Batch::read(&mut *reader, &mut next_line)?;
            if batch.lines.is_empty() {
                progress.finish_and_clear();
                return Ok(imported);
            }
            let sent = post(url, &batch).await;
            let answer = sent.with_context(|| imported.so_far(&batch))?;
            progress.suspend(|| imported.add(&batch, &answer))?;
        }
    }
}

/// Some lines of the input.
#[derive(Default)]
struct Batch {
    text: String,
    /// The number of each line in the input, from 1.
    lines: Vec<u64>,
}

impl Batch {
    /// The next lines that are not empty.
    fn read(reader: &mut dyn BufRead, next_line: &mut u64) -> Result<Self> {
        let (mut batch, mut line) = (Self::default(), Vec::new());
        while batch.lines.len() < EVENTS && batch.text.len() < BYTES {
            let Some(length) = input::next_line(reader, &mut line, LINE_BYTES_MAX)? else { break };
            let number = *next_line;
            *next_line += 1;
            ensure!(
                length <= LINE_BYTES_MAX,
                "line {number} is longer than {LINE_BYTES_MAX} bytes"
            );
            let text = std::str::from_utf8(&line);
            let text = text.with_context(|| format!("line {number} is not UTF-8"))?.trim();
            if !text.is_empty() {
                batch.text.push_str(text);
                batch.text.push('\n');
                batch.lines.push(number);
            }
        }
        Ok(batch)
    }
}

/// Sends some lines; a bus that is busy or away for a moment is asked again, since nothing is accepted twice.
async fn post(url: &str, batch: &Batch) -> Result<Answer> {
    let mut tries = 1;
    loop {
        let request = place::client()
            .post(format!("{url}/events"))
            .header("content-type", "application/x-ndjson")
            .body(batch.text.clone());
        let again = match request.send().await {
            Ok(answer) if answer.status() != reqwest::StatusCode::SERVICE_UNAVAILABLE => {
                return put::read_answer(answer).await;
            }
            again => again,
        };
        if tries >= TRIES {
            return put::read_answer(again?).await;
        }
        tries += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

impl Imported {
    fn add(&mut self, batch: &Batch, answer: &Answer) -> Result<()> {
        let (sent, told) = (batch.lines.len(), answer.results.len());
        ensure!(sent == told, "the bus answered for {told} events of {sent}");
        for (line, result) in batch.lines.iter().zip(&answer.results) {
            match result.status.as_str() {
                "accepted" => self.accepted += 1,
                "duplicate" => self.duplicates += 1,
                _ => {
                    self.refused += 1;
                    if self.refused <= SHOWN_MAX {
                        let id = printable(result.id.as_deref().unwrap_or("(no id)"));
                        let why = result.error_text();
                        anstream::eprintln!("line {line}: {} {id}{why}", printable(&result.status));
                    }
                }
            }
        }
        Ok(())
    }

    /// Where an import ended that cannot go on.
    fn so_far(&self, batch: &Batch) -> String {
        let taken = self.accepted + self.duplicates;
        let first = batch.lines.first().copied().unwrap_or_default();
        let before = styled(FAINT, format!("{taken} events before it are there"));
        format!("the import ended at line {first} ({before}; run it again to go on)")
    }
}
