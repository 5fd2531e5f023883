//! `eventyard tail`: everything that happens on a running bus, as it happens.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use eventyard_bus::Stage;
use futures::StreamExt as _;

use crate::account;
use crate::arguments::{OutputArguments, PlaceArguments};
use crate::exit::Exit;
use crate::output::{self, FAINT, styled};
use crate::place::{self, Place};

/// Follows a running bus until Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct Tail {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Tail {
    pub fn run(self) -> Result<Exit> {
        place::block_on(async {
            tokio::select! {
                ended = self.follow() => ended,
                _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
            }
        })
    }

    async fn follow(&self) -> Result<Exit> {
        let url = match Place::of(&self.place).running().await {
            Place::Url(url) => url,
            Place::Folder(folder) => {
                bail!(
                    "no bus runs on `{}`: start one with `eventyard dev`, or name one with --url",
                    folder.display()
                )
            }
        };
        let answer = place::client().get(format!("{url}/stream")).send().await?;
        let mut pieces = place::checked(answer).await?.bytes_stream();
        let mut pending = Vec::new();
        while let Some(piece) = pieces.next().await {
            pending.extend_from_slice(&piece.context("the bus is gone")?);
            // An event of the stream ends with an empty line (HTML standard, server-sent events).
            while let Some(end) = pending.windows(2).position(|two| two == b"\n\n") {
                let rest = pending.split_off(end + 2);
                self.write(&String::from_utf8_lossy(&pending))?;
                pending = rest;
            }
        }
        Ok(Exit::Done)
    }

    /// Writes one server-sent event.
    fn write(&self, text: &str) -> Result<()> {
        let field = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        let Some(data) = field("data") else { return Ok(()) };
        let mut out = output::stdout();
        if self.output.output.is_json() {
            writeln!(out, "{data}")?;
        } else if field("event") == Some("missed") {
            writeln!(out, "{}", styled(FAINT, format!("… some were missed: {data}")))?;
        } else if let Some(line) = account::line(&serde_json::from_str::<Stage>(data)?) {
            writeln!(out, "{line}")?;
        }
        Ok(out.flush()?)
    }
}
